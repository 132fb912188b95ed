import { inflateSync } from 'node:zlib';

import { describe, expect, test } from 'vitest';

import {
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  ask,
  fieldOf,
  idsOf,
  noSuchUser,
  ok,
  refusal,
  refused,
  signedBy,
  startDecentraland,
  startWire,
  totalOf,
  type Answer,
  type DecentralandApi,
} from './api.ts';

const nothing = {
  user: { hasStartedProgram: false },
  credits: { available: 0, expiresIn: 0, isBlockedForClaiming: false },
  goals: [],
};
const DAYS_60 = 60 * 86_400;
const claimed = (mana: number): object => ({ ok: true, credits_granted: mana, isBlockedForClaiming: false });
const notNow = { ok: false, credits_granted: 0, isBlockedForClaiming: false };
const blocked = { ok: false, credits_granted: 0, isBlockedForClaiming: true };
/** Fetches a captcha as the game does, with its solution. */
async function fetchCaptcha({ app }: DecentralandApi, address: string) {
  const answer = await app.get('/decentraland/captcha').set(signedBy(address)).expect(200);
  return { answer, x: Number(answer.get('X-Emulator-Captcha')), body: answer.body as unknown };
}

const post = (api: DecentralandApi, address: string, body: object): Promise<Answer> =>
  ask(api, 'post', '/captcha', signedBy(address), body);

/** Fetches a captcha, and answers so far beside the solution. */
async function solve(api: DecentralandApi, address: string, beside = 0): Promise<Answer> {
  const { x } = await fetchCaptcha(api, address);
  return post(api, address, { x: (x + (x > 50 ? -beside : beside)) % 100 });
}

const progressOf = (api: DecentralandApi, address: string): Promise<Answer> =>
  api.call('get', `/users/${address}/progress`);

function goal(
  title: string,
  description: string,
  picture: string,
  reward: number,
  ...[done, of, isClaimed]: [number, number, boolean]
) {
  const thumbnail = `https://example.test/${picture}.png`;
  return { title, description, thumbnail, progress: { totalSteps: of, completedSteps: done }, reward, isClaimed };
}

const week2 = (loggedIn: number, isClaimed: boolean, hasPhoto: boolean): readonly object[] => [
  goal('Log in on three days', 'Any day counts', 'log-in', 2, loggedIn, 3, isClaimed),
  goal('Take a photo', 'Of anything', 'photo', 2.5, 0, 1, hasPhoto),
  goal('Visit a scene', 'Any but your own', 'scene', 1, 0, 1, false),
];

const it = test.extend('api', () => startWire());

describe('the progress of a user', () => {
  it('contains the balance, the latest expiry and the goals of the week', async ({ api }) => {
    expect(await progressOf(api, RICH)).toEqual(
      ok({
        user: { hasStartedProgram: true },
        credits: { available: 12.5, expiresIn: DAYS_60, isBlockedForClaiming: false },
        goals: week2(3, false, true),
      }),
    );
  });

  it('also contains the season and its week in the documented format', async () => {
    const api = await startDecentraland();
    const times = { startDate: '2025-12-22T00:00:00.000Z', endDate: '2026-02-16T00:00:00.000Z' };
    const season = { timeLeft: 46 * 86_400, ...times, seasonState: 'ACTIVE' };
    const of = (now: object, currentWeek: number) =>
      ok({ ...nothing, season: now, currentWeek: { timeLeft: currentWeek } });
    expect(await progressOf(api, NOBODY)).toEqual(of(season, 4 * 86_400));
    await api.run('pauseSeason');
    expect(await progressOf(api, NOBODY)).toEqual(of({ ...season, seasonState: 'PAUSED' }, 4 * 86_400));
    await api.run('endSeason');
    const ended = { ...season, timeLeft: 0, endDate: '2026-01-01T00:00:00.000Z', seasonState: 'ENDED' };
    expect(await progressOf(api, NOBODY)).toEqual(of(ended, 0));
  });

  it('is empty for an unknown user and for one that has left', async ({ api }) => {
    expect(await progressOf(api, NOBODY)).toEqual(ok(nothing));
    await api.app.delete(`/decentraland/users/${LASTING}`).expect(204);
    expect(await progressOf(api, LASTING)).toEqual(ok(nothing));
  });

  it('starts again each week, with the goals that a control defined for it', async ({ api }) => {
    const swim = { id: 'swim', title: 'Swim', totalSteps: 2, reward: '0.5' };
    const defined = { seasonId: 2, week: 2, goals: ['swim'] };
    expect(await api.run('defineGoals', { goals: [swim] })).toEqual({ result: defined, entries: [] });
    const completed = { goalId: 'swim', week: 2, completedSteps: 1, totalSteps: 2 };
    const step = { address: PARTLY, goalId: 'swim', completedSteps: 1 };
    expect(await api.run('completeSteps', step)).toEqual({ result: completed, entries: [] });
    const swimming = { title: 'Swim', description: '', thumbnail: '', reward: 0.5, isClaimed: false };
    const goals = async (): Promise<unknown> => fieldOf(await progressOf(api, PARTLY), 'body', 'goals');
    expect(await goals()).toEqual([{ ...swimming, progress: { totalSteps: 2, completedSteps: 1 } }]);
    await api.advance('P4D');
    expect(await goals()).toEqual([goal('Visit two scenes', 'Any but your own', 'scene', 3, 0, 2, false)]);
    await api.advance('P7D');
    expect(await goals()).toEqual([]);
  });
});

describe('claiming in the format wire', () => {
  it('gives the rewards of the completed goals of this week, once', async ({ api }) => {
    await api.run('completeSteps', { address: RICH, goalId: 'visit-a-scene' });
    expect(await solve(api, RICH)).toEqual(ok(claimed(3)));
    const list = await api.credits(RICH);
    expect(fieldOf(list, 'body', 'totalCredits')).toBe(15.5e18);
    const ofClaim = { season: 2, seasonId: 2, weekId: 2, claimedAt: '1767225600000', expiresAt: '1772409600' };
    const logIn = { goalId: 'log-in', amount: '2000000000000000000', timestamp: '1767139200000' };
    const visit = { goalId: 'visit-a-scene', amount: '1000000000000000000', timestamp: '1767225600000' };
    const given = [logIn, visit].map((credit) => expect.objectContaining({ ...ofClaim, ...credit }) as unknown);
    expect(idsOf(list)).toHaveLength(4);
    expect(fieldOf(list, 'body', 'credits')).toEqual(expect.arrayContaining(given));
    expect(fieldOf(await progressOf(api, RICH), 'body', 'goals', 0, 'isClaimed')).toBe(true);
    expect(await solve(api, RICH)).toEqual(ok(claimed(0)));
    expect(await api.call('delete', `/users/${RICH}`)).toMatchObject({ status: 400 });
  });

  it('accepts an answer that is 4 off the solution, but not 5', async ({ api }) => {
    expect(await solve(api, RICH, 4)).toEqual(ok(claimed(2)));
    expect(await solve(api, RICH, 5)).toEqual(ok(notNow));
  });

  it('blocks at the third wrong answer, for a day', async ({ api }) => {
    for (let turn = 0; turn < 2; turn += 1) expect(await solve(api, LASTING, 40)).toEqual(ok(notNow));
    expect((await api.credits(LASTING)).status).toBe(200);
    expect(await solve(api, LASTING, 40)).toEqual(ok(blocked));
    expect(await api.credits(LASTING)).toMatchObject({ status: 401, body: { isBlockedForClaiming: true } });
    expect(fieldOf(await progressOf(api, LASTING), 'body', 'credits', 'isBlockedForClaiming')).toBe(true);
    expect(await solve(api, LASTING)).toEqual(ok(blocked));
    await api.advance('P1D');
    expect(await solve(api, LASTING)).toEqual(ok(claimed(0)));
  });

  it('needs an answer within five minutes, and one for each captcha', async ({ api }) => {
    const { x } = await fetchCaptcha(api, RICH);
    await api.advance('PT5M');
    expect(await post(api, RICH, { x })).toEqual(ok(notNow));
    const next = await fetchCaptcha(api, RICH);
    expect(await post(api, RICH, { x: next.x })).toEqual(ok(claimed(2)));
    // The right answer has reset the count of wrong ones.
    for (let turn = 0; turn < 2; turn += 1) expect(await post(api, RICH, { x: next.x })).toEqual(ok(notNow));
    expect((await api.credits(RICH)).status).toBe(200);
  });

  it.each([
    ['is paused', 'pauseSeason', {}],
    ['has ended', 'endSeason', {}],
    ['has no MANA left', 'grant', { address: LASTING, amount: '50000' }],
  ])('gives nothing if the season %s', async (_, control, args) => {
    const api = await startWire();
    const { x } = await fetchCaptcha(api, RICH);
    await api.run(control, args);
    expect(await post(api, RICH, { x })).toEqual(ok(notNow));
    expect(await totalOf(api, RICH)).toBe(12.5e18);
  });

  it.each([[{}], [{ x: '42' }], [{ x: -1 }], [{ x: 101 }]])('refuses the answer %j', async (body) => {
    const api = await startWire();
    expect(await post(api, RICH, body)).toEqual(refusal(400, 'Bad request', 'BAD_REQUEST'));
  });
});

describe('claiming in the format document', () => {
  const wrong = refusal(400, 'Invalid captcha solution', 'INVALID_CAPTCHA');

  it('requires the challenge, and uses it up with any answer', async () => {
    const api = await startDecentraland();
    const { x, body } = await fetchCaptcha(api, RICH);
    expect(body).toEqual({
      challenge: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      imageUrl: expect.stringMatching(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/) as unknown,
      expiresAt: '2026-01-01T00:05:00.000Z',
    });
    const challenge = fieldOf(body, 'challenge');
    expect(await post(api, RICH, { challenge: 'another', solution: x })).toEqual(wrong);
    expect(await post(api, RICH, { challenge, solution: x })).toEqual(wrong);
    const next = await fetchCaptcha(api, RICH);
    const solution = { challenge: fieldOf(next.body, 'challenge'), solution: next.x };
    expect(await post(api, RICH, solution)).toEqual(ok(claimed(2)));
  });

  it('refuses the third wrong answer like the others, and a blocked user with 403', async () => {
    const api = await startDecentraland();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await post(api, LASTING, { challenge: 'none', solution: 1 })).toEqual(wrong);
    }
    const reason = { message: 'The captcha was not solved too often.' };
    const body = { ok: false, message: 'User is flagged', reason, isBlockedForClaiming: true };
    const flagged = { status: 403, body };
    expect(await post(api, LASTING, { challenge: 'none', solution: 1 })).toEqual(flagged);
    expect(await ask(api, 'get', '/captcha', signedBy(LASTING))).toEqual(flagged);
  });
});

describe('a captcha', () => {
  it('is a picture with a hole at the solution', async ({ api }) => {
    const { answer, x } = await fetchCaptcha(api, RICH);
    expect(answer.type).toBe('image/png');
    const png = answer.body as Buffer;
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([100, 50, 2, 0]);
    const pixels = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
    const dark = Array.from({ length: 50 }, (_, y) => y).flatMap((y) =>
      Array.from({ length: 100 }, (__, column) => column).filter((column) => {
        const byte = pixels[26 * y + 1 + (column >> 2)] ?? 0;
        return ((byte >> (6 - 2 * (column & 3))) & 3) === 0;
      }),
    );
    const [left, right] = [Math.min(...dark), Math.max(...dark)];
    expect([left, right]).toEqual([Math.max(x - 6, 0), Math.min(x + 6, 99)]);
  });

  it('is the same for the same random seed, and different each time', async () => {
    const draw = async (randomSeed: number): Promise<readonly string[]> => {
      const api = await startWire({ randomSeed });
      const pictures = [await fetchCaptcha(api, RICH), await fetchCaptcha(api, RICH)];
      return pictures.map(({ body }) => (body as Buffer).toString('base64'));
    };
    const [first, second] = await draw(7);
    expect(await draw(7)).toEqual([first, second]);
    expect(second).not.toBe(first);
    expect((await draw(8))[0]).not.toBe(first);
  });

  it('is shown by a control, with its solution', async ({ api }) => {
    const read = () => api.run('readCaptcha', { address: LASTING });
    expect(await read()).toEqual(refused('The wallet has no open captcha.', 'CAPTCHA_NOT_FOUND'));
    const { x } = await fetchCaptcha(api, LASTING);
    const challenge = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown;
    const result = { challenge, x, expiresAt: '2026-01-01T00:05:00.000Z', failures: 0 };
    expect(await read()).toEqual({ result, entries: [] });
  });

  it('belongs to the registered wallet that signs', async ({ api }) => {
    const message = 'This endpoint requires a signed fetch request. See ADR-44.';
    const unsigned = { status: 400, body: { error: 'Invalid Auth Chain', message } };
    expect(await ask(api, 'get', '/captcha', {})).toEqual(unsigned);
    expect(await ask(api, 'get', '/captcha', signedBy(NOBODY))).toEqual(noSuchUser);
  });
});
