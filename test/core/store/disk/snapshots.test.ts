import { describe, expect, it } from 'vitest';

import { NotKept } from '../../../../src/core/wire/failure.ts';
import type { Provider } from '../../../../src/core/provider/provider.ts';
import type { Sandbox } from '../../../../src/core/sandbox/sandbox.ts';
import { FakeDisk } from '../../../support/fake-disk.ts';
import { createFolder } from '../../../support/folder.ts';
import { Till, till as provider, type TillOptions } from '../../../support/till.ts';

const open = (disk: FakeDisk, options: Partial<TillOptions> = {}): Promise<Till> =>
  Till.open({ folder: createFolder(), files: disk, ...options });

/** Does something to a sandbox and waits until it is kept. @throws {NotKept} */
async function kept(sandbox: Sandbox, work: () => void): Promise<void> {
  const { losses } = sandbox.persistence;
  work();
  await sandbox.persistence.pending;
  if (sandbox.persistence.losses !== losses) throw new NotKept();
}

async function take(till: Till, sandbox: string, name: string): Promise<void> {
  const one = till.get(sandbox);
  await kept(one, () => one.takeSnapshot(name));
}

async function drop(till: Till, sandbox: string, name: string): Promise<void> {
  const one = till.get(sandbox);
  await kept(one, () => {
    one.dropSnapshot(name);
  });
}

async function restore(till: Till, sandbox: string, name: string): Promise<void> {
  const one = till.get(sandbox);
  await kept(one, () => {
    one.restore(name);
  });
}

async function fork(till: Till, name: string, source: string, snapshot?: string): Promise<void> {
  const { persistence } = till.sandboxes.fork(name, till.get(source), snapshot);
  const { losses } = persistence;
  await persistence.pending;
  if (persistence.losses !== losses) throw new NotKept();
}

async function remove(till: Till, name: string): Promise<void> {
  const one = till.get(name);
  await kept(one, () => {
    till.sandboxes.delete(one);
  });
}

/** How a process ends and another one finds what it left. */
const ENDS: readonly (readonly [string, (till: Till, disk: FakeDisk) => Promise<FakeDisk>])[] = [
  [
    'a stop',
    async (till, disk) => {
      await till.close();
      return disk;
    },
  ],
  ['a kill', (_, disk) => Promise.resolve(disk.afterPowerCut('nothing'))],
  [
    'a kill and a stop behind it',
    async (_, disk) => {
      const left = disk.afterPowerCut('nothing');
      await (await open(left)).close();
      return left;
    },
  ],
];

/** What was there before some of it was deleted. */
const COURSE: readonly (readonly [string, (till: Till) => Promise<unknown>])[] = [
  ['a change', (till) => till.add('default', 'a', 1)],
  ['a snapshot', (till) => take(till, 'default', 'early')],
  ['a change behind it', (till) => till.add('default', 'a', 10)],
  ['another snapshot', (till) => take(till, 'default', 'late')],
  ['a fork', (till) => fork(till, 'copy', 'default')],
  ['a change of the fork', (till) => till.add('copy', 'b', 5)],
  ['a fork of a snapshot', (till) => fork(till, 'old', 'default', 'early')],
  ['a snapshot of a fork', (till) => take(till, 'old', 'mine')],
  ['a fork of a fork', (till) => fork(till, 'third', 'copy')],
  ['a restore', (till) => restore(till, 'default', 'early')],
  ['a change behind a restore', (till) => till.add('default', 'c', 7)],
  ['a second restore', (till) => restore(till, 'default', 'early')],
  ['a snapshot in the place of one', (till) => take(till, 'default', 'late')],
  ['a fork in the place of one', (till) => fork(till, 'third', 'old', 'mine')],
  ['a snapshot dropped that was forked', (till) => drop(till, 'default', 'early')],
  ['a deletion of what was forked', (till) => remove(till, 'copy')],
  ['one of that name again', (till) => till.add('copy', 'z', 1)],
  ['a deletion of the default one', (till) => remove(till, 'default')],
];

/** Every step of a disk from now on fails. */
function fail(disk: FakeDisk): void {
  disk.onPoint = () => {
    throw new Error('No space left.');
  };
}

function heal(disk: FakeDisk): void {
  disk.onPoint = () => undefined;
}

describe('snapshots and forks on disk', () => {
  it.each(ENDS)('are there after %s, wherever that comes, and can be gone back to', async (_, end) => {
    for (const leastLog of [1, 1 << 20]) {
      for (let length = 1; length <= COURSE.length; length += 1) {
        const where = `${COURSE[length - 1]?.[0] ?? ''}, ${leastLog}`;
        const disk = new FakeDisk();
        const till = await open(disk, { leastLog });
        for (const [, step] of COURSE.slice(0, length)) await step(till);
        // It is there as soon as somebody asks, as it is from each start.
        await till.add('default', 'last', 1);
        const before = till.look();
        const left = await end(till, disk);
        const again = await open(left);
        expect(again.look(), where).toEqual(before);
        for (const { name, snapshots } of again.sandboxes.list()) {
          for (const snapshot of [...snapshots.keys()]) {
            const balances = again.balancesIn(snapshots.get(snapshot)?.roots ?? till.get().roots);
            await restore(again, name, snapshot);
            expect(again.balances(name), where).toEqual(balances);
          }
        }
        const last = await open(left.afterPowerCut('nothing'));
        expect(last.look(), where).toEqual(again.look());
        await Promise.all([till.close(), again.close(), last.close()]);
      }
    }
  });

  it('are nothing to a sandbox that was never told of: what is forked is told of first', async () => {
    const disk = new FakeDisk();
    const till = await open(disk);
    till.get('quiet');
    await fork(till, 'copy', 'quiet');
    await till.add('copy', 'a', 1);
    const again = await open(disk.afterPowerCut('nothing'));
    expect(again.look()).toEqual(till.look());
    await Promise.all([till.close(), again.close()]);
  });

  it('leave no trace of what a sandbox does that was deleted meanwhile', async () => {
    const disk = new FakeDisk();
    const till = await open(disk);
    await till.add('other', 'a', 1);
    const other = till.get('other');
    till.sandboxes.delete(other);
    other.transaction(provider, { kind: 'request', provider: 'till', operation: 'change' }, ({ state }) => {
      (state as unknown as Record<string, { put(account: object): void }>)['accounts']?.put({
        ...{ id: 'late', name: 'late', balance: '1' },
      });
    });
    other.takeSnapshot('late');
    other.reset();
    await till.add('default', 'a', 1);
    const again = await open(disk.afterPowerCut('nothing'));
    expect(Object.keys(again.look())).toEqual(['default']);
    expect(again.look()).toEqual(till.look());
    await Promise.all([till.close(), again.close()]);
  });

  it('have the state of a provider that is not there stay as it is through a restore, also after a kill', async () => {
    const second: Provider = { ...provider, id: 'second' };
    const both = { providers: [provider, second] };
    const disk = new FakeDisk();
    const first = await open(disk, both);
    await take(first, 'default', 'early');
    const sandbox = first.get();
    sandbox.transaction(second, { kind: 'request', provider: 'second', operation: 'change' }, ({ state }) => {
      (state as unknown as Record<string, { delete(id: string): void }>)['accounts']?.delete('seeded-0');
    });
    await first.add('default', 'a', 1);
    await first.close();
    const alone = await open(disk);
    await restore(alone, 'default', 'early');
    await fork(alone, 'default', 'default', 'early');
    const killed = disk.afterPowerCut('nothing');
    await alone.close();
    for (const left of [disk, killed]) {
      const again = await open(left, both);
      const { roots } = again.get();
      expect([again.balancesIn(roots), again.balancesIn(roots, second)]).toEqual([
        { 'seeded-0': '100', 'seeded-1': '100', 'seeded-2': '100' },
        { 'seeded-1': '100', 'seeded-2': '100' },
      ]);
      await again.close();
    }
  });
});

describe('a disk that takes nothing', () => {
  it.each<[string, (till: Till) => Promise<void>]>([
    ['taking a snapshot', (till) => take(till, 'default', 'new')],
    ['taking one in the place of another', (till) => take(till, 'default', 'early')],
    ['dropping a snapshot', (till) => drop(till, 'default', 'early')],
    ['going back', (till) => restore(till, 'default', 'early')],
    ['making a fork', (till) => fork(till, 'new', 'default')],
    ['making a fork of a snapshot', (till) => fork(till, 'new', 'default', 'early')],
    ['making a fork in the place of another sandbox', (till) => fork(till, 'other', 'default', 'early')],
    [
      'making one with a seed of its own',
      async (till) => {
        const { persistence } = till.sandboxes.begin('new', till.get().seed);
        await persistence.pending;
        if (persistence.losses > 0) throw new NotKept();
      },
    ],
    ['deleting one', (till) => remove(till, 'other')],
  ])('has %s taken back, and it can be done once the disk takes it', async (_, act) => {
    const disk = new FakeDisk();
    const till = await open(disk);
    await till.add('default', 'a', 1);
    await take(till, 'default', 'early');
    await till.add('default', 'a', 10);
    await till.add('other', 'b', 2);
    await take(till, 'other', 'mine');
    const before = till.look();
    fail(disk);
    await expect(act(till)).rejects.toThrow(NotKept);
    expect(till.look()).toEqual(before);
    expect(till.sandboxes.size).toBe(2);
    heal(disk);
    expect(await till.add('default', 'a', 100)).toBe(true);
    expect(await till.add('other', 'b', 100)).toBe(true);
    await act(till);
    const again = await open(disk.afterPowerCut('nothing'));
    expect(again.look()).toEqual(till.look());
    await Promise.all([till.close(), again.close()]);
  });

  it('has one be there again that was deleted, in the place of one that came after it', async () => {
    const disk = new FakeDisk();
    const till = await open(disk);
    await till.add('other', 'b', 2);
    const old = till.get('other');
    const before = till.look();
    fail(disk);
    till.sandboxes.delete(old);
    expect(await till.add('other', 'c', 3)).toBe(false);
    expect(till.look()).toEqual(before);
    expect(till.get('other')).toBe(old);
    expect(old.ledger.newest().next().done).toBe(false);
    heal(disk);
    expect(await till.add('other', 'b', 1)).toBe(true);
    const again = await open(disk.afterPowerCut('nothing'));
    expect(again.look()).toEqual(till.look());
    await Promise.all([till.close(), again.close()]);
  });
});
