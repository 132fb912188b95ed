import { describe, expect, it } from 'vitest';

import { done, startControl, type ControlApi } from '../control/api.ts';
import { tally } from '../support/providers.ts';

const ROUNDS = 60;
const FLAKY = { id: 'flaky', provider: 'tally', probability: 0.3, effect: { status: 503 } };

async function start(randomSeed: number, ...rules: readonly object[]): Promise<ControlApi> {
  const api = await startControl({ providers: [tally], randomSeed });
  await arm(api, ...rules);
  return api;
}

async function arm({ post }: ControlApi, ...rules: readonly object[]): Promise<void> {
  for (const rule of rules) expect(await post('/faults', rule)).toMatchObject({ status: 201 });
}

/** The statuses of as many equal calls. */
async function run({ call }: ControlApi, rounds = ROUNDS): Promise<readonly number[]> {
  const statuses: number[] = [];
  while (statuses.length < rounds) statuses.push((await call('post', '/tally/counters/a/add', { by: 1 })).status);
  return statuses;
}

function count(statuses: readonly number[], status: number): number {
  return statuses.filter((one) => one === status).length;
}

describe('faults by chance', () => {
  it('come in the same order for the same seed and in another for another, about as often as they are said to', async () => {
    const first = await run(await start(7, FLAKY));
    expect(await run(await start(7, FLAKY))).toEqual(first);
    expect(await run(await start(8, FLAKY))).not.toEqual(first);
    expect(count(first, 200) + count(first, 503)).toBe(ROUNDS);
    expect(count(first, 503)).toBeGreaterThan(ROUNDS * 0.15);
    expect(count(first, 503)).toBeLessThan(ROUNDS * 0.45);
  });

  it('come in the same order in every sandbox', async () => {
    const api = await start(7, FLAKY);
    const other = api.in('other');
    await arm(other, FLAKY);
    expect(await run(other)).toEqual(await run(api));
  });

  it('begin again after a reset, whether the rules are kept or armed again', async () => {
    const api = await start(7, FLAKY);
    const first = await run(api);
    expect(await api.post('/reset', { keep: ['faults'] })).toEqual(done);
    expect(await run(api)).toEqual(first);
    expect(await api.post('/reset')).toEqual(done);
    await arm(api, FLAKY);
    expect(await run(api)).toEqual(first);
  });

  it('do not depend on what is drawn for anything else', async () => {
    const [plain, busy] = [await start(7, FLAKY), await start(7, FLAKY)];
    const statuses: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await busy.call('get', '/tally/nothing', undefined, { 'X-Emulator-Inject': 'delay=0-1' });
      statuses.push(...(await run(busy, 1)));
    }
    // The unknown routes draw, too: every second draw is that of a call.
    const all = await run(plain, 2 * ROUNDS);
    expect(statuses).toEqual(all.filter((_, index) => index % 2 === 1));
  });

  it('leave the chance of the provider as it is', async () => {
    const receipts = async ({ call }: ControlApi): Promise<readonly unknown[]> => {
      const bodies = [];
      while (bodies.length < 5) {
        const { status, body } = await call('post', '/tally/counters/a/add', { by: 1 });
        if (status === 200) bodies.push(body);
      }
      return bodies;
    };
    expect(await receipts(await start(7, FLAKY))).toEqual(await receipts(await start(7)));
  });

  it('are drawn rule by rule, in their order', async () => {
    const two = [
      { id: 'first', probability: 0.5, effect: { status: 500 } },
      { id: 'second', probability: 0.5, effect: { status: 503 } },
    ];
    const first = await run(await start(7, ...two));
    expect(await run(await start(7, ...two))).toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 500, 503]));
  });

  it('fill a body with the same garbage for the same seed', async () => {
    const read = async (seed: number): Promise<string> => {
      const { agent } = await start(seed, { effect: { body: 'garbage' } });
      const { body } = (await agent.post('/tally/counters/a/add').send({ by: 1 }).responseType('blob')) as {
        body: Buffer;
      };
      return body.toString('hex');
    };
    const first = await read(7);
    expect(first).toMatch(/^ff[0-9a-f]{20,}$/);
    expect(await read(7)).toBe(first);
    expect(await read(8)).not.toBe(first);
  });
});
