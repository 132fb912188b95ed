import { setImmediate } from 'node:timers/promises';

import { expect, it, onTestFinished, vi } from 'vitest';

import { compose } from '../../src/compose.ts';
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

async function readMany(journalSize: number): Promise<{ seen: () => number; audit: () => Promise<unknown> }> {
  const config = await readConfig({ port: 0, providers: ['klaim'], journalSize, historyBytes: 2 ** 30 }, bundled);
  const composition = await compose(config, testLogger);
  onTestFinished(() => composition.close());
  const { theatre, sandboxes, transport } = composition;
  const service = theatre.services.get('klaim');
  if (!service) throw new Error('There is no Klaim.');
  const looks = vi.spyOn(sandboxes.get('default').happenings, 'at');
  for (let count = 0; count < MANY; count += 1) void theatre.exchanges.handle(service, undefined, READ);
  return {
    seen: () => looks.mock.calls.length,
    audit: async () => {
      const answer = await transport.send({ method: 'GET', path: '/audit', sandbox: undefined });
      return JSON.parse(await answer.text()) as unknown;
    },
  };
}

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
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen()).toBe(0);
});
