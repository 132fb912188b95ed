import { describe, expect, it } from 'vitest';

import {
  FLAGGED,
  LASTING,
  NOBODY,
  RICH,
  SOON,
  anySignature,
  creditId,
  fieldOf,
  list,
  listed,
  noSeason,
  ok,
  startDecentraland,
  startWire,
  toFixtures,
  wireList,
  type DecentralandApi,
} from './api.ts';
import { toSalt } from './ethereum.ts';

const ONE = creditId(1);

/** An emulator whose only wallet has this credit. */
async function startWithCredit(start: typeof startDecentraland, credit: object): Promise<DecentralandApi> {
  return start({
    fixtures: toFixtures({
      wallets: [{ address: RICH }],
      credits: [{ id: ONE, address: RICH, amount: '5', ...credit }],
    }),
  });
}

async function stateOf(api: DecentralandApi, id = ONE): Promise<unknown> {
  const credits = fieldOf(await api.control('get', '/state'), 'decentraland', 'credits');
  return (credits as readonly { readonly id: string }[]).find((credit) => credit.id === id);
}

describe('a credit', () => {
  const credit = {
    id: ONE,
    amount: 5,
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-03T00:00:00.000Z',
    signature: anySignature,
    seasonId: 0,
  };

  it('is available, then partly used, then used up, and keeps its amount all the time', async () => {
    const api = await startWithCredit(startDecentraland, { expiresAt: 'now+P2D' });
    expect(await api.credits(RICH)).toEqual(list(5, { ...credit, status: 'AVAILABLE' }));

    await api.advance('PT1H');
    expect(await api.run('consume', { address: RICH, amount: '2' })).toMatchObject({
      result: { used: [{ id: ONE, amount: '5', spent: '2', status: 'PARTIALLY_USED' }], left: '3' },
    });
    expect(await api.credits(RICH)).toEqual(list(3, { ...credit, status: 'PARTIALLY_USED' }));

    await api.advance('PT1H');
    expect(await api.run('consume', { address: RICH, amount: '3' })).toMatchObject({
      result: { used: [{ id: ONE, amount: '5', spent: '5', status: 'USED' }], left: '0' },
    });
    expect(await api.credits(RICH)).toEqual(list(0));
  });

  it('is so in the words of the wire, too', async () => {
    const api = await startWithCredit(startWire, { expiresAt: 'now+P2D' });
    const read = async (): Promise<unknown> => {
      const { body } = await api.credits(RICH);
      return ['amount', 'availableAmount', 'status'].map((name) => fieldOf(body, 'credits', 0, name));
    };
    expect(await read()).toEqual(['5000000000000000000', '5000000000000000000', 'available']);
    await api.run('consume', { address: RICH, amount: '0.000000000000000001' });
    expect(await read()).toEqual(['5000000000000000000', '4999999999999999999', 'partially_used']);
    await api.run('consume', { address: RICH, amount: '4.999999999999999999' });
    expect(await api.credits(RICH)).toEqual(wireList('0', '0'));
  });

  it.each([
    ['untouched', '0', 'AVAILABLE', 5],
    ['partly used', '2', 'PARTIALLY_USED', 3],
  ])('that is %s expires at its instant, not before', async (_, spent, status, left) => {
    const api = await startWithCredit(startDecentraland, { expiresAt: 'now+P2D', spent });
    await api.moveTo('2026-01-02T23:59:59.999Z');
    expect(await api.credits(RICH)).toEqual(list(left, { ...credit, status }));
    await api.moveTo('2026-01-03T00:00:00.000Z');
    expect(await api.credits(RICH)).toEqual(list(0));
    expect(await stateOf(api)).toMatchObject({ amount: '5', spent, ended: true });
  });

  it('that has expired cannot be spent and not be taken back', async () => {
    const api = await startDecentraland();
    await api.advance('PT1H');
    for (const [name, args] of [
      ['consume', { amount: '1', creditId: creditId(4) }],
      ['revoke', { creditId: creditId(4) }],
    ] as const) {
      expect(await api.run(name, { address: SOON, ...args })).toMatchObject({
        status: 409,
        detail: '{"error":"The credit has nothing left.","code":"CREDIT_SPENT"}',
      });
    }
  });

  it('that has expired is gone for good, also where the clock is put back', async () => {
    const api = await startDecentraland();
    await api.advance('PT1H');
    await api.moveTo('2026-01-01T00:00:00Z');
    expect(await api.credits(SOON)).toEqual(list(0));
  });

  it('that was used up stays so when its expiry comes', async () => {
    const api = await startWithCredit(startDecentraland, { expiresAt: 'now+P2D', spent: '5' });
    await api.advance('P3D');
    expect(await api.credits(RICH)).toEqual(list(0));
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });

  it('without an expiry outlives everything', async () => {
    const api = await startDecentraland();
    await api.moveTo('9999-12-31T23:59:59.999Z');
    expect(await api.credits(LASTING)).toEqual(list(1500, listed(7)));
    expect(await api.credits(RICH)).toEqual(list(0));
  });

  it('leaves the others of its wallet alone when it expires', async () => {
    const api = await startDecentraland();
    await api.run('grant', { address: SOON, amount: '1', expiresAt: '2026-01-01T02:00:00Z' });
    const { body } = await api.credits(SOON);
    await api.advance('PT1H');
    expect(await api.credits(SOON)).toEqual(list(1, Object(fieldOf(body, 'credits', 1)) as object));
  });

  it('that is granted lives two weeks longer than its season', async () => {
    const api = await startWire();
    const granted = await api.run('grant', { address: RICH, amount: '1' });
    const id = toSalt(String(fieldOf(granted, 'result', 'id')));
    await api.moveTo('2026-03-01T23:59:59.999Z');
    expect(JSON.stringify(await api.credits(RICH))).toContain(id);
    await api.moveTo('2026-03-02T00:00:00.000Z');
    expect(await api.credits(RICH)).toEqual(wireList('0', '0'));
  });
});

describe('a flag', () => {
  async function statusOf(api: DecentralandApi): Promise<number> {
    return (await api.credits(RICH)).status;
  }

  it('for wrong captchas ends after 24 hours of the clock', async () => {
    const api = await startDecentraland();
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.moveTo('2026-01-01T23:59:59.999Z');
    expect(await statusOf(api)).toBe(401);
    await api.moveTo('2026-01-02T00:00:00.000Z');
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    expect(fieldOf(await api.control('get', '/state'), 'decentraland', 'wallets', 0)).not.toHaveProperty('flag');
  });

  it('for wrong captchas that comes again ends 24 hours after the last time', async () => {
    const api = await startDecentraland();
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.advance('PT12H');
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.advance('PT23H59M');
    expect(await statusOf(api)).toBe(401);
    await api.advance('PT1M');
    expect(await statusOf(api)).toBe(200);
  });

  it('for several accounts ends only when it is taken away', async () => {
    const api = await startDecentraland();
    await api.advance('P300D');
    expect((await api.credits(FLAGGED)).status).toBe(401);
    await api.run('unflag', { address: FLAGGED });
    expect((await api.credits(FLAGGED)).status).toBe(200);
  });

  it('for several accounts outlives one for captchas that it took the place of', async () => {
    const api = await startDecentraland();
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.run('flag', { address: RICH, cause: 'multi-account' });
    await api.advance('P2D');
    expect(await statusOf(api)).toBe(401);
  });

  it('for wrong captchas can come on the last day of all time', async () => {
    const api = await startDecentraland();
    await api.moveTo('9999-12-31T12:00:00Z');
    expect(await api.run('flag', { address: RICH, cause: 'captcha' })).toHaveProperty('result');
    expect(await statusOf(api)).toBe(401);
  });

  it('does not stop credits from expiring', async () => {
    const api = await startDecentraland();
    await api.run('flag', { address: SOON, cause: 'captcha' });
    await api.advance('PT24H');
    expect(await api.credits(SOON)).toEqual(list(0));
  });
});

describe('a season', () => {
  it.each([
    ['2025-12-22T00:00:00.000Z', 1],
    ['2025-12-28T23:59:59.999Z', 1],
    ['2025-12-29T00:00:00.000Z', 2],
    ['2026-01-04T23:59:59.999Z', 2],
    ['2026-01-05T00:00:00.000Z', 3],
    ['2026-02-15T23:59:59.999Z', 8],
  ])('has at %s the week %i', async (now, week) => {
    const api = await startDecentraland();
    await api.moveTo(now);
    expect(await api.call('get', '/season')).toEqual(ok({ id: 2, week, isPaused: false }));
  });

  it.each([
    ['before the first one', '2025-10-02T23:59:59.999Z', [[], null, 1]],
    ['in the first one', '2025-10-03T00:00:00.000Z', [[], 1, 2]],
    ['at the end of the first one, where the second one begins', '2025-12-22T00:00:00.000Z', [[1], 2, 3]],
    ['at the end of the second one', '2026-02-15T23:59:59.999Z', [[1], 2, 3]],
    ['between the second and the third one', '2026-02-16T00:00:00.000Z', [[1, 2], null, 3]],
    ['just before the third one', '2026-03-01T23:59:59.999Z', [[1, 2], null, 3]],
    ['in the third one', '2026-03-02T00:00:00.000Z', [[1, 2], 3, null]],
    ['after all', '2026-05-01T00:00:00.000Z', [[1, 2, 3], null, null]],
  ])('is past, current or next %s', async (_, now, expected) => {
    const [past, current, next] = expected;
    const api = await startDecentraland();
    await api.moveTo(now);
    const { body } = await api.call('get', '/seasons');
    expect([
      (fieldOf(body, 'past') as readonly object[]).map((season) => fieldOf(season, 'id')),
      fieldOf(body, 'current') && fieldOf(body, 'current', 'id'),
      fieldOf(body, 'next') && fieldOf(body, 'next', 'id'),
    ]).toEqual([past, current, next]);

    const wire = await startWire();
    await wire.moveTo(now);
    const seasons = (await wire.call('get', '/seasons')).body;
    expect([
      fieldOf(seasons, 'lastSeason') && fieldOf(seasons, 'lastSeason', 'id'),
      fieldOf(seasons, 'currentSeason') && fieldOf(seasons, 'currentSeason', 'season', 'id'),
      fieldOf(seasons, 'nextSeason') && fieldOf(seasons, 'nextSeason', 'id'),
    ]).toEqual([(past as readonly number[]).at(-1) ?? null, current, next]);

    const answer =
      current === null ? noSeason : ok({ id: current, week: expect.any(Number) as unknown, isPaused: false });
    for (const either of [api, wire]) expect(await either.call('get', '/season')).toEqual(answer);
  });

  it('that is paused still ends', async () => {
    const api = await startDecentraland();
    await api.run('pauseSeason');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 2, week: 2, isPaused: true }));
    await api.moveTo('2026-02-16T00:00:00Z');
    expect(await api.call('get', '/season')).toEqual(noSeason);
    await api.moveTo('2026-03-02T00:00:00Z');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 3, week: 1, isPaused: false }));
  });

  it('that is paused or has ended leaves the credits that it gave in the list', async () => {
    const api = await startDecentraland();
    await api.run('pauseSeason');
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    await api.run('endSeason');
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    expect(await api.run('consume', { address: RICH, amount: '12.5' })).toMatchObject({ result: { left: '0' } });
  });
});

it('counts the users of another sandbox apart', async () => {
  const api = await startDecentraland();
  await api.run('grant', { address: NOBODY, amount: '1' });
  const other = await api.app.get(`/decentraland/users/${NOBODY}/credits`).set('X-Emulator-Sandbox', 'other');
  expect(other.status).toBe(404);
});
