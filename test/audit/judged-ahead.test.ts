import { setImmediate } from 'node:timers/promises';

import { expect, it, onTestFinished, vi } from 'vitest';

import { compose } from '../../src/compose/compose.ts';
import { readConfig } from '../../src/config/imported-providers.ts';
import { bundled } from '../../src/providers/index.ts';
import { testLogger } from '../support/log.ts';

const READ = {
  method: 'GET',
  url: '/users/ada/credits',
  headers: { host: 'localhost', authorization: 'Bearer klaim_test_lantern', 'x-emulator-client': 'reader' },
  body: undefined,
  onLeave: () => () => undefined,
};
/** More than enough to be much. */
const MANY = 20_000;

interface World {
  readonly read: (times: number, url?: string) => void;
  /** How often a happening was looked at. */
  readonly seen: () => number;
  readonly audit: () => Promise<unknown>;
  readonly reset: () => Promise<unknown>;
}

async function open(journalSize: number): Promise<World> {
  const config = await readConfig({ port: 0, providers: ['klaim'], journalSize, historyBytes: 2 ** 30 }, bundled);
  const composition = await compose(config, testLogger);
  onTestFinished(() => composition.close());
  const { replayEnvironment, sandboxes, transport } = composition;
  const service = replayEnvironment.services.get('klaim');
  if (!service) throw new Error('There is no Klaim.');
  const looks = vi.spyOn(sandboxes.get('default').events, 'at');
  const send = async (method: string, path: string): Promise<unknown> => {
    const answer = await transport.send({ method, path, sandbox: undefined });
    const text = await answer.text();
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  return {
    read: (times, url = READ.url) => {
      for (let count = 0; count < times; count += 1)
        void replayEnvironment.exchanges.handle(service, undefined, { ...READ, url });
    },
    seen: () => looks.mock.calls.length,
    audit: () => send('GET', '/audit'),
    reset: () => send('POST', '/reset'),
  };
}

async function readMany(journalSize: number): Promise<World> {
  const world = await open(journalSize);
  world.read(MANY);
  return world;
}

const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

it('much that is kept is judged before anybody asks, and not again', async () => {
  const { seen, audit } = await readMany(MANY);
  expect(seen()).toBe(0);
  await expect.poll(seen, { timeout: 20_000 }).toBeGreaterThanOrEqual(16_384);
  expect(await audit()).toEqual({ findings: [], waived: 0 });
  expect(seen()).toBeLessThan(MANY + 1000);
});

it('what is asked for while it is judged is judged to its end at once', async () => {
  const { seen, audit } = await readMany(MANY);
  expect(await audit()).toEqual({ findings: [], waived: 0 });
  expect(seen()).toBeGreaterThanOrEqual(MANY);
  expect(seen()).toBeLessThan(MANY + 1000);
});

it('nothing is judged ahead of a journal that keeps little', async () => {
  const { seen } = await readMany(1000);
  await aWhile();
  expect(seen()).toBe(0);
});

it('nothing is judged ahead once a journal is full, which loses its beginning with each exchange', async () => {
  const { read, seen } = await open(17_000);
  for (let time = 0; time < 4; time += 1) {
    read(MANY);
    await aWhile();
  }
  // At most once, while it was not full.
  expect(seen()).toBeLessThan(17_500);
});

it('what is asked for while the record is taken away says what was in it', async () => {
  const { read, audit, reset } = await open(MANY);
  const findings = [{ rule: 'off-contract' }];
  for (let turns = 0; turns < 8; turns += 1) {
    read(1, '/nowhere');
    read(5000);
    const asked = audit();
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    await reset();
    expect(await asked).toMatchObject({ findings });
    findings.push({ rule: 'off-contract' });
  }
});
