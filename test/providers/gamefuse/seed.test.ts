import { describe, expect, it } from 'vitest';

import { createFiles } from '../../support/folder.ts';
import { ADA, BENOIT, CHIYO, fieldOf, noToken, ok, refusal, startGameFuse, store, type GameFuseApi } from './api.ts';

/** An emulator whose seed is the default one and this. */
async function startWith(section: object): Promise<GameFuseApi> {
  const { 'later.json': file } = createFiles({ 'later.json': JSON.stringify({ gamefuse: section }) });
  return startGameFuse({ fixtures: ['default', file] });
}

async function readUser(api: GameFuseApi, id: number): Promise<object | undefined> {
  const { gamefuse } = (await api.control('get', '/state')) as { gamefuse: { users: { id: number }[] } };
  return gamefuse.users.find((user) => user.id === id);
}

describe('a later fixture', () => {
  it('replaces a user with all its data', async () => {
    const user = { id: 1, game_id: 1, username: 'ada', email: 'new@lantern.example', password: 'new', credits: 5 };
    const api = await startWith({ users: [{ ...user, authentication_token: 'mine' }] });
    const mine = api.as('mine');
    expect(await api.as(ADA).call('get', '/users/1/game_user_store_items')).toEqual(noToken);
    expect(await mine.call('get', '/users/1/game_user_store_items')).toEqual(store(5));
    expect(await mine.call('get', '/users/1/game_user_attributes')).toEqual(ok({ game_user_attributes: [] }));
    expect(await mine.call('get', '/users/1/leaderboard_entries')).toEqual(ok({ leaderboard_entries: [] }));
    const session = { password: 'new', game_id: 1 };
    expect(await api.call('post', '/sessions', { ...session, email: 'ada@lantern.example' })).toEqual(
      refusal(404, 'User Not Found!'),
    );
    expect(await api.call('post', '/sessions', { ...session, email: 'new@lantern.example' })).toMatchObject({
      status: 200,
      body: { id: 1, score: 0, number_of_logins: 1, events_total: 4 },
    });
  });

  it('removes what a user owned and keeps the data of other users', async () => {
    const chiyo = { id: 3, game_id: 1, username: 'chiyo', email: 'chiyo@lantern.example', password: 'p' };
    const api = await startWith({ users: [{ ...chiyo, game_user_store_items: [102, 101] }] });
    expect(await readUser(api, 3)).toMatchObject({ game_user_store_items: [102, 101], credits: 0 });
    expect(await readUser(api, 1)).toMatchObject({ authentication_token: ADA, credits: 5200 });
  });

  it('replaces a game and its variables, and keeps its items and players', async () => {
    const game = { id: 1, name: 'Lantern II', token: 'new', game_variables: [{ key: 'season', value: 'winter' }] };
    const api = await startWith({ games: [game] });
    expect(await api.call('get', '/games/verify?game_id=1&game_token=new')).toEqual(
      ok({ ...game, description: '', game_variables: [{ id: 3, key: 'season', value: 'winter' }] }),
    );
    expect(await api.call('post', '/users/1/purchase_game_user_store_item?store_item_id=101')).toMatchObject({
      status: 200,
      body: { credits: 5150 },
    });
  });

  const ORDERS: readonly [string, (list: readonly object[]) => readonly object[]][] = [
    ['as it is', (list) => list],
    ['reversed', (list) => list.toReversed()],
  ];
  const ADA_ENTRY = { id: 1, game_id: 1, username: 'ada', email: 'ada@lantern.example', password: 'p' };
  const BENOIT_ENTRY = { id: 2, game_id: 1, username: 'benoit', email: 'benoit@lantern.example', password: 'p' };

  it.each(ORDERS)('lets two users exchange unique values, in an order %s', async (_, order) => {
    const ada = { ...ADA_ENTRY, username: 'benoit', email: 'benoit@lantern.example', authentication_token: BENOIT };
    const benoit = { ...BENOIT_ENTRY, username: 'ada', email: 'ada@lantern.example', authentication_token: ADA };
    const api = await startWith({ users: order([ada, benoit]) });
    expect(await readUser(api, 1)).toMatchObject({ username: 'benoit', authentication_token: BENOIT });
    expect(await readUser(api, 2)).toMatchObject({ username: 'ada', authentication_token: ADA });
  });

  it.each(ORDERS)('moves ids of parts from one user or game to another, in an order %s', async (_, order) => {
    const pair = { key: 'k', value: 'v' };
    const first = await startGameFuse();
    const { leaderboard_entries } = (await readUser(first, 2)) as { leaderboard_entries: { id: number }[] };
    const [entry] = leaderboard_entries;
    const api = await startWith({
      games: order([
        { id: 1, name: 'A', token: 'a', game_variables: [] },
        { id: 2, name: 'B', token: 'b', game_variables: [{ id: 1, ...pair }] },
      ]),
      users: order([
        { ...ADA_ENTRY, leaderboard_entries: [{ id: entry?.id, leaderboard_name: 'x', score: 1 }] },
        { ...BENOIT_ENTRY, game_user_attributes: [{ id: 1, ...pair }] },
      ]),
    });
    expect(await readUser(api, 1)).toMatchObject({ leaderboard_entries: [{ id: entry?.id, leaderboard_name: 'x' }] });
    expect(await readUser(api, 2)).toMatchObject({
      game_user_attributes: [{ id: 1, ...pair }],
      leaderboard_entries: [],
    });
    const { body } = await api.call('get', '/games/verify?game_id=2&game_token=b');
    expect(body).toMatchObject({ game_variables: [{ id: 1, ...pair }] });
  });

  it('replaces an item, which its owners keep', async () => {
    const api = await startWith({ store_items: [{ id: 101, game_id: 1, name: 'Lamp', cost: 60 }] });
    expect(await api.as(CHIYO).call('get', '/users/3/game_user_store_items')).toEqual(
      store(0, { id: 101, name: 'Lamp', cost: 60, description: '', category: '', icon_url: null }),
    );
  });

  it('cannot move an item to another game', async () => {
    await expect(startWith({ store_items: [{ id: 101, game_id: 2, name: 'Lamp', cost: 60 }] })).rejects.toThrow(
      'gamefuse.store_items[0].game_id: The store item 101 belongs to the game 1.',
    );
  });

  it('refuses a user whose name, e-mail or token another user has', async () => {
    const user = { id: 9, game_id: 1, username: 'x', email: 'x@x.example', password: 'p' };
    await expect(startWith({ users: [{ ...user, username: 'ada' }] })).rejects.toThrow(
      'The user 1 has the same username.',
    );
    await expect(startWith({ users: [{ ...user, email: 'ada@lantern.example' }] })).rejects.toThrow(
      'The user 1 has the same email.',
    );
    await expect(startWith({ users: [{ ...user, authentication_token: ADA }] })).rejects.toThrow(
      'The user 1 has the same authentication_token.',
    );
  });
});

describe('ids', () => {
  it('continue after the highest id of the seed', async () => {
    const api = await startWith({
      games: [{ id: 40, name: 'X', token: 'x', game_variables: [{ id: 50, key: 'a', value: 'b' }] }],
      store_items: [{ id: 600, game_id: 40, name: 'Rope', cost: 5 }],
      users: [
        {
          ...{ id: 70, game_id: 40, username: 'x', email: 'x@x.example', password: 'p', authentication_token: 'x' },
          game_user_attributes: [{ id: 80, key: 'a', value: 'b' }],
          leaderboard_entries: [{ id: 90, leaderboard_name: 'l', score: 1 }],
        },
      ],
    });
    const run = async (name: string, args: object): Promise<unknown> =>
      ((await api.control('post', `/controls/gamefuse/${name}`, args)) as { result: { id: number } }).result.id;
    expect(await run('createGame', { name: 'Y' })).toBe(41);
    expect(await run('createStoreItem', { game_id: 40, name: 'Y', cost: 1 })).toBe(601);
    expect(await run('setGameVariable', { game_id: 40, key: 'y', value: 'z' })).toBe(51);
    const grace = { email: 'g@x.example', password: 'p', username: 'g', game_id: 40, game_token: 'x' };
    expect(fieldOf(await api.call('post', '/users', grace), 'id')).toBe(71);
    expect(await api.as('x').call('post', '/users/70/add_game_user_attribute?key=c&value=d')).toMatchObject({
      body: { game_user_attributes: [{ id: 80 }, { id: 81 }] },
    });
    await api.as('x').call('post', '/users/70/add_leaderboard_entry?leaderboard_name=l&score=2');
    expect(await readUser(api, 70)).toMatchObject({ leaderboard_entries: [{ id: 91 }, { id: 90 }] });
  });

  it('that are generated differ from ids further down in the fixture', async () => {
    const pair = { key: 'a', value: 'b' };
    const api = await startGameFuse();
    const user = { id: 1, game_id: 1, username: 'u', email: 'u@x.example', password: 'p' };
    const attributes = [pair, { id: 1, key: 'c', value: 'd' }];
    await api.control('put', '/state', {
      gamefuse: { games: [{ id: 1, name: 'A', token: 'a' }], users: [{ ...user, game_user_attributes: attributes }] },
    });
    expect(await readUser(api, 1)).toMatchObject({
      game_user_attributes: [
        { id: 1, key: 'c' },
        { id: 2, key: 'a' },
      ],
    });
  });
});
