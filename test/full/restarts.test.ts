import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import type { SampleRequest } from '../../src/conformance/subject.ts';
import type { EmulatorOptions } from '../../src/config/options.ts';
import { bundled } from '../../src/providers/index.ts';
import { startApp } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { startOnDisk } from '../support/on-disk.ts';
import { loadRequests } from '../support/requests.ts';

/** So that something is due, and windows of rates are open. */
const OPTIONS: EmulatorOptions = {
  set: ['inveterate.settleAfter=PT1H', 'openmonetize.burnDelay=PT1H', 'openmonetize.rateLimit=500/PT1H'],
};

const SANDBOXES = ['default', 'constructor'];

const samples = (
  await Promise.all(
    bundled.map(async ({ provider: { id } }) => {
      const { headers, operations } = await loadRequests(id);
      return Object.values(operations)
        .filter(({ stream }) => stream === undefined)
        .map((sample) => ({ ...sample, id, headers: { ...headers, ...sample.headers } }));
    }),
  )
).flat();

type Sample = Omit<SampleRequest, 'headers'> & {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
};

interface Seen {
  readonly id: string;
  readonly status: number;
  readonly text: string;
}

async function send(agent: TestAgent, sandbox: string, { id, method, path, headers, body }: Sample): Promise<Seen> {
  const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const request = agent[verb](`/${id}${path}`).set({ ...headers, 'X-Emulator-Sandbox': sandbox });
  const answer = await (body === undefined ? request : request.send(body));
  return { id: answer.headers['x-emulator-request-id'] ?? '', status: answer.status, text: answer.text };
}

async function sendAll(agent: TestAgent, wanted: readonly Sample[] = samples): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (const sample of wanted) for (const sandbox of SANDBOXES) seen.push(await send(agent, sandbox, sample));
  return seen;
}

function act(agent: TestAgent, sandbox: string, path: string, body: object): Promise<unknown> {
  return agent
    .post(`/_emulator${path}`)
    .set('X-Emulator-Sandbox', sandbox)
    .send(body)
    .then(({ status }) => {
      expect(status).toBeLessThan(300);
    });
}

async function look(agent: TestAgent, path: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const sandbox of SANDBOXES) {
    texts[sandbox] = (await agent.get(`/_emulator${path}`).set('X-Emulator-Sandbox', sandbox).expect(200)).text;
  }
  return texts;
}

/** Every provider is written to in every sandbox; rules are half used, a clock is moved, and something is due. */
async function live(agent: TestAgent): Promise<void> {
  for (const sandbox of SANDBOXES) {
    await act(agent, sandbox, '/faults', { id: 'late', skip: 45, times: 20, effect: { status: 503 } });
    await act(agent, sandbox, '/faults', { id: 'seldom', probability: 0.2, effect: { status: 502 } });
    await act(agent, sandbox, '/faults', {
      id: 'for-a-while',
      ttl: 'PT3H',
      skip: 60,
      times: 40,
      effect: { status: 504 },
    });
  }
  await sendAll(agent);
  await act(agent, 'constructor', '/clock/advance', { by: 'PT2H' });
  await sendAll(agent);
  // What has moved without a commit is carried by one.
  for (const sandbox of SANDBOXES)
    await act(agent, sandbox, '/faults', { id: 'last', effect: { status: 500 }, times: 1 });
}

/** The same with ids of requests that are so much higher. */
function passOver<T>(value: T, count: number): T {
  const text = JSON.stringify(value).replaceAll(
    /(default|constructor)-(\d+)/g,
    (_, sandbox: string, number: string) => `${sandbox}-${Number(number) + count}`,
  );
  return JSON.parse(text) as T;
}

interface LedgerPage {
  readonly entries: readonly { readonly id: string }[];
  readonly from?: string;
}

async function readLedger(agent: TestAgent): Promise<LedgerPage> {
  return (await agent.get('/_emulator/ledger').expect(200)).body as LedgerPage;
}

describe('an emulator with a data folder', () => {
  it('goes on after a stop or a crash as one that was never stopped, ids included; 1,000 of requests are passed over after a crash', async () => {
    const data = createFolder();
    const twin = await startApp(OPTIONS);
    const first = await startOnDisk({ ...OPTIONS, data });
    await live(twin);
    await live(first.agent);
    const state = await look(first.agent, '/state');
    expect(state).toEqual(await look(twin, '/state'));
    const crashed = join(createFolder(), 'copy');
    cpSync(data, crashed, { recursive: true });
    rmSync(join(crashed, 'emulator.lock'));
    await first.close();

    const newest = Number((await readLedger(twin)).entries[0]?.id);
    expect(newest).toBeGreaterThan(5);
    const [clock, accounts] = [await look(twin, '/clock'), await look(twin, '/accounts')];
    const goOn = async (agent: TestAgent): Promise<readonly Seen[]> => {
      const seen = await sendAll(agent);
      for (const sandbox of SANDBOXES) await act(agent, sandbox, '/clock/advance', { by: 'PT2H' });
      return seen;
    };
    const expected = await goOn(twin);
    const later = await look(twin, '/state');
    const entries = (await readLedger(twin)).entries.filter(({ id }) => Number(id) > newest);
    expect(entries.length).toBeGreaterThan(3);
    for (const folder of [data, crashed]) {
      const again = await startOnDisk({ ...OPTIONS, data: folder });
      expect(await look(again.agent, '/state')).toEqual(state);
      expect(await look(again.agent, '/clock')).toEqual(clock);
      expect(await look(again.agent, '/accounts')).toEqual(accounts);
      expect(await readLedger(again.agent)).toEqual({ entries: [] });
      const seen = await goOn(again.agent);
      const passed = folder === data ? 0 : 1000;
      expect(seen).toEqual(expected.map((one) => passOver(one, passed)));
      expect(await look(again.agent, '/state')).toEqual(later);
      expect(await readLedger(again.agent)).toEqual({ entries: entries.map((one) => passOver(one, passed)) });
      await again.close();
    }
  });
});
