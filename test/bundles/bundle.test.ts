import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import type { Emulator } from '../../src/compose/emulator.ts';
import type { Bundle } from '../../src/bundles/bundle.ts';
import { playBundle } from '../../src/trials/bundle-run.ts';
import { RICH, streamOf, type Snapshot } from '../providers/decentraland/stream-api.ts';
import { startEmulator } from '../support/emulator.ts';
import { follow } from '../support/events.ts';
import { tally } from '../support/providers.ts';
import { AUTHORIZATION, change, CREDITS } from './change.ts';

/** As it is after a file. */
async function save(emulator: Emulator, sandbox = 'default'): Promise<Bundle> {
  return JSON.parse(JSON.stringify(await emulator.sandbox(sandbox).bundle())) as Bundle;
}

/** A request with a secret, which is answered without it, too. */
const SECRETS: readonly {
  readonly provider: string;
  readonly secret: string;
  readonly isInState: boolean;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly method?: string;
  readonly body?: object;
}[] = [
  {
    ...{ provider: 'klaim', secret: 'klaim_test_lantern', isInState: true },
    ...{ path: CREDITS, headers: AUTHORIZATION },
  },
  {
    ...{ provider: 'gamefuse', secret: 'gamefuse-test-ada', isInState: true },
    ...{ path: '/api/v2/users/1/game_user_store_items', headers: { 'authentication-token': 'gamefuse-test-ada' } },
  },
  {
    ...{ provider: 'gamefuse', secret: 'lamplight', isInState: true, path: '/api/v3/sessions', headers: {} },
    ...{ method: 'POST', body: { email: 'chiyo@lantern.example', password: 'lamplight', game_id: '1' } },
  },
  {
    ...{ provider: 'inveterate', secret: 'inveterate_test_lumen', isInState: true },
    ...{ path: '/v2.0/merchant', headers: { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' } },
  },
  {
    ...{ provider: 'openmonetize', secret: 'om_dev_test_key', isInState: true },
    ...{ path: '/v1/customers/me', headers: { 'X-API-Key': 'om_dev_test_key' } },
  },
  {
    ...{ provider: 'decentraland', secret: '0xdecafbad', isInState: false, path: `/users/${RICH}/credit-orders` },
    headers: { 'x-identity-auth-chain-0': `{"type":"SIGNER","payload":"${RICH}","signature":"0xdecafbad"}` },
  },
];

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

  it.each(['reset', 'import'] as const)('has what waited when a state was put in: %s', async (how) => {
    const emulator = await start({ record: true });
    const sandbox = emulator.sandbox();
    const state = await sandbox.state.get();
    await sandbox.faults.add({ match: { body: { credit_delta: 1 } }, effect: { delay: 60_000 }, times: 1 });
    const waiting = change(emulator, 1).catch(() => 'gone');
    await expect.poll(async () => (await sandbox.faults.list()).faults[0]?.fired).toBe(1);
    await change(emulator, 2);
    await (how === 'reset' ? sandbox.reset() : sandbox.state.put(state));
    expect(await waiting).toBe('gone');
    await change(emulator, 4);
    const { chapters } = await save(emulator);
    const items = chapters.flatMap((chapter) => chapter.items.filter((item) => item.kind === 'request'));
    expect(items.map(({ answer: { status, ended } }) => [status, ended])).toEqual([
      [0, expect.stringMatching(/^abandoned/)],
      [200, undefined],
      [200, undefined],
    ]);
    expect(await playBundle(await save(emulator))).toEqual({ same: 3, difference: undefined });
  });

  it('tells a client that leaves a stream from one of before a reset by the same id', async () => {
    const emulator = await start({ record: true });
    const sandbox = emulator.sandbox();
    const before = await follow<Snapshot>(`${emulator.url}/decentraland${streamOf(RICH)}`);
    await before.next();
    await sandbox.reset();
    const after = await follow<Snapshot>(`${emulator.url}/decentraland${streamOf(RICH)}`);
    await after.next();
    before.leave();
    await expect.poll(async () => (await sandbox.streams()).streams.length).toBe(1);
    await sandbox.controls.run('decentraland', 'consume', { address: RICH, amount: '1' });
    await after.next();
    expect(await playBundle(await save(emulator))).toEqual({ same: 2, difference: undefined });
  });

  it('has a request that others came before while its body was read', async () => {
    const emulator = await startEmulator({ providers: ['gamefuse'], record: true });
    const form = '--x\r\nContent-Disposition: form-data; name="credits"\r\n\r\n5\r\n--x--\r\n';
    const requests = [
      ['multipart/form-data; boundary=x', form],
      ['application/json', '{"credits":1}'],
    ].map(([type = '', body = '']) =>
      [
        'POST /gamefuse/api/v2/users/1/add_credits HTTP/1.1',
        'Host: localhost',
        'authentication-token: gamefuse-test-ada',
        `Content-Type: ${type}`,
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    );
    const { port, hostname } = new URL(emulator.url);
    const socket = connect(Number(port), hostname, () => socket.write(requests.join('')));
    await expect.poll(async () => (await emulator.sandbox().requests.list()).requests.length).toBe(2);
    socket.destroy();
    const { entries } = await emulator.sandbox().ledger.list();
    // As a rule the form, which is read piece by piece, is the last one.
    expect(entries.map(({ delta }) => delta).sort()).toEqual(['1', '5']);
    expect(await playBundle(await save(emulator))).toEqual({ same: 2, difference: undefined });
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

  it.each(SECRETS)('without its secrets is not played: those of $provider', async (one) => {
    const { provider, secret, isInState, path, headers, method = 'GET', body } = one;
    const emulator = await startEmulator({ providers: [provider] });
    for (const headersOfOne of [{}, headers]) {
      await fetch(`${emulator.url}/${provider}${path}`, {
        method,
        headers: { ...headersOfOne, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).then((answer) => answer.text());
    }
    expect(JSON.stringify(await emulator.sandbox().bundle())).toContain(secret);
    const bundle = await emulator.sandbox().bundle({ redact: true });
    expect(JSON.stringify(bundle)).not.toContain(secret);
    const redacted = [...(isInState ? ['state'] : []), ...(body === undefined ? [] : ['default-1']), 'default-2'];
    expect(bundle.redacted).toEqual(redacted);
    await expect(playBundle(bundle as unknown as Bundle)).rejects.toThrow(
      `It was saved without secrets, so these parts cannot be replayed: ${redacted.join(', ')}.`,
    );
  });

  it('without secrets is played where there were none', async () => {
    const emulator = await startEmulator({ providers: ['decentraland'] });
    await fetch(`${emulator.url}/decentraland/season`).then((answer) => answer.text());
    const bundle = await emulator.sandbox().bundle({ redact: true });
    expect(bundle.redacted).toEqual([]);
    expect(await playBundle(bundle as unknown as Bundle)).toEqual({ same: 1, difference: undefined });
  });

  it('without the secrets of an act is not played', async () => {
    const emulator = await startEmulator({ providers: ['decentraland'] });
    await emulator
      .sandbox()
      .faults.add({ match: { headers: { authorization: 'Bearer hush' } }, effect: { status: 500 } });
    const bundle = await emulator.sandbox().bundle({ redact: true });
    expect(JSON.stringify(bundle)).not.toContain('hush');
    await expect(playBundle(bundle as unknown as Bundle)).rejects.toThrow('cannot be replayed: POST /faults.');
  });
});
