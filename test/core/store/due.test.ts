import { describe, expect, it } from 'vitest';

import { monotonic, renderInstant, toInstant } from '../../../src/core/values/clock.ts';
import type { Provider } from '../../../src/core/provider/provider.ts';
import { startControl, type ControlApi } from '../../control/api.ts';
import { START } from '../../support/emulator.ts';
import { takeLogged } from '../../support/log.ts';
import { tally } from '../../support/providers.ts';

const NOW = Date.parse(START);

/** Tally, and the instants at which its scheduled items happened, as they happen. */
function watchTally(): { readonly watched: Provider; readonly happened: string[] } {
  const happened: string[] = [];
  const due: Provider['due'] = {
    ...tally.due,
    add: (context, payload) => {
      happened.push(renderInstant(context.now));
      tally.due?.['add']?.(context, payload);
    },
  };
  return { watched: { ...tally, due }, happened };
}

async function later({ call }: ControlApi, name: string, milliseconds: number, kind = 'add'): Promise<void> {
  const { status } = await call('post', `/tally/counters/${name}/later`, { by: 1, in: milliseconds, kind });
  expect(status).toBe(202);
}

/** The scheduled items that changed a balance, oldest first. */
async function history({ get }: ControlApi): Promise<readonly string[]> {
  const { body } = await get('/ledger');
  const { entries } = body as { entries: readonly { at: string; account: string; after: string }[] };
  return entries.map(({ at, account, after }) => `${at} ${account}=${after}`).toReversed();
}

describe('a scheduled item', () => {
  it('happens before the next exchange, which sees what came of it', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 0);
    expect(await api.call('get', '/tally/counters/a')).toMatchObject({ status: 200, body: { name: 'a', count: 1 } });
  });

  it('happens before the next act too', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 0);
    expect(await api.get('/accounts')).toMatchObject({ body: { accounts: [{ account: 'a', balance: '1' }] } });
  });

  it('does not happen before its time', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 1000);
    await api.post('/clock/advance', { by: 999 });
    expect(await api.call('get', '/tally/counters/a')).toMatchObject({ status: 404 });
    await api.post('/clock/advance', { by: 1 });
    expect(await api.call('get', '/tally/counters/a')).toMatchObject({ status: 200 });
  });

  it('happens once', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 1000);
    for (let hour = 0; hour < 3; hour += 1) await api.post('/clock/advance', { by: 'PT1H' });
    expect(await history(api)).toEqual(['2026-01-01T00:00:01.000Z a=1']);
  });

  it('is not in the journal when it happens', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 1000);
    await api.post('/clock/advance', { by: 'PT1H' });
    expect(await api.get('/requests')).toMatchObject({ body: { requests: [{ operation: 'addLater', ledger: [] }] } });
  });

  it('is not there when the exchange that scheduled it came to nothing', async () => {
    const scheduling: Provider = {
      ...tally,
      operations: {
        ...tally.operations,
        breakCounter: (call) => {
          call.schedule(call.now, 'add', { name: 'a', by: 1 });
          throw new Error('The counter broke.');
        },
      },
    };
    const api = await startControl({ providers: [scheduling] });
    await api.call('post', '/tally/counters/a/break');
    expect(takeLogged()).toHaveLength(1);
    expect(await api.call('get', '/tally/counters/a')).toMatchObject({ status: 404 });
  });

  it('is gone after a reset', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 1000);
    await api.post('/reset');
    await api.post('/clock/advance', { by: 'PT1H' });
    expect(await history(api)).toEqual([]);
  });

  it('of a sandbox is no matter to another', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api.in('one'), 'a', 1000);
    await api.post('/clock/advance', { by: 'PT1H' });
    expect([await history(api), await history(api.in('one'))]).toEqual([[], []]);
  });
});

describe('scheduled items', () => {
  it.each([
    ['POST', '/clock/advance', { by: 'PT10S' }],
    ['PUT', '/clock', { now: '2026-01-01T00:00:10Z' }],
  ])('happen on %s %s in order, each at its own instant', async (method, path, body) => {
    const api = await startControl({ providers: [tally] });
    for (const [name, seconds] of [
      ['c', 3],
      ['a', 1],
      ['z', 11],
      ['b', 2],
      ['a', 3],
      ['c', 10],
    ] as const) {
      await later(api, name, seconds * 1000);
    }
    expect(await (method === 'PUT' ? api.put(path, body) : api.post(path, body))).toEqual({
      status: 200,
      body: { now: '2026-01-01T00:00:10.000Z', frozen: true },
    });
    expect(await history(api)).toEqual([
      '2026-01-01T00:00:01.000Z a=1',
      '2026-01-01T00:00:02.000Z b=1',
      '2026-01-01T00:00:03.000Z c=1',
      '2026-01-01T00:00:03.000Z a=2',
      '2026-01-01T00:00:10.000Z c=2',
    ]);
  });

  it('see their own instant, and may schedule others on the way', async () => {
    const chained: Provider = {
      ...tally,
      due: {
        ...tally.due,
        add: (context, payload) => {
          tally.due?.['add']?.(context, payload);
          if (context.now < NOW + 3000) context.schedule(toInstant(context.now + 1000), 'add', payload);
        },
      },
    };
    const api = await startControl({ providers: [chained] });
    await later(api, 'a', 1000);
    await api.post('/clock/advance', { by: 'PT1H' });
    expect(await history(api)).toEqual([
      '2026-01-01T00:00:01.000Z a=1',
      '2026-01-01T00:00:02.000Z a=2',
      '2026-01-01T00:00:03.000Z a=3',
    ]);
  });

  it('wait again where the clock is put back', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 1000);
    await api.put('/clock', { now: '2025-01-01T00:00:00Z' });
    expect(await history(api)).toEqual([]);
    await api.put('/clock', { now: START });
    expect(await history(api)).toEqual([]);
    await api.post('/clock/advance', { by: 1000 });
    expect(await history(api)).toEqual(['2026-01-01T00:00:01.000Z a=1']);
  });

  it('happen on a running clock although nobody asks', async () => {
    const { watched, happened } = watchTally();
    const api = await startControl({ providers: [watched] });
    await later(api, 'a', 30);
    await later(api, 'b', 20);
    await api.put('/clock', { frozen: false });
    await expect.poll(() => happened).toEqual(['2026-01-01T00:00:00.020Z', '2026-01-01T00:00:00.030Z']);
    await later(api, 'c', 10);
    await expect.poll(() => happened).toHaveLength(3);
    expect((await history(api)).map((line) => line.slice(-3))).toEqual(['b=1', 'a=1', 'c=1']);
  });

  it('do not happen by themselves on a frozen clock', async () => {
    const { watched, happened } = watchTally();
    const api = await startControl({ providers: [watched] });
    await later(api, 'a', 1);
    const start = monotonic();
    await expect.poll(() => monotonic() - start).toBeGreaterThan(50);
    expect(happened).toEqual([]);
  });
});

describe('a scheduled item that fails', () => {
  it('is logged, keeps nothing and stands in nobody’s way', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 1000);
    await later(api, 'b', 2000, 'explode');
    await later(api, 'c', 3000);
    await api.post('/clock/advance', { by: 'PT1H' });
    expect(takeLogged()).toEqual([
      {
        message: 'a scheduled item failed: a bug in tally.due.explode',
        fields: { sandbox: 'default', provider: 'tally', due: 'explode', error: 'The scheduled item exploded.' },
      },
    ]);
    expect(await history(api)).toEqual(['2026-01-01T00:00:01.000Z a=1', '2026-01-01T00:00:03.000Z c=1']);
  });

  it('is not tried again', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 0, 'explode');
    await api.get('/health');
    expect(takeLogged()).toHaveLength(1);
    await api.get('/health');
    expect(takeLogged()).toEqual([]);
  });

  it('may be of a kind that nobody knows', async () => {
    const api = await startControl({ providers: [tally] });
    await later(api, 'a', 0, 'unknown');
    await api.get('/health');
    expect(takeLogged()).toMatchObject([
      { fields: { due: 'unknown', error: '"tally" has no scheduled items of kind "unknown".' } },
    ]);
  });
});
