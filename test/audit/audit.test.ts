import { describe, expect, it } from 'vitest';

import { createEmulator } from '../../src/compose/emulator.ts';
import { startEmulator } from '../support/emulator.ts';
import { klaim } from './zoo/cast.ts';
import { Stage, toGist, type Scene } from './zoo/stage.ts';

const stage = new Stage();

/** Takes credits twice, as a client does that sends a request again after a lost response. */
async function buyTwice(scene: Scene, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await scene.sandbox.faults.add({
    ...{ provider: 'klaim', operation: 'updateUserCredits', phase: 'after', times: 1 },
    effect: { connection: 'reset' },
  });
  const ask = klaim.add(-25);
  const client = scene.actor('klaim', 'checkout');
  for (let count = 0; count < 2; count += 1) {
    await client.send({ ...ask, headers: { ...ask.headers, ...headers } });
  }
}

const gists = async ({ sandbox }: Scene): Promise<readonly string[]> => (await sandbox.audit()).findings.map(toGist);
const FOUND = ['double-effect likely error 2'];

describe('the audit of a sandbox', () => {
  it('reports amounts, the exchanges and entries that prove them, and a link', async () => {
    const scene = await stage.open();
    await buyTwice(scene);
    const { name } = scene.sandbox;
    expect(await scene.sandbox.audit()).toEqual({
      findings: [
        {
          id: expect.stringMatching(`^${name}-double-effect-\\d+$`) as unknown,
          sandbox: name,
          rule: 'double-effect',
          certainty: 'likely',
          severity: 'error',
          client: 'checkout',
          provider: 'klaim',
          subject: 'ada',
          requests: [`${name}-1`, `${name}-2`],
          entries: ['1', '2'],
          what: 'updateUserCredits of -25 to ada took effect twice: balance 700, 675, 650; the first was reset without an answer.',
          advice: 'After a lost response, read the state before sending the request again.',
          link: `${stage.emulator.url}/_emulator/?sandbox=${name}#/traffic/${name}-2`,
        },
      ],
      waived: 0,
    });
  });

  it('reports the same each time', async () => {
    const scene = await stage.open();
    await buyTwice(scene);
    expect(await scene.sandbox.audit()).toEqual(await scene.sandbox.audit());
  });

  it.each<[string, (scene: Scene) => Promise<unknown>]>([
    ['a reset', ({ sandbox }) => sandbox.reset()],
    ['a cleared journal', ({ sandbox }) => sandbox.requests.clear()],
    ['an imported state', async ({ sandbox }) => sandbox.state.put(await sandbox.state.get())],
    ['a deletion of the sandbox', ({ sandbox }) => stage.emulator.sandboxes.delete(sandbox.name)],
  ])('keeps its findings over %s', async (_, act) => {
    const scene = await stage.open();
    await buyTwice(scene);
    await act(scene);
    expect(await gists(scene)).toEqual(FOUND);
    await buyTwice(scene);
    expect(await gists(scene)).toEqual([...FOUND, ...FOUND]);
    const { findings } = await scene.sandbox.audit();
    expect(new Set(findings.map(({ id }) => id)).size).toBe(2);
  });

  it('judges nothing across an imported state', async () => {
    const scene = await stage.open();
    await scene.sandbox.faults.add({
      ...{ provider: 'klaim', phase: 'after', times: 1 },
      effect: { connection: 'reset' },
    });
    const client = scene.actor('klaim');
    await client.send(klaim.add(100));
    await scene.sandbox.state.put(await scene.sandbox.state.get());
    await client.send(klaim.add(100));
    expect(await gists(scene)).toEqual(['unseen-effect certain info 1']);
  });

  it('drops its findings on request and judges what happens later', async () => {
    const scene = await stage.open();
    await buyTwice(scene);
    await scene.sandbox.reset();
    await buyTwice(scene);
    await scene.sandbox.audit.clear();
    expect(await scene.sandbox.audit()).toEqual({ findings: [], waived: 0 });
    await buyTwice(scene);
    expect(await gists(scene)).toEqual(FOUND);
  });

  it('reports only the requested rules', async () => {
    const scene = await stage.open();
    await buyTwice(scene);
    await scene.actor('klaim').send({ method: 'GET', path: '/v9/nothing' });
    const { findings } = await scene.sandbox.audit({ rules: ['off-contract', 'no-key'] });
    expect(findings.map(({ rule }) => rule)).toEqual(['off-contract']);
  });

  it('counts findings that the requests waive, without listing them', async () => {
    const scene = await stage.open();
    await buyTwice(scene, { 'X-Emulator-Audit': 'allow=no-key, double-effect' });
    expect(await scene.sandbox.audit()).toEqual({ findings: [], waived: 1 });
    await scene.sandbox.reset();
    expect(await scene.sandbox.audit()).toEqual({ findings: [], waived: 1 });
  });

  it('counts findings that its sandbox waives, from then on until the waiver ends', async () => {
    const scene = await stage.open();
    const { audit } = scene.sandbox;
    await buyTwice(scene);
    await audit.allow('double-effect', 'off-contract');
    await buyTwice(scene);
    expect(await gists(scene)).toEqual(FOUND);
    expect(await audit()).toMatchObject({ waived: 1 });
    await audit.allow('no-key');
    await buyTwice(scene);
    expect(await gists(scene)).toEqual([...FOUND, ...FOUND]);
    await audit.allow('double-effect');
    await scene.sandbox.state.put(await scene.sandbox.state.get());
    await buyTwice(scene);
    expect(await audit()).toMatchObject({ waived: 2 });
    await audit.allow();
    await buyTwice(scene);
    expect(await gists(scene)).toEqual([...FOUND, ...FOUND, ...FOUND]);
    expect(await audit()).toMatchObject({ waived: 2 });
  });

  it.each<[string, number, (scene: Scene) => Promise<unknown>]>([
    ['a reset', 1, ({ sandbox }) => sandbox.reset()],
    ['a cleared journal', 1, ({ sandbox }) => sandbox.requests.clear()],
    ['dropping the findings', 0, ({ sandbox }) => sandbox.audit.clear()],
    ['a deletion of the sandbox', 1, ({ sandbox }) => stage.emulator.sandboxes.delete(sandbox.name)],
  ])('waives nothing after %s, and still counts what was waived', async (_, waived, act) => {
    const scene = await stage.open();
    await scene.sandbox.audit.allow('double-effect');
    await buyTwice(scene);
    await act(scene);
    expect(await scene.sandbox.audit()).toEqual({ findings: [], waived });
    await buyTwice(scene);
    expect(await gists(scene)).toEqual(FOUND);
    expect(await scene.sandbox.audit()).toMatchObject({ waived });
  });

  it('reports all sandboxes at once, also deleted ones', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const world = emulator.sandbox('gone');
    const scene = { ...(await stage.open()), sandbox: world };
    const send = async (): Promise<unknown> =>
      fetch(`${emulator.urls.klaim}/users/ada/credits`, {
        method: 'PUT',
        headers: { ...klaim.add(1).headers, 'Content-Type': 'application/json', 'X-Emulator-Sandbox': 'gone' },
        body: JSON.stringify({ credit_delta: 5 }),
      }).catch(() => undefined);
    await world.faults.add({ provider: 'klaim', phase: 'after', times: 1, effect: { connection: 'reset' } });
    await send();
    await send();
    await emulator.sandboxes.delete(scene.sandbox.name);
    const every = await emulator.sandbox().audit({ every: true });
    expect(every.findings.map(({ sandbox, rule }) => [sandbox, rule])).toEqual([['gone', 'double-effect']]);
    await emulator.sandbox().audit.clear({ every: true });
    expect(await emulator.sandbox().audit({ every: true })).toEqual({ findings: [], waived: 0 });
  });

  it('names the first judged exchange if the journal is full', async () => {
    const emulator = await createEmulator({ port: 0, journalSize: 3, providers: ['klaim'] });
    const read = (): Promise<unknown> =>
      fetch(`${emulator.urls.klaim}/users/ada/credits`, { headers: klaim.read().headers ?? {} });
    for (let count = 0; count < 5; count += 1) await read();
    expect(await emulator.sandbox().audit()).toEqual({ findings: [], waived: 0, from: 'default-3' });
    await emulator.close();
  });

  it('identifies a client without a name by account and user agent, and never shows its key', async () => {
    const scene = await stage.open();
    await scene.sandbox.faults.add({ provider: 'klaim', phase: 'after', times: 1, effect: { status: 500 } });
    const client = scene.actor('klaim', null);
    const ask = klaim.add(5);
    const named = { ...ask, headers: { ...ask.headers, 'User-Agent': 'shop/1.0' } };
    await client.send(named);
    await client.send(named);
    const { findings } = await scene.sandbox.audit();
    expect(findings.map(({ client: one, severity }) => [one, severity])).toEqual([
      ['app_lantern with shop/1.0', 'warning'],
    ]);
    expect(JSON.stringify(findings)).not.toContain('klaim_test_lantern');
  });
});
