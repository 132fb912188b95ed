import { describe, expect } from 'vitest';

import { listMagic } from '../../support/magic.ts';
import {
  ADA,
  GAME,
  TORCH,
  fieldOf,
  it,
  noToken,
  ok,
  refusal,
  shown,
  shownInV3,
  startGameFuse,
  store,
  tokenOf,
  type Answer,
  type GameFuseApi,
} from './api.ts';
import { ADA_CARD, BENOIT_CARD, CHIYO_CARD, INNER_CIRCLE, WARDENS } from './company.ts';

const IN = { email: 'ada@lantern.example', password: 'password', game_id: 1 };
const anyToken = expect.stringMatching(/^\S{16,}$/) as string;
/** What a sign-in makes of ada beside the events. */
const signedIn = {
  last_login: '2025-12-31',
  number_of_logins: 4,
  authentication_token: anyToken,
  game_sessions_total: 4,
  game_sessions_current_month: 2,
};

/** The parts of a player that count. */
function countsOf(answer: Answer): unknown[] {
  return [
    'number_of_logins',
    'events_total',
    'events_current_month',
    'game_sessions_total',
    'game_sessions_current_month',
  ].map((name) => fieldOf(answer, name));
}

describe('signing in', () => {
  it('returns the thirteen keys of v2, with one more login, event and session', async () => {
    const api = (await startGameFuse()).as(undefined);
    const answer = await api.call('post', '/sessions', IN);
    expect(answer).toEqual(shown('ada', 1, signedIn));
    expect(Object.keys(answer.body as object)).toEqual(Object.keys(shown('ada', 0).body as object));
  });

  it("also returns the player's data in v3", async () => {
    const chiyo = (await startGameFuse()).as('gamefuse-test-chiyo');
    await chiyo.call('post', '/users/3/add_game_user_attribute', { key: 'class', value: 'bard' });
    const v3 = chiyo.as(undefined).at('/api/v3');
    const { body } = shownInV3('chiyo', 2, { ...signedIn, number_of_logins: 3, game_sessions_total: 3 });
    expect(await v3.call('post', '/sessions', { ...IN, email: 'chiyo@lantern.example' })).toEqual(
      ok({
        ...(body as object),
        game_sessions_current_month: 3,
        game_user_attributes: [{ id: 3, key: 'class', value: 'bard' }],
        game_user_store_items: [TORCH],
        friends: [],
        outgoing_friend_requests: [{ ...BENOIT_CARD, friendship_id: 2, requested_at: '2025-12-31T03:00:00.000Z' }],
        incoming_friend_requests: [],
        groups: [],
        group_join_requests: [{ id: 3, status: 'pending', inviter_id: null, user: CHIYO_CARD, group: WARDENS }],
        group_invites: [
          { id: 6, status: 'pending', inviter_id: 1, user: CHIYO_CARD, inviter: ADA_CARD, group: INNER_CIRCLE },
        ],
        direct_chats: [],
        group_chats: [],
        game_rounds: [],
      }),
    );
  });

  it('needs no game token, and ignores an empty one', async () => {
    const api = (await startGameFuse()).as(undefined);
    expect(await api.call('post', '/sessions', { ...IN, game_token: '' })).toMatchObject({ status: 200 });
    expect(await api.call('post', '/sessions', { ...IN, ...GAME })).toMatchObject({ status: 200 });
  });

  it('is by e-mail and never by username', async () => {
    const api = (await startGameFuse()).as(undefined);
    const unknown = refusal(404, 'User Not Found!');
    expect(await api.call('post', '/sessions', { ...IN, email: 'ada' })).toEqual(unknown);
    expect(await api.call('post', '/sessions', { ...IN, email: undefined, username: 'ada' })).toEqual(unknown);
    expect(await api.call('post', '/sessions', { ...IN, email: '_appid_1_ada@lantern.example' })).toEqual(unknown);
    expect(await api.at('/api/v3').call('post', '/sessions', { ...IN, email: 'nobody@x.example' })).toEqual(unknown);
  });

  it.each([
    ['v2', '/api/v2', 404],
    ['v3', '/api/v3', 401],
  ])('refuses a wrong password in %s and keeps the token', async (_, basePath, status) => {
    const api = (await startGameFuse()).at(basePath);
    for (const password of ['Password', 'password ', '', undefined]) {
      expect(await api.as(undefined).call('post', '/sessions', { ...IN, password })).toEqual(
        refusal(status, 'Incorrect Password'),
      );
    }
    expect(await api.call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  });

  it('returns a new token, which replaces the old one', async ({ api }) => {
    const first = tokenOf(await api.call('post', '/sessions', IN));
    const second = tokenOf(await api.call('post', '/sessions', IN));
    expect(new Set([ADA, first, second]).size).toBe(3);
    for (const stale of [ADA, first]) {
      expect(await api.as(stale).call('get', '/users/1/game_user_store_items')).toEqual(noToken);
    }
    expect(await api.as(second).call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  });

  it('keeps the tokens of other players', async ({ api }) => {
    await api.call('post', '/sessions', { ...IN, game_id: 2 });
    expect(await api.call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  });
});

describe('the counts of a player', () => {
  it('grow with each request that is not refused', async ({ api }) => {
    await api.call('get', '/users/1/game_user_attributes');
    await api.call('post', '/users/1/add_credits', {});
    await api.call('post', '/users/1/add_credits', { credits: true });
    await api.call('post', '/users/1/purchase_game_user_store_item', { store_item_id: 999 });
    await api.call('get', '/users/2/game_user_store_items');
    await api.call('get', '/games/1/leaderboard_entries?leaderboard_name=speedrun');
    await api.call('get', '/games/1/leaderboard_entries?leaderboard_name=none');
    expect(countsOf(await api.call('post', '/users/1/add_score', { score: 0 }))).toEqual([3, 43, 15, 3, 1]);
  });

  it('do not grow with a HEAD, which changes nothing', async ({ api }) => {
    const path = '/gamefuse/api/v2/users/1/remove_game_user_attribute?game_user_attribute_key=level';
    await api.app.head(path).set({ 'authentication-token': ADA }).expect(200);
    expect(countsOf(await api.call('post', '/users/1/add_score', { score: 0 }))).toEqual([3, 41, 13, 3, 1]);
    expect(await api.call('get', '/users/1/game_user_attributes')).toMatchObject({
      body: { game_user_attributes: [{ key: 'class' }, { key: 'level' }] },
    });
  });

  it('do not grow with requests that need no token, even if one is sent', async ({ api }) => {
    const query = new URLSearchParams({ game_id: '1', game_token: GAME.game_token }).toString();
    await api.call('get', `/games/verify?${query}`);
    await api.call('get', `/games/store_items?${query}`);
    await api.call('post', '/sessions', { ...IN, email: 'benoit@lantern.example' });
    expect(countsOf(await api.call('post', '/users/1/add_score', { score: 0 }))).toEqual([3, 41, 13, 3, 1]);
  });
});

describe('the counts of a month', () => {
  async function addNothing(api: GameFuseApi): Promise<unknown> {
    return countsOf(await api.call('post', '/users/1/add_credits', { credits: 0 }));
  }

  it('restart when the month changes in US Eastern time', async ({ api }) => {
    await api.control('put', '/clock', { now: '2026-01-01T04:59:59.999Z' });
    expect(await addNothing(api)).toEqual([3, 41, 13, 3, 1]);
    await api.control('post', '/clock/advance', { by: 1 });
    expect(await addNothing(api)).toEqual([3, 42, 1, 3, 0]);
    expect(await addNothing(api)).toEqual([3, 43, 2, 3, 0]);
  });

  it('restart an hour earlier in summer', async ({ api }) => {
    await api.control('put', '/clock', { now: '2026-07-01T03:59:59.999Z' });
    expect(await addNothing(api)).toEqual([3, 41, 1, 3, 0]);
    expect(await addNothing(api)).toEqual([3, 42, 2, 3, 0]);
    await api.control('post', '/clock/advance', { by: 'PT0.001S' });
    expect(await addNothing(api)).toEqual([3, 43, 1, 3, 0]);
  });

  it('restart at a sign-in, which counts', async ({ api }) => {
    await api.control('put', '/clock', { now: '2026-02-10T12:00:00Z' });
    const session = await api.call('post', '/sessions', IN);
    expect(countsOf(session)).toEqual([4, 41, 1, 4, 1]);
    expect(fieldOf(session, 'last_login')).toBe('2026-02-10');
    expect(await addNothing(api.as(tokenOf(session)))).toEqual([4, 42, 2, 4, 1]);
  });

  it('restart in the same month of another year', async ({ api }) => {
    await api.control('put', '/clock', { now: '2026-12-20T12:00:00Z' });
    expect(await addNothing(api)).toEqual([3, 41, 1, 3, 0]);
  });

  it('belong to the month of the last login unless a fixture names another', async () => {
    const finn = (await startGameFuse()).as('gamefuse-test-finn');
    const answer = await finn.call('post', '/users/5/add_credits', { credits: 0 });
    expect(countsOf(answer)).toEqual([0, 1, 1, 0, 0]);
  });
});

describe('a password', () => {
  const GRACE = { email: 'grace@lantern.example', password: 'lamp-oil-7', username: 'grace', ...GAME };

  it('is dumped only as a hash, with which the player can still sign in', async () => {
    const api = (await startGameFuse()).as(undefined);
    await api.call('post', '/users', GRACE);
    const passwords = await readPasswords(api);
    expect(passwords).toHaveLength(6 + listMagic('gamefuse').length);
    for (const password of passwords) expect(password).toMatch(/^\$scrypt\$ln=8,r=8,p=1\$[0-9a-f]+\$[0-9a-f]{64}$/);
    expect(new Set(passwords).size).toBe(passwords.length);

    const state = (await api.control('get', '/state')) as object;
    const other = (await startGameFuse()).as(undefined);
    await other.control('put', '/state', state);
    expect(await other.control('get', '/state')).toEqual(state);
    const { email, password } = GRACE;
    expect(await other.call('post', '/sessions', { email, password, game_id: 1 })).toMatchObject({ status: 200 });
    expect(await other.call('post', '/sessions', IN)).toMatchObject({ status: 200 });
    const wrong = { ...IN, password: passwords[0] };
    expect(await other.call('post', '/sessions', wrong)).toEqual(refusal(404, 'Incorrect Password'));
  });

  it('and a token never appear in the journal, however they were sent', async () => {
    const api = (await startGameFuse()).as(undefined);
    const { email, password, game_token, username } = GRACE;
    const query = new URLSearchParams({ email, password, password_confirmation: password, game_id: '1', game_token });
    const tokens = [
      await api.multipart('/users', { email, password, game_token, username, game_id: '1' }),
      await api.form('/sessions', { email, password, game_token, game_id: '1' }),
      await api.call('post', '/sessions', { email, password, game_id: 1 }),
      await api.at('/api/v3').call('post', `/sessions?${query.toString()}`),
    ].map(tokenOf);
    const token = String(tokens.at(-1));
    const path = '/users/6/add_credits';
    const field = { authentication_token: token };
    await api.with({ authentication_token: token }).call('post', path, { ...field, credits: 1 });
    await api.as(token).form(path, { ...field, credits: '1' });
    await api.multipart(path, { ...field, credits: '1' });
    await api.call('post', `${path}?authentication_token=${token}&credits=1`);
    await api.call('get', `/games/verify?game_id=1&game_token=${game_token}`);

    const { requests } = (await api.control('get', '/requests?limit=1000')) as { requests: Exchange[] };
    expect(requests.map(({ answer }) => answer.status)).toEqual(Array.from({ length: 9 }, () => 200));
    expect(requests.filter(({ changes }) => changes.length > 0)).toHaveLength(8);
    const text = JSON.stringify(requests);
    const hash = (await readPasswords(api)).at(-1)?.split('$').at(-1);
    expect(hash).toHaveLength(64);
    for (const secret of [password, game_token, ...tokens, hash]) expect(text).not.toContain(secret);
  });
});

interface Exchange {
  readonly answer: { readonly status: number };
  readonly changes: readonly object[];
}

/** Of all players, as a saved state has them. */
async function readPasswords(api: GameFuseApi): Promise<readonly string[]> {
  const state = (await api.control('get', '/state')) as { gamefuse: { users: { password: string }[] } };
  return state.gamefuse.users.map(({ password }) => password);
}
