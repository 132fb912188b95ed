import { expect, it } from 'vitest';

import {
  NOBODY,
  RICH,
  anySignature,
  anyUuid,
  fieldOf,
  ok,
  refusal,
  startDecentraland,
  startWire,
  type Answer,
  type DecentralandApi,
} from './api.ts';

/** Seconds: two weeks after the season's end. */
const EXPIRY = 1_772_409_600;
const badRequest = refusal(400, 'Bad request', 'BAD_REQUEST');

async function grant({ app }: DecentralandApi, body: object, token = 'decentraland_admin_token'): Promise<Answer> {
  const asked = app.post(`/decentraland/users/${NOBODY}/credits`).set('Authorization', `Bearer ${token}`);
  const answer = await asked.send(body);
  return { status: answer.status, body: answer.body as unknown };
}

it('an administrator gives what a goal of the week is worth, once', async () => {
  const api = await startDecentraland();
  const season = { name: 'Season of Boats', id: 2 };
  expect(await grant(api, { goalId: 'log-in' })).toEqual(
    ok({ signature: anySignature, expiresAt: EXPIRY, season, seasonId: 2 }),
  );
  expect(await grant(api, { goalId: 'log-in' })).toEqual(refusal(400, 'Goal already granted', 'ALREADY_GRANTED'));
  expect(await grant(api, { goalId: 'swim' })).toEqual(refusal(400, 'Unknown goal', 'UNKNOWN_GOAL'));
  expect(await grant(api, {})).toEqual(badRequest);
  expect(await api.credits(NOBODY)).toMatchObject({
    body: { totalCredits: 2, credits: [{ amount: 2, goalId: 'log-in' }] },
  });
});

it('an administrator gives an amount on demand, as often as is asked', async () => {
  const api = await startWire();
  const gift = { type: 'on-demand', amount: 0.5, reason: 'a gift', annotation: 'x' };
  for (const total of [0.5e18, 1e18]) {
    expect(await grant(api, gift)).toEqual(
      ok({
        signature: anySignature,
        expiresAt: EXPIRY,
        season: { name: 'Season of Boats', id: 2 },
        seasonId: 2,
        creditId: anyUuid,
      }),
    );
    expect(fieldOf(await api.credits(NOBODY), 'body', 'totalCredits')).toBe(total);
  }
  for (const amount of [0, -1, '1e3', 1e30]) expect(await grant(api, { ...gift, amount })).toEqual(badRequest);
});

it.each([startDecentraland, startWire])('nobody else gives anything', async (start) => {
  const api = await start();
  const refused = refusal(401, 'Not Authorized', 'UNAUTHORIZED');
  expect(await grant(api, { goalId: 'log-in', type: 'on-demand', amount: 1, reason: 'x' }, 'another')).toEqual(refused);
  expect(await api.call('post', `/users/${RICH}/credits`, { goalId: 'log-in' })).toEqual(refused);
});

it('a server for development mints a hundred MANA, or as many as are asked for', async () => {
  const api = await startWire();
  const minted = ok({ signature: anySignature, expiresAt: EXPIRY, seasonId: 2, creditId: anyUuid });
  expect(await api.call('post', '/dev/mint-credit', { address: NOBODY })).toEqual(minted);
  expect(await api.call('post', '/dev/mint-credit', { address: NOBODY, amount: '2.5', reason: 'more' })).toEqual(
    minted,
  );
  expect(fieldOf(await api.credits(NOBODY), 'body', 'totalCredits')).toBe(102.5e18);
  expect(await api.call('post', '/dev/mint-credit', { address: 'ada' })).toEqual(
    refusal(400, 'Invalid address', 'INVALID_ADDRESS'),
  );
});
