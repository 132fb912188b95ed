import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { ROUTES } from '../../../src/providers/gamefuse/keys/routes.ts';
import { ADA, noToken, ok, refusal, startGameFuse, type Fields, type GameFuseApi } from './api.ts';

const ARENA = { 'service-key-name': 'arena', 'service-key-token': 'gamefuse-test-arena-key' };
const SYSTEM = { 'service-key-name': 'system', 'service-key-token': 'gamefuse-test-system-key' };
const refused = refusal(401, 'Unauthorized access');

async function start(): Promise<GameFuseApi> {
  return (await startGameFuse()).at('/api/v3');
}

describe('a service key', () => {
  it('acts for a player of its game and counts an event for the player', async () => {
    const api = (await start()).with({ ...ARENA, 'current-user-id': '2' });
    expect(await api.call('post', '/users/2/set_credits', { credits: 90 })).toMatchObject({
      status: 200,
      body: { id: 2, credits: 90, authentication_token: 'gamefuse-test-benoit', number_of_logins: 1, events_total: 3 },
    });
    expect(await api.call('get', '/friends')).toMatchObject({ body: { friends: [{ id: 1 }] } });
  });

  it.each<[string, Fields]>([
    ['of another name', { ...ARENA, 'service-key-name': 'other', 'current-user-id': '1' }],
    ['of another token', { ...ARENA, 'service-key-token': 'x', 'current-user-id': '1' }],
    ['without a name', { 'service-key-token': ARENA['service-key-token'], 'current-user-id': '1' }],
    ['without a token', { 'service-key-name': 'arena', 'current-user-id': '1' }],
    ['for nobody', ARENA],
    ['for a player of another game', { ...ARENA, 'current-user-id': '4' }],
    ['of the system', { ...SYSTEM, 'current-user-id': '1' }],
    ['that is wrong beside a token that is right', { ...ARENA, 'service-key-name': 'x', 'authentication-token': ADA }],
  ])('%s is refused', async (_, headers) => {
    const api = await start();
    expect(await api.with(headers).call('post', '/users/1/add_credits', { credits: 1 })).toEqual(refused);
  });

  it('is refused for other players, in v2, and after it is deleted', async () => {
    const api = (await start()).with({ ...ARENA, 'current-user-id': '1' });
    expect(await api.call('post', '/users/2/add_credits', { credits: 1 })).toEqual(noToken);
    expect(await api.at('/api/v2').call('post', '/users/1/add_credits', { credits: 1 })).toEqual(noToken);
    await api.control('post', '/controls/gamefuse/deleteServiceKey', { token: ARENA['service-key-token'] });
    expect(await api.call('get', '/friends')).toEqual(refused);
  });

  it('is created by a control, for a game or as a system key', async () => {
    const api = await start();
    const make = async (args: object): Promise<{ name: string; token: string }> => {
      const { result } = (await api.control('post', '/controls/gamefuse/createServiceKey', args)) as {
        result: { name: string; token: string };
      };
      return result;
    };
    const own = await make({ name: 'mine', game_id: 2 });
    const headers = { 'service-key-name': 'mine', 'service-key-token': own.token, 'current-user-id': '4' };
    expect(await api.with(headers).call('post', '/users/4/add_credits', { credits: 1 })).toMatchObject({ status: 200 });
    const system = await make({ name: 'tests' });
    const suite = { 'service-key-name': 'tests', 'service-key-token': system.token };
    expect(await api.with(suite).call('post', '/test_suite/create_game')).toMatchObject({ status: 201 });
  });
});

describe('a route', () => {
  it('is switched off for users, or for keys', async () => {
    const api = await start();
    const key = api.with({ ...ARENA, 'current-user-id': '1' });
    const add = (caller: GameFuseApi) => caller.call('post', '/users/1/add_credits', { credits: 1 });
    const turn = (args: object) =>
      api.control('post', '/controls/gamefuse/switchRoute', { game_id: 1, operation: 'addCredits', ...args });
    await turn({ users: false });
    expect(await add(api)).toEqual(refused);
    expect(await add(key)).toMatchObject({ status: 200 });
    await turn({ users: true, keys: false });
    expect(await add(api)).toMatchObject({ status: 200 });
    expect(await add(key)).toEqual(refused);
    expect(await key.call('post', '/users/1/add_score', { score: 1 })).toMatchObject({ status: 200 });
  });

  it('can be any operation that needs a player', () => {
    const { paths } = parse(readFileSync('specs/gamefuse.yaml', 'utf8')) as {
      paths: Record<string, Record<string, { operationId?: string; security?: object[]; 'x-emulator-alias'?: string }>>;
    };
    const asking = Object.values(paths)
      .flatMap((item) => Object.values(item))
      .filter((operation) => operation.security === undefined && operation['x-emulator-alias'] === undefined)
      .flatMap(({ operationId }) => operationId ?? []);
    expect([...ROUTES]).toEqual(asking.sort());
  });
});

describe('the test suite', () => {
  it('creates a game that works at once, and deletes it with everything in it', async () => {
    const api = (await start()).with(SYSTEM);
    const before = (await api.control('get', '/state')) as { gamefuse: object };
    const made = await api.call('post', '/test_suite/create_game');
    const token = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as unknown;
    expect(made).toEqual({ status: 201, body: { id: 4, name: 'Test Game', token } });
    const game = `game_id=4&game_token=${(made.body as { token: string }).token}`;
    expect(await api.call('get', `/games/verify?${game}`)).toMatchObject({ status: 200 });
    expect(await api.call('get', `/games/store_items?${game}`)).toEqual(ok({ store_items: [] }));
    const item = { name: 'Lamp', description: 'Glows', category: 'tools', cost: 30 };
    for (const path of ['create_store_item', 'create_store_items']) {
      expect(await api.call('post', `/test_suite/${path}`, { game_id: '4', ...item })).toEqual({
        status: 201,
        body: { id: expect.any(Number) as unknown, game_id: 4, ...item },
      });
    }
    const tokens: string[] = [];
    for (const username of ['mira', 'noor']) {
      const user = await api.call('post', '/test_suite/create_user?game_id=4', {
        username,
        email: `${username}@x.example`,
      });
      expect(user).toEqual({
        status: 201,
        body: {
          id: expect.any(Number) as unknown,
          username,
          credits: 0,
          score: 0,
          email: `${username}@x.example`,
          is_new_user: true,
          display_email: `${username}@x.example`,
          authentication_token: expect.any(String) as unknown,
        },
      });
      tokens.push((user.body as { authentication_token: string }).authentication_token);
    }
    const [mira, noor] = [api.as(tokens[0]), api.as(tokens[1])];
    await mira.call('post', '/friendships', { username: 'noor' });
    await mira.call('post', '/groups', { name: 'Two' });
    await mira.call('post', '/chats', { usernames: ['noor'], text: 'hi' });
    const { id } = (await mira.call('get', '/friendships')).body as { id: number };
    expect(id).toBeUndefined();
    expect(
      await noor.call('post', '/sessions', { game_id: 4, email: 'noor@x.example', password: 'password' }),
    ).toMatchObject({
      status: 200,
      body: { incoming_friend_requests: [{ username: 'mira' }], direct_chats: [{ creator_type: 'User' }] },
    });
    expect(await api.call('delete', '/test_suite/clean_up_test', { game_id: 4 })).toEqual(
      ok({ message: 'everything should have been destroyed!' }),
    );
    expect(((await api.control('get', '/state')) as { gamefuse: object }).gamefuse).toEqual(before.gamefuse);
  });

  it('refuses requests without a system key, and wrong ones with 422', async () => {
    const api = await start();
    const create = (caller: GameFuseApi, body: object) => caller.call('post', '/test_suite/create_user', body);
    for (const headers of [{}, { ...ARENA, 'current-user-id': '1' }, { ...SYSTEM, 'service-key-name': 'x' }]) {
      expect(await create(api.with(headers), {})).toEqual(refused);
    }
    expect(await create(api, { game_id: 1 })).toEqual(refused);
    const system = api.with(SYSTEM);
    const mira = { game_id: 1, username: 'mira', email: 'mira@x.example' };
    expect(await create(system, { ...mira, game_id: 99 })).toEqual(refusal(422, 'Game not found'));
    expect(await create(system, { ...mira, username: 'ada' })).toEqual(refusal(422, 'Username has already been taken'));
    expect(await create(system, { ...mira, email: '' })).toEqual(refusal(422, "Email can't be blank"));
    expect(await system.call('post', '/test_suite/create_store_item', { game_id: 1, name: 'x', cost: -1 })).toEqual(
      refusal(422, 'Cost must be a whole number, 0 or more'),
    );
  });
});

it('shows the metadata of entries under the name that the JavaScript client reads, if the option says so', async () => {
  const api = (await startGameFuse({ set: ['gamefuse.extraAttributes=also'] })).at('/api/v3');
  expect(await api.call('get', '/users/1/leaderboard_entries?limit=2')).toMatchObject({
    body: {
      leaderboard_entries: [
        { metadata: '{}', extra_attributes: '{}' },
        { metadata: '{"route":"north"}', extra_attributes: '{"route":"north"}' },
      ],
    },
  });
});
