import { describe, expect } from 'vitest';

import { fieldOf, it, refusal, startGameFuse } from './api.ts';

const GAME = { id: 1, name: 'A', token: 'a' };
const OTHER = { id: 2, name: 'B', token: 'b' };
const ITEM = { id: 7, game_id: 1, name: 'Rope', cost: 5 };
const USER = { id: 1, game_id: 1, username: 'u', email: 'u@x.example', password: 'p' };
const SECOND = { ...USER, id: 2, username: 'v', email: 'v@x.example' };

/** What putting a state with these records says: nothing, or what is wrong where. */
async function put(section: object): Promise<string | undefined> {
  const { app } = await startGameFuse();
  const response = await app.put('/_emulator/state').send({ gamefuse: section });
  return response.status === 204 ? undefined : (response.body as { detail: string }).detail;
}

describe('a state', () => {
  it('can be empty or minimal', async () => {
    expect(await put({})).toBeUndefined();
    expect(await put({ games: [GAME], store_items: [ITEM], users: [USER] })).toBeUndefined();
  });

  it('gets defaults for missing fields', async ({ api }) => {
    const section = { games: [GAME], store_items: [ITEM], users: [{ ...USER, game_user_store_items: [7] }] };
    await api.app.put('/_emulator/state').send({ gamefuse: section }).expect(204);
    expect(await api.control('get', '/state')).toEqual({
      clock: '2026-01-01T00:00:00.000Z',
      gamefuse: {
        games: [{ ...GAME, description: '', disabled: false, game_variables: [] }],
        store_items: [{ ...ITEM, description: '', category: '', icon_url: null }],
        users: [
          {
            ...USER,
            password: expect.stringMatching(/^\$scrypt\$/) as unknown,
            credits: 0,
            score: 0,
            authentication_token: expect.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{24}$/) as unknown,
            last_login: '2026-01-01T00:00:00.000Z',
            number_of_logins: 0,
            events_total: 0,
            events_current_month: 0,
            game_sessions_total: 0,
            game_sessions_current_month: 0,
            active_month: '2025-12',
            game_user_store_items: [7],
            game_user_attributes: [],
            leaderboard_entries: [],
          },
        ],
        service_keys: [],
        route_switches: [],
        friendships: [],
        game_rounds: [],
        groups: [],
        chats: [],
      },
      emulator: {
        randomSeed: 1,
        counters: {
          'ids gamefuse/game': 1,
          'ids gamefuse/store item': 7,
          'ids gamefuse/user': 1,
          'ids gamefuse/purchase': 1,
        },
        due: [],
        rules: [],
        fired: {},
        windows: [],
      },
    });
  });

  it('can have instants relative to its clock', async ({ api }) => {
    const entry = { leaderboard_name: 'x', score: 1, created_at: 'now-PT1H' };
    const user = { ...USER, last_login: 'now-P31D', leaderboard_entries: [entry] };
    const state = { clock: '2026-03-15T12:00:00Z', gamefuse: { games: [GAME], users: [user] } };
    await api.app.put('/_emulator/state').send(state).expect(204);
    expect(await api.control('get', '/state')).toMatchObject({
      gamefuse: {
        users: [
          {
            last_login: '2026-02-12T12:00:00.000Z',
            active_month: '2026-02',
            leaderboard_entries: [{ created_at: '2026-03-15T11:00:00.000Z' }],
          },
        ],
      },
    });
  });

  it('can be at the first possible instant', async ({ api }) => {
    const state = { clock: '0000-01-01T00:00:00Z', gamefuse: { games: [GAME], users: [USER] } };
    await api.app.put('/_emulator/state').send(state).expect(204);
    const session = { email: USER.email, password: 'p', game_id: 1 };
    expect(fieldOf(await api.call('post', '/sessions', session), 'last_login')).toBe('0000-01-01');
    const after = (await api.control('get', '/state')) as object;
    expect(after).toMatchObject({ gamefuse: { users: [{ active_month: '0000-01' }] } });
    await api.app.put('/_emulator/state').send(after).expect(204);
  });

  it('can have the month of the counts and a token', async ({ api }) => {
    const user = {
      ...USER,
      authentication_token: 'mine',
      events_total: 9,
      events_current_month: 5,
      active_month: '2025-12',
    };
    const before = {
      ...user,
      id: 2,
      username: 'v',
      email: 'v',
      authentication_token: 'other',
      active_month: '2025-11',
    };
    await api.control('put', '/state', { gamefuse: { games: [GAME], users: [user, before] } });
    const mine = await api.as('mine').call('post', '/users/1/add_credits', { credits: 1 });
    const other = await api.as('other').call('post', '/users/2/add_credits', { credits: 1 });
    expect([mine, other].map((answer) => fieldOf(answer, 'events_current_month'))).toEqual([6, 1]);
  });

  it('can be loaded again after counts exceed the maximum of a fixture', async ({ api }) => {
    const user = { ...USER, authentication_token: 'mine', events_total: 2_147_483_647 };
    await api.control('put', '/state', { gamefuse: { games: [GAME], users: [user] } });
    await api.as('mine').call('get', '/users/1/game_user_store_items');
    const state = (await api.control('get', '/state')) as object;
    const response = await api.app.put('/_emulator/state').send(state);
    expect([response.status, response.body]).toEqual([204, {}]);
  });

  it('can be loaded again with ids beyond 32 bits', async ({ api }) => {
    const id = 2_147_483_647;
    const user = {
      ...USER,
      id,
      game_id: id,
      authentication_token: 'mine',
      game_user_attributes: [{ id, key: 'a', value: 'b' }],
      leaderboard_entries: [{ id, leaderboard_name: 'x', score: 1 }],
    };
    const game = { ...GAME, id, game_variables: [{ id, key: 'a', value: 'b' }] };
    const item = { ...ITEM, id, game_id: id };
    await api.control('put', '/state', { gamefuse: { games: [game], store_items: [item], users: [user] } });

    const made = { result: { id: id + 1 } };
    const run = (name: string, args: object): Promise<unknown> =>
      api.control('post', `/controls/gamefuse/${name}`, args);
    expect(await run('createGame', { name: 'B' })).toMatchObject(made);
    expect(await run('setGameVariable', { game_id: id + 1, key: 'c', value: 'd' })).toMatchObject(made);
    expect(await run('createStoreItem', { game_id: id, name: 'Oar', cost: 0 })).toMatchObject(made);
    const grace = { email: 'g', password: 'p', username: 'g', game_id: id, game_token: 'a' };
    expect(fieldOf(await api.call('post', '/users', grace), 'id')).toBe(id + 1);
    const mine = api.as('mine');
    await mine.call('post', `/users/${id}/add_game_user_attribute`, { key: 'c', value: 'd' });
    await mine.call('post', `/users/${id}/add_leaderboard_entry`, { leaderboard_name: 'x', score: 2 });
    await mine.call('post', `/users/${id}/purchase_game_user_store_item`, { store_item_id: id + 1 });

    const state = (await api.control('get', '/state')) as object;
    const response = await api.app.put('/_emulator/state').send(state);
    expect([response.status, response.body]).toEqual([204, {}]);
    expect(await api.control('get', '/state')).toEqual(state);
  });

  it('accepts a hashed password, whose hash is not the password', async ({ api }) => {
    const hashed = `$scrypt$ln=8,r=8,p=1$ab$${'0'.repeat(64)}`;
    await api.control('put', '/state', { gamefuse: { games: [GAME], users: [{ ...USER, password: hashed }] } });
    const session = { email: USER.email, game_id: 1 };
    for (const password of [hashed, 'p', '']) {
      expect(await api.call('post', '/sessions', { ...session, password })).toEqual(refusal(404, 'Incorrect Password'));
    }
  });
});

describe('the section of a fixture', () => {
  const games = [GAME, OTHER];
  const users = (...list: readonly object[]): object => ({ games, store_items: [ITEM], users: list });
  const pair = { key: 'k', value: 'v' };
  const entry = { leaderboard_name: 'x', score: 1 };

  it.each<[string, object, string]>([
    [
      'two variables with one key',
      { games: [{ ...GAME, game_variables: [pair, pair] }] },
      'games[0].game_variables[1].key: The variable "k" of the game 1 appears twice.',
    ],
    [
      'two variables with one id',
      {
        games: [
          { ...GAME, game_variables: [{ id: 5, ...pair }] },
          { ...OTHER, game_variables: [{ id: 5, ...pair }] },
        ],
      },
      'games[1].game_variables[0].id: The id 5 is taken.',
    ],
    ['an item of no game', { store_items: [ITEM] }, 'store_items[0].game_id: There is no game 1.'],
    ['a user of an unknown game', { users: [USER] }, 'users[0].game_id: There is no game 1.'],
    [
      'two users of a game with the same username',
      users(USER, { ...SECOND, username: 'u' }),
      'users[1].username: The user 1 has the same username.',
    ],
    [
      'two users of a game with the same e-mail',
      users(USER, { ...SECOND, email: 'u@x.example' }),
      'users[1].email: The user 1 has the same email.',
    ],
    [
      'two users with one token',
      users({ ...USER, authentication_token: 't' }, { ...SECOND, game_id: 2, authentication_token: 't' }),
      'users[1].authentication_token: The user 1 has the same authentication_token.',
    ],
    [
      'an unknown item',
      users({ ...USER, game_user_store_items: [7, 8] }),
      'users[0].game_user_store_items[1]: The game 1 has no store item 8.',
    ],
    [
      'an item of another game',
      users({ ...USER, game_id: 2, game_user_store_items: [7] }),
      'users[0].game_user_store_items[0]: The game 2 has no store item 7.',
    ],
    [
      'an item that is owned twice',
      users({ ...USER, game_user_store_items: [7, 7] }),
      'users[0].game_user_store_items[1]: The store item 7 of the user 1 appears twice.',
    ],
    [
      'two attributes with one key',
      users({ ...USER, game_user_attributes: [pair, pair] }),
      'users[0].game_user_attributes[1].key: The attribute "k" of the user 1 appears twice.',
    ],
    [
      'two attributes with one id',
      users(
        { ...USER, game_user_attributes: [{ id: 3, ...pair }] },
        { ...SECOND, game_user_attributes: [{ id: 3, ...pair }] },
      ),
      'users[1].game_user_attributes[0].id: The id 3 is taken.',
    ],
    [
      'two entries with one id',
      users({
        ...USER,
        leaderboard_entries: [
          { id: 3, ...entry },
          { id: 3, ...entry },
        ],
      }),
      'users[0].leaderboard_entries[1].id: The id 3 is taken.',
    ],
    ...['{', '[1]', '5', 'null', ''].map((text): [string, object, string] => [
      `"${text}" for extra attributes`,
      users({ ...USER, leaderboard_entries: [{ ...entry, extra_attributes: text }] }),
      'users[0].leaderboard_entries[0].extra_attributes: It must be the JSON text of an object.',
    ]),
  ])('refuses %s', async (_, section, message) => {
    expect(await put(section)).toBe(`body: gamefuse.${message}`);
  });

  it('can have the same username and e-mail in two games', async () => {
    expect(await put(users(USER, { ...USER, id: 2, game_id: 2 }))).toBeUndefined();
  });
});
