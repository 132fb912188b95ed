import { describe, expect, it } from 'vitest';

import { ADA, LANTERN_KEY, UUID, invalid, ok, type Fields } from './api.ts';
import { startProfile, toEvent, toEventId, use } from './event-api.ts';
import { registerOwn, startHead } from './head-api.ts';

// What real clients were told wrong before: each as such a client sends it, and all of what it is answered.

const NOW = '2026-01-01T00:00:00.000Z';
/** Of the TypeScript client, with each of its requests. */
const SENT: Fields = {
  Authorization: `Bearer ${LANTERN_KEY}`,
  'User-Agent': '@openmonetize/sdk/0.9.0',
  'Content-Type': 'application/json',
};

describe('in profile head', () => {
  it('shows one user in numbers, with the ten newest events', async () => {
    const api = await startProfile('head');
    const numbers = Array.from({ length: 11 }, (_, index) => index + 1);
    const toTimestamp = (number: number): string => `2025-12-${String(10 + number)}T00:00:00.000Z`;
    await use(api, ...numbers.map((number) => toEvent(number, 1, { user_id: ADA, timestamp: toTimestamp(number) })));
    expect(await api.with(SENT).call('get', `/v1/users/${ADA}`)).toEqual(
      ok({
        data: {
          id: ADA,
          externalUserId: ADA,
          email: 'ada@lantern.example',
          metadata: { plan: 'pro' },
          createdAt: '2025-07-02T09:00:00.000Z',
          updatedAt: '2025-07-02T09:00:00.000Z',
          creditBalance: 5390,
          totalEvents: 11,
          reservedBalance: 0,
          totalCreditsBurned: 110,
          recentEvents: numbers
            .slice(1)
            .reverse()
            .map((number) => ({
              id: toEventId(number),
              eventType: 'CUSTOM',
              featureId: 'export',
              provider: null,
              model: null,
              creditsBurned: 10,
              timestamp: toTimestamp(number),
            })),
        },
      }),
    );
  });

  it('users are searched for in any case, and a user without metadata has some that is empty', async () => {
    const { own } = await registerOwn(await startHead());
    const grace = { externalUserId: 'Grace', email: 'HOPPER@navy.example' };
    expect(await own.call('post', '/v1/users', grace)).toEqual({
      status: 201,
      body: { data: { id: UUID, ...grace, metadata: {}, createdAt: NOW } },
    });
    expect(await own.call('post', '/v1/users', { externalUserId: 'hedy' })).toEqual({
      status: 201,
      body: { data: { id: UUID, externalUserId: 'hedy', email: null, metadata: {}, createdAt: NOW } },
    });
    const listed = {
      ...grace,
      id: UUID,
      metadata: {},
      createdAt: NOW,
      updatedAt: NOW,
      creditBalance: 0,
      totalEvents: 0,
    };
    for (const search of ['gRaCe', 'hopper']) {
      expect(await own.call('get', `/v1/users?search=${search}`)).toEqual(
        ok({ data: [listed], pagination: { limit: 50, offset: 0, total: 1 } }),
      );
    }
    expect(await own.call('get', '/v1/users?search=')).toMatchObject({ body: { pagination: { total: 2 } } });
  });

  it('a user that a grant or an event created has no metadata', async () => {
    const { own } = await registerOwn(await startHead());
    await own.call('post', '/v1/credits/grant', { userId: 'granted', amount: 1 });
    await use(own, toEvent(1, 1, { user_id: 'used' }));
    const toUser = (id: string, createdAt: string, fields: object): object => ({
      ...{ id, externalUserId: id, email: null, metadata: null, createdAt, updatedAt: createdAt },
      ...{ creditBalance: 0, totalEvents: 0, ...fields },
    });
    expect(await own.call('get', '/v1/users')).toEqual(
      ok({
        data: [
          toUser('used', '2026-01-01T00:00:00.100Z', { totalEvents: 1 }),
          toUser('granted', NOW, { creditBalance: 1 }),
        ],
        pagination: { limit: 50, offset: 0, total: 2 },
      }),
    );
  });

  it('readiness names the checks', async () => {
    const checks = { database: true, ingestionService: true, ratingEngine: true };
    expect(await (await startHead()).with({}).call('get', '/ready')).toEqual(
      ok({ status: 'ready', checks, timestamp: NOW }),
    );
  });

  it.each([
    ['limit=0x10', 16, 0],
    ['limit=1e1', 10, 0],
    ['limit=%2010', 10, 0],
    ['limit=10&offset=', 10, 0],
  ])('a query of %s goes through Number()', async (query, limit, offset) => {
    const { own } = await registerOwn(await startHead());
    for (const path of ['/v1/users', '/v1/events']) {
      expect(await own.call('get', `${path}?${query}`)).toEqual(
        ok({ data: [], pagination: { limit, offset, total: 0 } }),
      );
    }
  });

  it.each([
    ['limit=0', 'querystring/limit Too small: expected number to be >=1'],
    ['limit=', 'querystring/limit Too small: expected number to be >=1'],
    ['limit=101', 'querystring/limit Too big: expected number to be <=100'],
    ['limit=ten', 'querystring/limit Invalid input: expected number, received NaN'],
    ['limit=10&limit=10', 'querystring/limit Invalid input: expected number, received NaN'],
    ['limit=true', 'querystring/limit Invalid input: expected number, received NaN'],
    ['offset=-1', 'querystring/offset Too small: expected number to be >=0'],
  ])('a query of %s is refused', async (query, message) => {
    const api = await startHead();
    for (const path of ['/v1/users', '/v1/events']) {
      expect(await api.call('get', `${path}?${query}`)).toEqual(invalid(message));
    }
  });

  it('a limit of 1.5 is refused by the list of users', async () => {
    expect(await (await startHead()).call('get', '/v1/users?limit=1.5')).toEqual(
      invalid('querystring/limit Invalid input: expected int, received number'),
    );
  });
});

it('readiness names no checks in profile seed', async () => {
  const api = await startProfile('seed');
  expect(await api.with({}).call('get', '/ready')).toEqual(ok({ status: 'ready', checks: {}, timestamp: NOW }));
});

it.each(['seed', 'head'] as const)(
  'in profile %s an event FEATURE_ACCESS is taken and never stored',
  async (profile) => {
    const api = await startProfile(profile);
    await use(api, toEvent(1, 1, { event_type: 'FEATURE_ACCESS' }), toEvent(2, 1, { event_type: 'API_CALL' }));
    expect((await api.state()).events).toMatchObject([{ event_id: toEventId(2), event_type: 'API_CALL' }]);
    expect(await api.call('get', '/v1/analytics/usage')).toMatchObject({
      body: { data: { summary: { totalEvents: 1 }, byEventType: [{ eventType: 'API_CALL' }] } },
    });
  },
);
