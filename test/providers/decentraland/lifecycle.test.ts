import { describe, expect } from 'vitest';

import {
  FLAGGED,
  LASTING,
  RICH,
  SOON,
  anySignature,
  creditId,
  fieldOf,
  it,
  list,
  listed,
  noSeason,
  ok,
  startDecentraland,
  startWire,
  stateOf,
  toFixtures,
  type DecentralandApi,
} from './api.ts';

const ONE = creditId(1);

/** Starts an emulator whose only wallet has this credit. */
async function startWithCredit(start: typeof startDecentraland, credit: object): Promise<DecentralandApi> {
  const credits = [{ id: ONE, address: RICH, amount: '5', ...credit }];
  return start({ fixtures: toFixtures({ wallets: [{ address: RICH }], credits }) });
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

  it('is available, then partly used, then used up, and keeps its amount', async () => {
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

  it.each([
    ['untouched', '0', 'AVAILABLE', 5],
    ['partly used', '2', 'PARTIALLY_USED', 3],
  ])('that is %s expires at its instant', async (_, spent, status, left) => {
    const api = await startWithCredit(startDecentraland, { expiresAt: 'now+P2D', spent });
    await api.moveTo('2026-01-02T23:59:59.999Z');
    expect(await api.credits(RICH)).toEqual(list(left, { ...credit, status }));
    await api.moveTo('2026-01-03T00:00:00.000Z');
    expect(await api.credits(RICH)).toEqual(list(0));
    expect(await stateOf(api, 'credits')).toMatchObject([{ amount: '5', spent, ended: true }]);
  });

  it('that has expired stays expired, also if the clock is set back', async ({ api }) => {
    await api.advance('PT1H');
    const detail = '{"error":"The credit has nothing left.","code":"CREDIT_SPENT"}';
    const one = { address: SOON, creditId: creditId(4) };
    expect(await api.run('consume', { ...one, amount: '1' })).toMatchObject({ status: 409, detail });
    expect(await api.run('revoke', one)).toMatchObject({ status: 409, detail });
    await api.moveTo('2026-01-01T00:00:00Z');
    expect(await api.credits(SOON)).toEqual(list(0));
  });

  it('without an expiry never expires', async ({ api }) => {
    await api.moveTo('9999-12-31T23:59:59.999Z');
    expect(await api.credits(LASTING)).toEqual(list(1500, listed(7)));
    expect(await api.credits(RICH)).toEqual(list(0));
  });

  it('does not affect the other credits of its wallet when it expires', async ({ api }) => {
    await api.run('grant', { address: SOON, amount: '1', expiresAt: '2026-01-01T02:00:00Z' });
    const { body } = await api.credits(SOON);
    await api.advance('PT1H');
    expect(await api.credits(SOON)).toEqual(list(1, Object(fieldOf(body, 'credits', 1)) as object));
  });
});

describe('a flag', () => {
  const statusOf = async (api: DecentralandApi, address = RICH) => (await api.credits(address)).status;

  it('for wrong captchas ends 24 hours after the last one', async ({ api }) => {
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.advance('PT12H');
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.moveTo('2026-01-02T11:59:59.999Z');
    expect(await statusOf(api)).toBe(401);
    await api.moveTo('2026-01-02T12:00:00.000Z');
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
    expect((await stateOf(api, 'wallets'))[0]).not.toHaveProperty('flag');
  });

  it('for several accounts ends only by a control, also if it replaced one for captchas', async ({ api }) => {
    await api.run('flag', { address: RICH, cause: 'captcha' });
    await api.run('flag', { address: RICH, cause: 'multi-account' });
    await api.advance('P30D');
    expect([await statusOf(api), await statusOf(api, FLAGGED)]).toEqual([401, 401]);
    await api.run('unflag', { address: FLAGGED });
    expect(await statusOf(api, FLAGGED)).toBe(200);
  });

  it('for wrong captchas can start on the last day of the calendar', async ({ api }) => {
    await api.moveTo('9999-12-31T12:00:00Z');
    expect(await api.run('flag', { address: RICH, cause: 'captcha' })).toHaveProperty('result');
    expect(await statusOf(api)).toBe(401);
  });
});

describe('a season', () => {
  it.each([
    ['before the first one', '2025-10-02T23:59:59.999Z', [[], null, 1]],
    ['in the first one', '2025-10-03T00:00:00.000Z', [[], 1, 2]],
    ['when the second one begins', '2025-12-22T00:00:00.000Z', [[1], 2, 3]],
    ['at the end of the second one', '2026-02-15T23:59:59.999Z', [[1], 2, 3]],
    ['between the second and the third one', '2026-02-16T00:00:00.000Z', [[1, 2], null, 3]],
    ['just before the third one', '2026-03-01T23:59:59.999Z', [[1, 2], null, 3]],
    ['in the third one', '2026-03-02T00:00:00.000Z', [[1, 2], 3, null]],
    ['after the third one', '2026-05-01T00:00:00.000Z', [[1, 2, 3], null, null]],
  ])('is past, current or next by the clock: %s', async (_, now, expected) => {
    const [past, current, next] = expected;
    const [api, wire] = [await startDecentraland(), await startWire()];
    for (const either of [api, wire]) await either.moveTo(now);
    const { body } = await api.call('get', '/seasons');
    expect([
      (fieldOf(body, 'past') as readonly object[]).map((season) => fieldOf(season, 'id')),
      fieldOf(body, 'current', 'id') ?? null,
      fieldOf(body, 'next', 'id') ?? null,
    ]).toEqual([past, current, next]);
    const seasons = (await wire.call('get', '/seasons')).body;
    expect([
      fieldOf(seasons, 'lastSeason', 'id') ?? null,
      fieldOf(seasons, 'currentSeason', 'season', 'id') ?? null,
      fieldOf(seasons, 'nextSeason', 'id') ?? null,
    ]).toEqual([(past as readonly number[]).at(-1) ?? null, current, next]);
    const answer =
      current === null ? noSeason : ok({ id: current, week: expect.any(Number) as unknown, isPaused: false });
    for (const either of [api, wire]) expect(await either.call('get', '/season')).toEqual(answer);
  });

  it('that is paused ends at its instant', async ({ api }) => {
    await api.run('pauseSeason');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 2, week: 2, isPaused: true }));
    await api.moveTo('2026-02-16T00:00:00Z');
    expect(await api.call('get', '/season')).toEqual(noSeason);
    await api.moveTo('2026-03-02T00:00:00Z');
    expect(await api.call('get', '/season')).toEqual(ok({ id: 3, week: 1, isPaused: false }));
  });
});
