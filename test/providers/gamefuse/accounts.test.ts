import { describe, expect, test } from 'vitest';

import {
  GAME,
  HARBOR,
  TAVERN,
  badRequest,
  fieldOf,
  noGame,
  notFound,
  ok,
  refusal,
  startGameFuse,
  store,
  tokenOf,
  unknownError,
  type Answer,
  type Fields,
  type GameFuseApi,
} from './api.ts';

const GRACE = {
  email: 'grace@lantern.example',
  password: 'lamp',
  password_confirmation: 'lamp',
  username: 'grace',
  ...GAME,
};
const GRACE_IN = { email: GRACE.email, password: 'lamp', ...GAME };
const anyToken = expect.stringMatching(/^\S{16,}$/) as unknown;

/** What the next sign-up makes, as v2 shows it at once. */
const newcomer = {
  id: 6,
  username: 'grace',
  email: '_appid_1_grace@lantern.example',
  display_email: 'grace@lantern.example',
  credits: 0,
  score: 0,
  last_login: '2025-12-31T19:00:00.000-05:00',
  number_of_logins: 0,
  authentication_token: anyToken,
  events_total: 0,
  events_current_month: 0,
  game_sessions_total: 0,
  game_sessions_current_month: 0,
};
/** The same player after signing in for the first time. */
const returner = {
  ...newcomer,
  last_login: '2025-12-31',
  number_of_logins: 1,
  events_total: 1,
  events_current_month: 1,
  game_sessions_total: 1,
  game_sessions_current_month: 1,
};

function asStrings(parameters: object): Fields {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}

/** Every way in which a client sends parameters to a POST. */
const WAYS: Readonly<Record<string, (api: GameFuseApi, path: string, parameters: object) => Promise<Answer>>> = {
  JSON: (api, path, parameters) => api.call('post', path, parameters),
  'JSON of strings': (api, path, parameters) => api.call('post', path, asStrings(parameters)),
  'a form': (api, path, parameters) => api.form(path, asStrings(parameters)),
  'a multipart form': (api, path, parameters) => api.multipart(path, asStrings(parameters)),
  'the query': (api, path, parameters) =>
    api.call('post', `${path}?${new URLSearchParams(asStrings(parameters)).toString()}`),
};

async function startSignedOut(): Promise<GameFuseApi> {
  return (await startGameFuse()).as(undefined);
}

const it = test.extend('api', () => startSignedOut());

describe.each(Object.entries(WAYS))('with %s', (_, send) => {
  it('a player signs up', async () => {
    expect(await send(await startSignedOut(), '/users', GRACE)).toEqual(ok(newcomer));
  });

  it('a player signs in', async ({ api }) => {
    await api.call('post', '/users', GRACE);
    expect(await send(api, '/sessions', GRACE_IN)).toEqual(ok(returner));
  });
});

it('accepts the game in the query and the rest in JSON, as the C++ client sends it', async ({ api }) => {
  const { game_id, game_token, ...rest } = GRACE;
  const query = `?game_id=${game_id}&game_token=${game_token}`;
  expect(await api.call('post', `/users${query}`, rest)).toEqual(ok(newcomer));
  const credentials = { email: GRACE.email, password: 'lamp' };
  expect(await api.call('post', `/sessions${query}`, credentials)).toEqual(ok(returner));
});

describe('signing up', () => {
  it('returns the thirteen keys in order', async ({ api }) => {
    const { body } = await api.call('post', '/users', GRACE);
    expect(JSON.stringify({ ...(body as object), authentication_token: 'T' })).toBe(
      '{"id":6,"username":"grace","email":"_appid_1_grace@lantern.example",' +
        '"display_email":"grace@lantern.example","credits":0,"score":0,' +
        '"last_login":"2025-12-31T19:00:00.000-05:00","number_of_logins":0,"authentication_token":"T",' +
        '"events_total":0,"events_current_month":0,"game_sessions_total":0,"game_sessions_current_month":0}',
    );
  });

  it('writes the time of the last login with the offset of summer in summer', async ({ api }) => {
    await api.control('put', '/clock', { now: '2024-07-21T18:23:37.457Z' });
    expect(fieldOf(await api.call('post', '/users', GRACE), 'last_login')).toBe('2024-07-21T14:23:37.457-04:00');
    expect(fieldOf(await api.call('post', '/sessions', GRACE_IN), 'last_login')).toBe('2024-07-21');
  });

  it('returns a token that is valid at once', async ({ api }) => {
    const token = tokenOf(await api.call('post', '/users', GRACE));
    expect(await api.as(token).call('post', '/users/6/add_credits', { credits: 5 })).toEqual(
      ok({
        ...newcomer,
        credits: 5,
        last_login: '2025-12-31',
        authentication_token: token,
        events_total: 1,
        events_current_month: 1,
      }),
    );
  });

  it('adds no ledger entry, and an account at zero', async ({ api }) => {
    await api.call('post', '/users', GRACE);
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
    expect(await api.control('get', '/accounts?account=6')).toEqual({
      accounts: [{ provider: 'gamefuse', tenant: '1', account: '6', name: 'grace', unit: 'credits', balance: '0' }],
    });
  });

  it('gives every player a different id and token', async ({ api }) => {
    const answers: Answer[] = [];
    for (let index = 0; index < 20; index += 1) {
      answers.push(await api.call('post', '/users', { ...GRACE, username: `g${index}`, email: `${index}@x.example` }));
    }
    expect(answers.map((answer) => fieldOf(answer, 'id'))).toEqual(Array.from({ length: 20 }, (_, index) => index + 6));
    expect(new Set(answers.map(tokenOf)).size).toBe(20);
  });

  it('returns the real e-mail in v3, and that the player is new', async () => {
    const v3 = (await startSignedOut()).at('/api/v3');
    expect(await v3.call('post', '/users', GRACE)).toEqual(
      ok({ ...newcomer, email: 'grace@lantern.example', is_new_user: true }),
    );
  });

  it('ignores a missing confirmation', async ({ api }) => {
    const unconfirmed = { ...GRACE, password_confirmation: undefined };
    expect(await api.call('post', '/users', unconfirmed)).toEqual(ok(newcomer));
  });

  it('allows the same e-mail and username in another game', async ({ api }) => {
    await api.call('post', '/users', GRACE);
    const answer = await api.call('post', '/users', { ...GRACE, ...HARBOR });
    expect(answer).toEqual(ok({ ...newcomer, id: 7, email: '_appid_2_grace@lantern.example' }));
  });
});

describe.each([
  ['v2', '/api/v2', 299],
  ['v3', '/api/v3', 422],
])('signing up in %s', (_, basePath, status) => {
  it.each<[string, object, string]>([
    ['a username of the game', { username: 'ada' }, 'Username has already been taken'],
    ['an e-mail of the game', { email: 'ada@lantern.example' }, 'Email has already been taken'],
    ['another confirmation', { password_confirmation: 'Lamp' }, "Password confirmation doesn't match Password"],
    ['no e-mail', { email: undefined }, "Email can't be blank"],
    ['an empty e-mail', { email: '' }, "Email can't be blank"],
    ['no username', { username: undefined }, "Username can't be blank"],
    ['null for a username', { username: null }, "Username can't be blank"],
    ['no password', { password: undefined, password_confirmation: undefined }, "Password can't be blank"],
    ['an empty password', { password: '', password_confirmation: '' }, "Password can't be blank"],
    ['names in camel case', { password: undefined, passwordConfirmation: 'lamp' }, "Password can't be blank"],
  ])('refuses %s', async (_name, changes, text) => {
    const api = (await startSignedOut()).at(basePath);
    const before = await api.control('get', '/state');
    expect(await api.call('post', '/users', { ...GRACE, ...changes })).toEqual(refusal(status, text));
    expect(await api.control('get', '/state')).toEqual(before);
  });
});

describe('a game', () => {
  it.for<[string, object]>([
    ['is not named', { game_id: undefined }],
    ['is empty', { game_id: '' }],
    ['is not there', { game_id: 9 }],
    ['is no number', { game_id: 'one' }],
    ['comes without its token', { game_token: undefined }],
    ['comes with an empty token', { game_token: '' }],
    ['comes with a wrong token', { game_token: 'wrong' }],
    ["comes with another one's token", { game_token: HARBOR.game_token }],
  ])('that %s refuses sign-ups', async ([_name, changes], { api }) => {
    expect(await api.call('post', '/users', { ...GRACE, ...changes })).toEqual(noGame);
    expect(await api.at('/api/v3').call('post', '/users', { ...GRACE, ...changes })).toEqual(noGame);
  });

  it.for<[string, object]>([
    ['is not named', { game_id: undefined }],
    ['is not there', { game_id: 9 }],
    ['comes with a wrong token', { game_token: 'wrong' }],
    ["comes with another one's token", { game_token: HARBOR.game_token }],
  ])('that %s refuses sign-ins', async ([_name, changes], { api }) => {
    const ada = { email: 'ada@lantern.example', password: 'password', ...GAME };
    expect(await api.call('post', '/sessions', { ...ada, ...changes })).toEqual(noGame);
  });

  it('that is disabled refuses sign-ups and sign-ins', async ({ api }) => {
    const disabled = refusal(402, 'Game is disabled, check your dashboard');
    const finn = { email: 'finn@tavern.example', password: 'password', game_id: 3 };
    for (const basePath of ['/api/v2', '/api/v3']) {
      expect(await api.at(basePath).call('post', '/users', { ...GRACE, ...TAVERN })).toEqual(disabled);
      expect(await api.at(basePath).call('post', '/sessions', finn)).toEqual(disabled);
      expect(await api.at(basePath).call('post', '/sessions', { ...finn, password: 'wrong' })).toEqual(disabled);
    }
  });

  it('separates its players from those of other games', async ({ api }) => {
    const harbor = await api.call('post', '/sessions', {
      email: 'ada@lantern.example',
      password: 'password',
      ...HARBOR,
    });
    expect(fieldOf(harbor, 'id')).toBe(4);
    const benoit = { email: 'benoit@lantern.example', password: 'password', ...HARBOR };
    expect(await api.call('post', '/sessions', benoit)).toEqual(refusal(404, 'User Not Found!'));
    const ada = api.as('gamefuse-test-ada');
    expect(await ada.call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  });
});

describe('unusual sign-ups', () => {
  it('accept a JSON number as password and username', async ({ api }) => {
    const numbers = { ...GRACE, username: 7, password: 123, password_confirmation: '123' };
    expect(await api.call('post', '/users', numbers)).toEqual(ok({ ...newcomer, username: '7' }));
    expect(await api.call('post', '/sessions', { ...GRACE_IN, password: '123' })).toEqual(
      ok({ ...returner, username: '7' }),
    );
  });

  it.each(['username', 'email', 'password', 'game_token'])('fail with 500 if the %s is an object', async (name) => {
    const api = await startSignedOut();
    expect(await api.call('post', '/users', { ...GRACE, [name]: { a: 1 } })).toEqual(unknownError);
  });

  it('refuses a truncated body', async ({ api }) => {
    expect(await api.send('post', '/users', '{"email":')).toEqual(badRequest);
    expect(await api.send('post', '/sessions', '{"email":')).toEqual(badRequest);
  });

  it('are unknown with GET', async ({ api }) => {
    expect(await api.call('get', '/users')).toEqual(notFound);
    expect(await api.call('get', '/sessions')).toEqual(notFound);
  });
});
