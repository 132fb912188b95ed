import { describe, expect, test } from 'vitest';

import { HARBOR, HARBOR_KEY, LANTERN_KEY, type OpenMonetizeApi } from './api.ts';
import { advance, startProfile, toEvent } from './event-api.ts';

const REMAINING = 'x-monthly-quota-remaining';

interface Told {
  readonly status: number;
  readonly remaining: string | undefined;
  readonly body: unknown;
}

/** Reports so many events, and says what is told of the quota. */
async function report({ app }: OpenMonetizeApi, key: string, count: number, first = 1): Promise<Told> {
  const events = Array.from({ length: count }, (_, index) => toEvent(first + index, 1));
  const response = await app.post('/openmonetize/v1/events/ingest').set('X-API-Key', key).send({ events });
  return { status: response.status, remaining: response.get(REMAINING), body: response.body as unknown };
}

function setUsage(api: OpenMonetizeApi, used: number): Promise<unknown> {
  return api.control('post', '/controls/openmonetize/setQuotaUsage', { customerId: HARBOR, used });
}

function exceeded(currentUsage: number, period = '2026-1'): Told {
  return {
    status: 402,
    remaining: undefined,
    body: {
      error: 'Payment Required',
      message: 'Monthly quota exceeded (10000 events). Please upgrade your plan.',
      details: { currentUsage, limit: 10_000, period },
    },
  };
}

const it = test.extend('api', () => startProfile('head'));

describe('the monthly quota of profile head', () => {
  it('counts events down by the tier', async ({ api }) => {
    expect([await report(api, HARBOR_KEY, 3), await report(api, HARBOR_KEY, 2, 4)]).toMatchObject([
      { status: 202, remaining: '9997' },
      { status: 202, remaining: '9995' },
    ]);
    expect(await report(api, LANTERN_KEY, 1)).toMatchObject({ status: 202, remaining: '99999' });
    const made = await api.call('post', '/v1/customers/register', {
      name: 'Meadow',
      email: 'dev@meadow.example',
      tier: 'ENTERPRISE',
    });
    const { apiKey } = (made.body as { readonly data: { readonly apiKey: string } }).data;
    expect(await report(api, apiKey, 1, 100)).toMatchObject({ status: 202, remaining: undefined });
  });

  it('refuses what would exceed it as a whole, without counting it, until the next month', async ({ api }) => {
    await setUsage(api, 9999);
    expect(await report(api, HARBOR_KEY, 2)).toEqual(exceeded(9999));
    expect(await report(api, HARBOR_KEY, 1)).toMatchObject({ status: 202, remaining: '0' });
    expect(await report(api, HARBOR_KEY, 1, 2)).toEqual(exceeded(10_000));
    await advance(api, 'P31D');
    expect(await report(api, HARBOR_KEY, 2, 3)).toMatchObject({ status: 202, remaining: '9998' });
    await setUsage(api, 10_000);
    expect(await report(api, HARBOR_KEY, 1, 9)).toEqual(exceeded(10_000, '2026-2'));
  });

  it('counts duplicates as well', async () => {
    const api = await startProfile('head', 'burnDelay=PT0S');
    const events = [toEvent(1, 1, { idempotency_key: 'k' })];
    const send = () => api.app.post('/openmonetize/v1/events/ingest').set('X-API-Key', HARBOR_KEY).send({ events });
    await send().expect(202).expect(REMAINING, '9999');
    await send().expect(200).expect(REMAINING, '9998');
  });

  it('counts nothing that is refused for its body or its key', async ({ api }) => {
    expect(await report(api, HARBOR_KEY, 0)).toMatchObject({ status: 400, remaining: undefined });
    expect(await report(api, 'om_live_none', 1)).toMatchObject({ status: 401, remaining: undefined });
    expect(await report(api, HARBOR_KEY, 1)).toMatchObject({ remaining: '9999' });
  });

  it('is in the state, and goes on from there', async ({ api }) => {
    await report(api, HARBOR_KEY, 5);
    const state = (await api.control('get', '/state')) as { readonly openmonetize: object };
    expect(state.openmonetize).toMatchObject({ quotas: [{ customerId: HARBOR, period: '2026-1', used: 5 }] });
    const other = await startProfile('head');
    await other.app.put('/_emulator/state').send(state).expect(204);
    expect(await report(other, HARBOR_KEY, 1, 6)).toMatchObject({ remaining: '9994' });
  });

  it('can be switched off', async () => {
    const api = await startProfile('head', 'monthlyQuota=false');
    await setUsage(api, 10_000);
    expect(await report(api, HARBOR_KEY, 1)).toMatchObject({ status: 202, remaining: undefined });
  });
});

it('is not counted in profile seed', async () => {
  const api = await startProfile('seed');
  await setUsage(api, 10_000);
  const events = [toEvent(1, 1, { customer_id: HARBOR })];
  const response = await api.app.post('/openmonetize/v1/events/ingest').set('X-API-Key', HARBOR_KEY).send({ events });
  expect([response.status, response.get(REMAINING)]).toEqual([202, undefined]);
});

it('is set for customers that there are', async ({ api }) => {
  expect(
    await api.control('post', '/controls/openmonetize/setQuotaUsage', { customerId: 'none', used: 1 }),
  ).toMatchObject({
    status: 409,
    detail: expect.stringContaining('Customer not found. List customers with `state`.') as string,
  });
});
