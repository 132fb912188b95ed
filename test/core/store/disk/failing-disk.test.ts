import { describe, expect, it } from 'vitest';

import { FakeDisk } from '../../../support/fake-disk.ts';
import { createFolder } from '../../../support/folder.ts';
import { Till } from '../../../support/till.ts';

/** Adds 1 to accounts of two sandboxes, many at once, and counts what was said to be kept. */
async function addMany(till: Till, rounds: number): Promise<Readonly<Record<string, number>>> {
  const kept: Record<string, number> = { 'default a': 0, 'default b': 0, 'other a': 0 };
  for (let round = 0; round < rounds; round += 1) {
    const places = Object.keys(kept);
    await Promise.all(
      places.map(async (place) => {
        const [sandbox = '', id = ''] = place.split(' ');
        if (await till.add(sandbox, id, 1)) kept[place] = (kept[place] ?? 0) + 1;
      }),
    );
  }
  return kept;
}

function toCounts(till: Till): Readonly<Record<string, number>> {
  return {
    'default a': Number(till.balances()['a'] ?? 0),
    'default b': Number(till.balances()['b'] ?? 0),
    'other a': Number(till.balances('other')['a'] ?? 0),
  };
}

interface Trouble {
  readonly title: string;
  /** The error of a call, if it is to have one. */
  readonly strike: (point: string, number: number) => string | undefined;
}

const TROUBLES: readonly Trouble[] = [
  {
    title: 'a sync that fails every third time',
    strike: (point, number) => (point.startsWith('sync') && number % 3 === 0 ? 'EIO' : undefined),
  },
  {
    title: 'a write that fails every other time',
    strike: (point, number) => (point === 'write emulator.log' && number % 2 === 0 ? 'ENOSPC' : undefined),
  },
  {
    title: 'a full disk for a while',
    strike: (point, number) => (number > 40 && number < 60 && point.startsWith('write') ? 'ENOSPC' : undefined),
  },
  { title: 'anything that fails at random', strike: (_, number) => ((number * 7919) % 101 < 13 ? 'EIO' : undefined) },
];

describe('a disk with trouble', () => {
  it.each(TROUBLES)('has $title, and what was kept is there and nothing else is', async ({ strike }) => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk, leastLog: 2000 });
    let [syncs, changes] = [0, 0];
    disk.onPoint = (point) => {
      if (point.startsWith('sync')) syncs += 1;
      if (!point.startsWith('find')) changes += 1;
      const code = strike(point, point.startsWith('sync') ? syncs : changes);
      if (code !== undefined) throw Object.assign(new Error(code), { code });
    };
    const kept = await addMany(till, 40);
    expect(toCounts(till)).toEqual(kept);
    expect(kept).not.toEqual({ 'default a': 0, 'default b': 0, 'other a': 0 });
    disk.onPoint = () => undefined;
    const healed = await addMany(till, 2);
    expect(healed).toEqual({ 'default a': 2, 'default b': 2, 'other a': 2 });
    expect(till.folder.status).toEqual({ status: 'ok' });
    const total = toCounts(till);
    // As a process leaves it that is killed now.
    const again = await Till.open({ folder: createFolder(), files: disk.afterPowerCut('nothing') });
    expect(toCounts(again)).toEqual(total);
    await Promise.all([till.close(), again.close()]);
  });

  it('takes back all that it could not keep: records, numbers, ledger, resets and moves of the clock', async () => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk });
    await till.add('default', 'a', 1);
    const sandbox = till.get();
    const look = (): object => ({
      balances: till.balances(),
      clock: sandbox.clock.state,
      ledger: [...sandbox.ledger.newest()].map(({ id, account, after }) => [id, account, after]),
      progress: till.progress(),
      seq: sandbox.seq,
    });
    const before = look();
    disk.onPoint = () => {
      throw new Error('No space left.');
    };
    const kept = [till.add('default', 'a', 5), till.add('default', 'b', 7)];
    sandbox.time.freeze();
    kept.push(
      till.change('default', (accounts) => {
        accounts.delete('a');
      }),
    );
    expect(await Promise.all(kept)).toEqual([false, false, false]);
    expect(look()).toEqual(before);
    expect(till.folder.status).toEqual({ status: 'failing', error: 'No space left.' });
    sandbox.reset();
    await sandbox.persistence.pending;
    expect({ balances: till.balances(), progress: till.progress() }).toMatchObject({ balances: { a: '1' } });
    disk.onPoint = () => undefined;
    expect(await till.add('default', 'a', 1)).toBe(true);
    expect(till.balances()['a']).toBe('2');
    await till.close();
  });

  it('whose folder is removed makes it anew with all that there is', async () => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk });
    await till.add('default', 'a', 1);
    disk.clear();
    expect(await till.add('default', 'a', 10)).toBe(false);
    expect(await till.add('default', 'a', 100)).toBe(true);
    const again = await Till.open({ folder: createFolder(), files: disk.afterPowerCut('nothing') });
    expect([till.balances()['a'], again.balances()['a']]).toEqual(['101', '101']);
    await Promise.all([till.close(), again.close()]);
  });

  it('need not be waited for where nothing has to be durable, and is written anew once it can be', async () => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk, durability: 'none' });
    disk.onPoint = () => {
      throw new Error('No space left.');
    };
    expect(await till.add('default', 'a', 1)).toBe(true);
    await expect.poll(() => till.folder.status.status).toBe('failing');
    disk.onPoint = () => undefined;
    expect(await till.add('default', 'a', 1)).toBe(true);
    await expect.poll(() => till.folder.status.status).toBe('ok');
    const again = await Till.open({ folder: createFolder(), files: disk.afterPowerCut('all') });
    expect(again.balances()['a']).toBe('2');
    await Promise.all([till.close(), again.close()]);
  });

  it('has what could not be taken back from a document in none of what comes later', async () => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk });
    disk.clear();
    expect(await till.add('default', 'a', 1)).toBe(false);
    let isInPlace = false;
    disk.onPoint = (point) => {
      if (isInPlace && point === 'sync the folder') throw new Error('EIO');
      isInPlace ||= /^rename .*log/.test(point);
    };
    const deleted = await till.change('default', (accounts) => {
      accounts.delete('seeded-0');
    });
    expect([deleted, isInPlace]).toEqual([false, true]);
    disk.onPoint = () => undefined;
    expect(await till.add('default', 'seeded-0', 1)).toBe(true);
    const again = await Till.open({ folder: createFolder(), files: disk.afterPowerCut('nothing') });
    expect([till.balances(), again.balances()]).toEqual(
      Array(2).fill({ 'seeded-0': '101', 'seeded-1': '100', 'seeded-2': '100' }),
    );
    await Promise.all([till.close(), again.close()]);
  });

  it('has all of a sandbox that was changed while it was deleted, where that is taken back', async () => {
    const disk = new FakeDisk();
    const till = await Till.open({ folder: createFolder(), files: disk });
    await till.add('other', 'a', 1);
    await till.add('default', 'b', 5);
    const other = till.get('other');
    disk.onPoint = () => {
      throw new Error('No space left.');
    };
    till.sandboxes.delete(other);
    other.import(till.get().roots, false);
    await other.persistence.pending;
    disk.onPoint = () => undefined;
    expect(till.sandboxes.find('other')).toBe(other);
    expect(await till.add('other', 'b', 1)).toBe(true);
    const again = await Till.open({ folder: createFolder(), files: disk.afterPowerCut('nothing') });
    const expected = { b: '6', 'seeded-0': '100', 'seeded-1': '100', 'seeded-2': '100' };
    expect([till.balances('other'), again.balances('other')]).toEqual([expected, expected]);
    await Promise.all([till.close(), again.close()]);
  });
});
