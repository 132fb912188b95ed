import { describe, expect } from 'vitest';

import {
  ADA,
  BENOIT,
  FINN,
  GAME,
  HARBOR_ADA,
  fieldOf,
  it,
  noToken,
  refusal,
  shown,
  shownInV3,
  startGameFuse,
  store,
  tokenOf,
  type Answer,
  type GameFuseApi,
  type Method,
} from './api.ts';

const ADD = '/users/1/add_credits';
const FIELD = 'authentication_token';
const added = shown('ada', 1, { credits: 5201 });
const addedInV3 = shownInV3('ada', 1, { credits: 5201 });

/** Every place of a token, and how ada adds one credit with a token there. */
const PLACES: Readonly<Record<string, (api: GameFuseApi, token: string) => Promise<Answer>>> = {
  'the header with a hyphen': (api, token) =>
    api.with({ 'authentication-token': token }).call('post', ADD, { credits: 1 }),
  'the header in capitals': (api, token) =>
    api.with({ 'Authentication-Token': token }).call('post', ADD, { credits: 1 }),
  'the query': (api, token) => api.with({}).call('post', `${ADD}?${FIELD}=${token}`, { credits: 1 }),
  'the query without a body': (api, token) => api.with({}).call('post', `${ADD}?${FIELD}=${token}&credits=1`),
  JSON: (api, token) => api.with({}).call('post', ADD, { [FIELD]: token, credits: 1 }),
  'a form': (api, token) => api.with({}).form(ADD, { [FIELD]: token, credits: '1' }),
  'a multipart form': (api, token) => api.with({}).multipart(ADD, { [FIELD]: token, credits: '1' }),
};
const UNDERSCORE = (api: GameFuseApi, token: string): Promise<Answer> =>
  api.with({ authentication_token: token }).call('post', ADD, { credits: 1 });

describe.each(Object.entries({ ...PLACES, 'the header with an underscore': UNDERSCORE }))('v2 in %s', (_, send) => {
  it('accepts the token', async () => {
    expect(await send(await startGameFuse(), ADA)).toEqual(added);
  });

  it.each([
    ['a wrong one', 'nobody'],
    ['an empty one', ''],
    ['the token of a game', GAME.game_token],
    ['that of another player', BENOIT],
    ["that of the other game's player of the same name", HARBOR_ADA],
  ])('refuses %s like a missing token', async (_name, token) => {
    const api = await startGameFuse();
    expect(await send(api, token)).toEqual(noToken);
    expect(await api.call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  });

  it('refuses a stale token', async ({ api }) => {
    const session = await api.call('post', '/sessions', {
      ...GAME,
      email: 'ada@lantern.example',
      password: 'password',
    });
    expect(await send(api, ADA)).toEqual(noToken);
    expect(fieldOf(await send(api, tokenOf(session)), 'credits')).toBe(5201);
  });
});

describe('v3', () => {
  it.each(Object.entries(PLACES))('takes the token in %s', async (_, send) => {
    expect(await send((await startGameFuse()).at('/api/v3'), ADA)).toEqual(addedInV3);
  });

  it('ignores the header with an underscore', async () => {
    const v3 = (await startGameFuse()).at('/api/v3');
    expect(await UNDERSCORE(v3, ADA)).toEqual(noToken);
    expect(await UNDERSCORE(v3.at('//api/v3'), ADA)).toEqual(noToken);
    const both = v3.with({ authentication_token: BENOIT, 'authentication-token': ADA });
    expect(await both.call('post', ADD, { credits: 1 })).toEqual(addedInV3);
  });
});

describe('with several tokens', () => {
  it.each(['authentication-token', 'authentication_token'])('the header %s overrides parameters', async (header) => {
    const api = await startGameFuse();
    const right = api.with({ [header]: ADA });
    expect(await right.call('post', `${ADD}?${FIELD}=wrong`, { [FIELD]: BENOIT, credits: 1 })).toEqual(added);
    const wrong = api.with({ [header]: 'wrong' });
    expect(await wrong.call('post', `${ADD}?${FIELD}=${ADA}`, { [FIELD]: ADA, credits: 1 })).toEqual(noToken);
  });

  it('the header with a hyphen overrides the one with an underscore', async () => {
    const api = (await startGameFuse()).with({ 'authentication-token': ADA, authentication_token: 'wrong' });
    expect(await api.call('post', ADD, { credits: 1 })).toEqual(added);
  });

  it('an empty header is ignored', async () => {
    const api = (await startGameFuse()).with({ 'authentication-token': '' });
    expect(await api.call('post', ADD, { [FIELD]: ADA, credits: 1 })).toEqual(added);
  });

  it('the body overrides the query', async () => {
    const api = (await startGameFuse()).with({});
    expect(await api.call('post', `${ADD}?${FIELD}=wrong`, { [FIELD]: ADA, credits: 1 })).toEqual(added);
  });

  it('the last token of the query counts, and a list is ignored', async () => {
    const api = (await startGameFuse()).with({});
    const call = (query: string): Promise<Answer> => api.call('post', `${ADD}?${query}`, { credits: 1 });
    expect(await call(`${FIELD}=${ADA}&${FIELD}=wrong`)).toEqual(noToken);
    expect(await call(`${FIELD}[]=${ADA}`)).toEqual(noToken);
    expect(await call(`${FIELD}=wrong&${FIELD}=${ADA}`)).toEqual(added);
  });

  it('the last token of a form counts', async () => {
    const api = (await startGameFuse()).with({});
    const send = (body: string): Promise<Answer> => api.send('post', ADD, body, 'application/x-www-form-urlencoded');
    expect(await send(`${FIELD}=${ADA}&${FIELD}=wrong&credits=1`)).toEqual(noToken);
    expect(await send(`${FIELD}=wrong&${FIELD}=${ADA}&credits=1`)).toEqual(added);
  });

  it('a wrong token in the body overrides a right one in the query', async () => {
    const api = (await startGameFuse()).with({});
    expect(await api.call('post', `${ADD}?${FIELD}=${ADA}`, { [FIELD]: 'wrong', credits: 1 })).toEqual(noToken);
  });
});

describe('a player', () => {
  it.for(['/users/2', '/users/4', '/users/999', '/users/0', '/users/-1', '/users/ada', '/users/me'])(
    'cannot change the credits of %s',
    async (path, { api }) => {
      expect(await api.call('post', `${path}/add_credits`, { credits: 1 })).toEqual(noToken);
      expect(await api.call('post', `${path}/set_credits`, { credits: 1 })).toEqual(noToken);
      expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
    },
  );

  it('is refused for the token before a missing parameter', async ({ api }) => {
    expect(await api.as(undefined).call('post', ADD)).toEqual(noToken);
    expect(await api.as(undefined).call('post', ADD, { credits: true })).toEqual(noToken);
    expect(await api.call('post', '/users/2/add_credits')).toEqual(noToken);
  });

  it('of a disabled game stays signed in', async () => {
    const finn = (await startGameFuse()).as(FINN);
    expect(await finn.call('post', '/users/5/add_credits', { credits: 1 })).toEqual(shown('finn', 1, { credits: 81 }));
  });

  it('is the subject under the id of the ledger, however the path writes the id', async ({ api }) => {
    for (const id of ['1', '001', '1ada']) await api.call('post', `/users/${id}/add_credits`, { credits: 1 });
    await api.call('post', '/users/002/add_credits', { credits: 1 });
    await api.call('get', '/games/1/leaderboard_entries?leaderboard_name=speedrun');
    const { requests } = (await api.control('get', '/requests')) as { requests: { subject?: string }[] };
    const { entries } = (await api.control('get', '/ledger')) as { entries: { account: string }[] };
    expect(requests.map(({ subject }) => subject ?? null)).toEqual([null, '2', '1', '1', '1']);
    expect(entries.map(({ account }) => account)).toEqual(['1', '1', '1']);
  });

  it('is unknown after a state without its game is loaded', async ({ api }) => {
    await api.control('put', '/state', {});
    expect(await api.call('post', ADD, { credits: 1 })).toEqual(noToken);
  });
});

const OWN: readonly [Method, string][] = [
  ['post', 'add_credits?credits=1'],
  ['post', 'set_credits?credits=1'],
  ['post', 'add_score?score=1'],
  ['post', 'set_score?score=1'],
  ['get', 'game_user_store_items'],
  ['post', 'purchase_game_user_store_item?store_item_id=101'],
  ['get', 'remove_game_user_store_item?store_item_id=101'],
  ['get', 'game_user_attributes'],
  ['post', 'add_game_user_attribute?key=a&value=b'],
  ['get', 'remove_game_user_attributes?game_user_attribute_key=level'],
  ['get', 'remove_game_user_attribute?game_user_attribute_key=level'],
  ['delete', 'remove_game_user_attributes?game_user_attribute_key=level'],
  ['delete', 'remove_game_user_attribute?game_user_attribute_key=level'],
  ['post', 'add_leaderboard_entry?leaderboard_name=speedrun&score=1'],
  ['post', 'clear_my_leaderboard_entries?leaderboard_name=speedrun'],
  ['get', 'leaderboard_entries'],
];

const OF_LEADERBOARDS: Readonly<Record<string, string>> = {
  add_leaderboard_entry: 'can only add entries for current user',
  clear_my_leaderboard_entries: 'can only clear entries for current user',
  leaderboard_entries: 'can only get entries for current user',
};

describe.each(OWN)('%s /users/{id}/%s', (method, call) => {
  it("needs a token and its user's id, and changes nothing without them", async ({ api }) => {
    const before = await api.control('get', '/state');
    expect(await api.as(undefined).call(method, `/users/1/${call}`)).toEqual(noToken);
    expect(await api.as('wrong').call(method, `/users/1/${call}`)).toEqual(noToken);
    const text = OF_LEADERBOARDS[call.replace(/\?.*/, '')];
    const foreign = text === undefined ? noToken : refusal(401, text);
    expect(await api.call(method, `/users/2/${call}`)).toEqual(foreign);
    expect(await api.call(method, `/users/999/${call}`)).toEqual(foreign);
    expect(await api.control('get', '/state')).toEqual(before);
  });
});
