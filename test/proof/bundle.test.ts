import { describe, expect, it } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import type { Emulator } from '../../src/emulator.ts';
import type { Bundle } from '../../src/proof/bundle.ts';
import { playBundle } from '../../src/proof/bundle-file.ts';
import { RICH, streamOf, type Snapshot } from '../providers/decentraland/stream-api.ts';
import { startEmulator } from '../support/emulator.ts';
import { follow } from '../support/events.ts';
import { tally } from '../support/providers.ts';

const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern' };
const CREDITS = '/klaim/users/ada/credits';

async function change({ url }: Emulator, by: number, more: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(url + CREDITS, {
    method: 'PUT',
    headers: { ...AUTHORIZATION, 'Content-Type': 'application/json', ...more },
    body: JSON.stringify({ credit_delta: by }),
  });
  await answer.text();
  return answer.status;
}

/** As it is after a file. */
async function save(emulator: Emulator, sandbox = 'default'): Promise<Bundle> {
  return JSON.parse(JSON.stringify(await emulator.sandbox(sandbox).bundle())) as Bundle;
}

const start = (options: EmulatorOptions = {}): Promise<Emulator> =>
  startEmulator({ providers: ['klaim', 'decentraland'], ...options });

describe('a bundle', () => {
  it('is played to the same answers', async () => {
    const emulator = await start();
    await change(emulator, 5);
    await change(emulator, -9000);
    await fetch(`${emulator.url}/klaim/nothing`).then((answer) => answer.text());
    const bundle = await save(emulator);
    expect(bundle.chapters.map(({ how, items }) => [how, items.map(({ kind }) => kind)])).toEqual([
      ['start', ['request', 'request', 'request']],
    ]);
    expect(await playBundle(bundle)).toEqual({ same: 3, difference: undefined });
  });

  it('has faults, controls and the clock at their places', async () => {
    const emulator = await start({ clock: '2026-01-01T00:00:00Z' });
    const { faults, clock, controls } = emulator.sandbox();
    await faults.add({ operation: 'updateUserCredits', phase: 'after', effect: { status: 500 }, times: 1 });
    expect([await change(emulator, 5), await change(emulator, 5)]).toEqual([500, 200]);
    await faults.clear();
    await clock.advance('P1D');
    await controls.run('klaim', 'addMember', { app_id: 'app_lantern', email: 'eve@lantern.example' });
    await faults.add({ effect: { status: 418, delay: { uniform: [1, 30] } }, probability: 0.5, ttl: 'PT1H' });
    for (let round = 0; round < 6; round += 1) await change(emulator, 1);
    await clock.set('2026-01-02T02:00:00Z');
    await change(emulator, 1);
    await clock.set('2025-12-01T00:00:00Z');
    await change(emulator, 1, { 'X-Emulator-Inject': 'body=garbage' });
    expect(await playBundle(await save(emulator))).toEqual({ same: 10, difference: undefined });
  });

  it('of a clock that runs has the instants at which things happened', async () => {
    const emulator = await startEmulator({ providers: ['klaim', 'decentraland'] });
    await emulator.sandbox().clock.run();
    for (let round = 0; round < 5; round += 1) await change(emulator, 1);
    const { chapters } = await save(emulator);
    expect(new Set(chapters.flatMap(({ items }) => items.map(({ at }) => at))).size).toBeGreaterThan(1);
    expect(await playBundle(await save(emulator))).toEqual({ same: 5, difference: undefined });
  });

  it('has requests that crossed go on in their order', async () => {
    const emulator = await start();
    const { faults } = emulator.sandbox();
    await faults.add({ operation: 'updateUserCredits', effect: { hold: { until: 3, release: [3, 1, 2] } }, times: 1 });
    await Promise.all([change(emulator, 1), change(emulator, 2), change(emulator, 4)]);
    await faults.add({ operation: 'updateUserCredits', match: { body: { credit_delta: 8 } }, effect: { delay: 60 } });
    await Promise.all([change(emulator, 8), change(emulator, 16)]);
    expect(await playBundle(await save(emulator))).toEqual({ same: 5, difference: undefined });
  });

  it('has those who were held until time was up go as one group', async () => {
    const emulator = await start();
    const { faults } = emulator.sandbox();
    await faults.add({ operation: 'updateUserCredits', effect: { hold: { until: 2, timeout: 10 } }, times: 1 });
    expect([await change(emulator, 1), await change(emulator, 2)]).toEqual([200, 200]);
    expect(await playBundle(await save(emulator))).toEqual({ same: 2, difference: undefined });
  });

  it('has what clients of streams were sent, also by faults', async () => {
    const emulator = await start();
    const { faults, controls } = emulator.sandbox();
    await faults.add({ operation: 'getCreditsStream', effect: { stream: { duplicate: { after: 1 } } }, times: 1 });
    const twisted = await follow<Snapshot>(`${emulator.url}/decentraland${streamOf(RICH)}`);
    const plain = await follow<Snapshot>(`${emulator.url}/decentraland${streamOf(RICH)}`);
    await twisted.next();
    await plain.next();
    await controls.run('decentraland', 'consume', { address: RICH, amount: '1' });
    await plain.next();
    await change(emulator, 1);
    const bundle = await save(emulator);
    const events = bundle.chapters[0]?.items.flatMap((item) =>
      item.kind === 'request' ? [item.answer.events?.length] : [],
    );
    expect(events).toEqual([3, 2, undefined]);
    expect(await playBundle(bundle)).toEqual({ same: 3, difference: undefined });
  });

  it('of a sandbox that is recorded reaches over resets and states that were put in', async () => {
    const emulator = await start({ record: true });
    const { state, reset } = ((sandbox) => ({ state: sandbox.state, reset: () => sandbox.reset() }))(
      emulator.sandbox(),
    );
    await change(emulator, 5);
    const before = await state.get();
    await reset();
    await change(emulator, 6);
    await state.put(before);
    await change(emulator, 7);
    emulator.reset();
    await change(emulator, 8);
    const bundle = await save(emulator);
    expect(bundle.chapters.map(({ how, items }) => [how, items.length])).toEqual([
      ['start', 1],
      ['reset', 1],
      ['import', 1],
      ['reset', 1],
    ]);
    expect(await playBundle(bundle)).toEqual({ same: 4, difference: undefined });
  });

  it('begins with the last reset where it is not recorded', async () => {
    const emulator = await start();
    await change(emulator, 5);
    await emulator.sandbox().reset();
    await change(emulator, 6);
    const bundle = await save(emulator);
    expect(bundle.chapters.map(({ how, items }) => [how, items.length])).toEqual([['reset', 1]]);
    expect(await playBundle(bundle)).toEqual({ same: 1, difference: undefined });
  });

  it('is of one sandbox among others', async () => {
    const emulator = await start();
    for (const name of ['one', 'two', 'one', 'two', 'two']) {
      await change(emulator, 5, { 'X-Emulator-Sandbox': name });
    }
    expect(await playBundle(await save(emulator, 'one'))).toEqual({ same: 2, difference: undefined });
    expect(await playBundle(await save(emulator, 'two'))).toEqual({ same: 3, difference: undefined });
  });

  it('of a sandbox that has let nobody in is played there all the same', async () => {
    const emulator = await start();
    await emulator.sandboxes.create('one');
    const wrong = { 'X-Emulator-Sandbox': 'one', Authorization: 'Bearer wrong' };
    expect([await change(emulator, 5, wrong), await change(emulator, 6, wrong)]).toEqual([401, 401]);
    expect(await playBundle(await save(emulator, 'one'))).toEqual({ same: 2, difference: undefined });
  });

  it('says where an answer is another one', async () => {
    const emulator = await start();
    await change(emulator, 5);
    await change(emulator, 6);
    const text = JSON.stringify(await save(emulator)).replace('\\"credit_balance\\":711', '\\"credit_balance\\":712');
    expect(await playBundle(JSON.parse(text) as Bundle)).toEqual({
      same: 1,
      difference: {
        id: 'default-2',
        request: 'PUT /users/ada/credits',
        where: 'body',
        was: '{"message":"resource updated successfully","credit_balance":712}',
        is: '{"message":"resource updated successfully","credit_balance":711}',
      },
    });
  });

  it.each([
    ['are longer than what is kept', {}, 'x'.repeat(20_000)],
    ['are more than are kept', { journalSize: 1 }, ''],
    ['go from the history', { historyBytes: 3000 }, ''],
  ])('is refused by the id of exchanges that %s, unless everything is recorded', async (_, options, memo) => {
    for (const record of [false, true]) {
      const emulator = await startEmulator({ ...options, providers: [tally], record });
      for (let round = 0; round < 4; round += 1) {
        await fetch(`${emulator.url}/tally/counters/a/add`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ by: 1, memo }),
        }).then((answer) => answer.text());
      }
      const saved = emulator.sandbox().bundle();
      if (!record) await expect(saved).rejects.toThrow(/The exchange "default-1" is (?:no longer kept|longer than)/);
      else expect((await saved).chapters).toHaveLength(1);
    }
  });

  it('is refused while an exchange is under way', async () => {
    const emulator = await start();
    const { faults } = emulator.sandbox();
    await faults.add({ effect: { connection: 'hang' }, times: 1 });
    const gone = new AbortController();
    const hanging = fetch(emulator.url + CREDITS, { headers: AUTHORIZATION, signal: gone.signal }).catch(() => 'gone');
    await expect.poll(async () => (await faults.list()).faults[0]?.fired).toBe(1);
    await expect(emulator.sandbox().bundle()).rejects.toThrow('"default-1" is no longer kept, or has not ended');
    gone.abort();
    await hanging;
    await expect.poll(async () => (await emulator.sandbox().requests.list()).requests.length).toBe(1);
    expect(await playBundle(await save(emulator))).toEqual({ same: 1, difference: undefined });
  });

  it('without its secrets is not played', async () => {
    const emulator = await start();
    await change(emulator, 5);
    const bundle = await emulator.sandbox().bundle({ redact: true });
    expect(JSON.stringify(bundle)).not.toContain('klaim_test_lantern');
    await expect(playBundle(bundle as unknown as Bundle)).rejects.toThrow(
      'Its secrets were taken out, so that what depends on them cannot be played: default-1.',
    );
  });
});

describe('rewind', () => {
  it('makes a sandbox as this one stood before an exchange', async () => {
    const emulator = await start();
    const sandbox = emulator.sandbox();
    await change(emulator, 5);
    await sandbox.clock.advance('PT1H');
    await sandbox.faults.add({ id: 'lost', phase: 'after', effect: { status: 500 }, times: 1 });
    const before = await sandbox.state.get();
    await change(emulator, 6);
    await sandbox.clock.advance('PT1H');
    await change(emulator, 7);
    const name = await sandbox.rewind('default-2');
    expect(name).toBe('default.before-default-2');
    expect(await emulator.sandbox(name).state.get()).toEqual(before);
    expect(await change(emulator, 6, { 'X-Emulator-Sandbox': name })).toBe(500);
    expect(await sandbox.requests.list({ count: true })).toMatchObject({ total: 3 });
  });

  it('leaves what waited then undone', async () => {
    const emulator = await start();
    const sandbox = emulator.sandbox();
    await sandbox.faults.add({ match: { body: { credit_delta: 1 } }, effect: { delay: 80 } });
    await Promise.all([change(emulator, 1), change(emulator, 2)]);
    await change(emulator, 4);
    const balance = async (name: string): Promise<unknown> =>
      (await emulator.sandbox(name).accounts.list({ account: 'ada', tenant: 'app_lantern' })).accounts[0]?.balance;
    expect([
      await balance(await sandbox.rewind('default-3')),
      await balance(await sandbox.rewind('default-2')),
    ]).toEqual(['703', '700']);
  });
});
