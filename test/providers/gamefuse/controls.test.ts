import { describe, expect } from 'vitest';

import {
  ADA,
  CHIYO,
  FINN,
  GAME,
  TAVERN,
  TORCH,
  fieldOf,
  it,
  refusal,
  shown,
  startGameFuse,
  store,
  tokenOf,
  type GameFuseApi,
} from './api.ts';

function run(api: GameFuseApi, name: string, args: object): Promise<unknown> {
  return api.control('post', `/controls/gamefuse/${name}`, args);
}

/** What a control says that changed no balance. */
function done(result: object): object {
  return { result, entries: [] };
}

function refused(text: string): object {
  return {
    type: 'about:blank',
    title: 'Refused by the provider',
    status: 409,
    detail: text,
    hint: 'Nothing was changed.',
  };
}

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/) as unknown;

async function verify(api: GameFuseApi, { game_id, game_token }: typeof GAME): Promise<unknown> {
  return (await api.call('get', `/games/verify?game_id=${game_id}&game_token=${game_token}`)).body;
}

describe('the control createGame', () => {
  it('creates a game with a token, and players can sign up in it', async () => {
    const api = (await startGameFuse()).as(undefined);
    const made = await run(api, 'createGame', { name: 'Sky Dive', description: 'Down.' });
    const game = { id: 4, name: 'Sky Dive', token: uuid, description: 'Down.', game_variables: [] };
    expect(made).toEqual(done(game));
    const { token } = (made as { result: { token: string } }).result;
    expect(await verify(api, { game_id: 4, game_token: token })).toEqual({ ...game, token });
    const grace = { email: 'g@x.example', password: 'lamp', username: 'ada', game_id: 4, game_token: token };
    expect(await api.call('post', '/users', grace)).toMatchObject({ body: { id: 6, email: '_appid_4_g@x.example' } });
  });

  it('gives every game a different id and token', async ({ api }) => {
    const made = [await run(api, 'createGame', { name: 'A' }), await run(api, 'createGame', { name: 'A' })];
    expect(made).toEqual([4, 5].map((id) => done({ id, name: 'A', token: uuid, description: '', game_variables: [] })));
    expect(new Set(made.map((answer) => (answer as { result: { token: string } }).result.token)).size).toBe(2);
  });
});

describe('the control createStoreItem', () => {
  it('adds an item to the store, and players can buy it', async ({ api }) => {
    const rope = {
      name: 'Rope',
      cost: 5,
      description: 'Long.',
      category: 'tools',
      icon_url: 'https://x.example/r.png',
    };
    expect(await run(api, 'createStoreItem', { game_id: 1, ...rope })).toEqual(done({ id: 202, ...rope }));
    expect(await api.call('post', '/users/1/purchase_game_user_store_item', { store_item_id: 202 })).toEqual(
      store(5195, { id: 202, ...rope }),
    );
  });

  it('needs only a game, a name and a cost', async ({ api }) => {
    const item = { id: 202, name: 'Air', cost: 0, description: '', category: '', icon_url: null };
    expect(await run(api, 'createStoreItem', { game_id: 2, name: 'Air', cost: 0 })).toEqual(done(item));
    expect(await api.call('post', '/users/1/purchase_game_user_store_item', { store_item_id: 202 })).toEqual(
      refusal(404, 'Item not found'),
    );
  });
});

describe('the control priceStoreItem', () => {
  it('changes the price of an item and takes no credits', async () => {
    const api = (await startGameFuse()).as(CHIYO);
    const item = { ...TORCH, cost: 70 };
    expect(await run(api, 'priceStoreItem', { store_item_id: 101, cost: 70 })).toEqual(done(item));
    expect(await api.call('get', '/users/3/game_user_store_items')).toEqual(store(0, item));
  });
});

describe('the control setGameVariable', () => {
  it('adds a variable or changes an existing one', async ({ api }) => {
    expect(await run(api, 'setGameVariable', { game_id: 1, key: 'boss', value: 'bear' })).toEqual(
      done({ id: 3, key: 'boss', value: 'bear' }),
    );
    expect(await run(api, 'setGameVariable', { game_id: 1, key: 'season', value: '' })).toEqual(
      done({ id: 1, key: 'season', value: '' }),
    );
    expect(await run(api, 'setGameVariable', { game_id: 2, key: 'season', value: 'autumn' })).toEqual(
      done({ id: 4, key: 'season', value: 'autumn' }),
    );
    expect(await verify(api, GAME)).toMatchObject({
      game_variables: [
        { id: 1, key: 'season', value: '' },
        { id: 2, key: 'max_level', value: '20' },
        { id: 3, key: 'boss', value: 'bear' },
      ],
    });
  });
});

describe('the control disableGame', () => {
  const ada = { email: 'ada@lantern.example', password: 'password', game_id: 1 };

  it('refuses sign-ins, but not players who are signed in', async ({ api }) => {
    const answer = await run(api, 'disableGame', { game_id: 1 });
    expect(answer).toEqual(done({ ...((await verify(api, GAME)) as object), disabled: true }));
    expect(await api.call('post', '/sessions', ada)).toEqual(refusal(402, 'Game is disabled, check your dashboard'));
    expect(await api.as(ADA).call('post', '/users/1/add_credits', { credits: 1 })).toEqual(
      shown('ada', 1, { credits: 5201 }),
    );
  });

  it('enables a game again', async () => {
    const api = (await startGameFuse()).as(FINN);
    expect(await run(api, 'disableGame', { game_id: 3, disabled: false })).toEqual(
      done({ ...((await verify(api, TAVERN)) as object), disabled: false }),
    );
    const finn = await api.call('post', '/sessions', { ...TAVERN, email: 'finn@tavern.example', password: 'password' });
    expect(fieldOf(finn, 'number_of_logins')).toBe(1);
    expect(await api.as(tokenOf(finn)).call('get', '/users/5/game_user_store_items')).toEqual(store(80));
  });
});

describe('a control', () => {
  it.for<[string, object]>([
    ['createStoreItem', { game_id: 9, name: 'Rope', cost: 5 }],
    ['setGameVariable', { game_id: 9, key: 'a', value: 'b' }],
    ['disableGame', { game_id: 9 }],
  ])('%s refuses an unknown game', async ([name, args], { api }) => {
    expect(await run(api, name, args)).toEqual(refused('This game does not exist.'));
  });

  it('refuses an unknown item', async ({ api }) => {
    expect(await run(api, 'priceStoreItem', { store_item_id: 9, cost: 1 })).toEqual(
      refused('This store item does not exist.'),
    );
  });

  it.for<[string, object, string]>([
    ['createGame', {}, "body must have required property 'name'"],
    ['createGame', { name: '' }, 'body/name must NOT have fewer than 1 characters'],
    [
      'createGame',
      { name: 'A', disabled: true },
      'body must NOT have additional properties (disabled; known: name, description)',
    ],
    ['createStoreItem', { game_id: 1, name: 'Rope' }, "body must have required property 'cost'"],
    ['createStoreItem', { game_id: 1, name: 'Rope', cost: -1 }, 'body/cost must be >= 0'],
    ['createStoreItem', { game_id: 1, name: 'Rope', cost: 1.5 }, 'body/cost must be integer'],
    ['priceStoreItem', { store_item_id: 101, cost: 2_147_483_648 }, 'body/cost must be <= 2147483647'],
    ['priceStoreItem', { store_item_id: '101', cost: 1 }, 'body/store_item_id must be integer'],
    ['setGameVariable', { game_id: 1, key: 'a', value: 5 }, 'body/value must be string'],
    ['disableGame', { game_id: 1, disabled: 'no' }, 'body/disabled must be boolean'],
  ])('%s refuses %o', async ([name, args, detail], { api }) => {
    const before = await api.control('get', '/state');
    expect(await run(api, name, args)).toMatchObject({ status: 400, detail });
    expect(await api.control('get', '/state')).toEqual(before);
  });

  it('is listed with the schema of its arguments', async ({ api }) => {
    const { controls } = (await api.control('get', '/controls')) as {
      controls: { name: string; schema: { required: string[] } }[];
    };
    expect(controls.map(({ name, schema }) => [name, schema.required])).toEqual([
      ['createGame', ['name']],
      ['createStoreItem', ['game_id', 'name', 'cost']],
      ['priceStoreItem', ['store_item_id', 'cost']],
      ['setGameVariable', ['game_id', 'key', 'value']],
      ['disableGame', ['game_id']],
      ['createServiceKey', ['name']],
      ['deleteServiceKey', ['token']],
      ['switchRoute', ['game_id', 'operation']],
    ]);
  });
});

it('is undone by a reset, including the ids', async ({ api }) => {
  const before = await api.control('get', '/state');
  await run(api, 'createGame', { name: 'A' });
  await run(api, 'setGameVariable', { game_id: 1, key: 'boss', value: 'bear' });
  await run(api, 'disableGame', { game_id: 1 });
  await api.app.post('/_emulator/reset').expect(204);
  expect(await api.control('get', '/state')).toEqual(before);
  expect(await run(api, 'createGame', { name: 'A' })).toMatchObject({ result: { id: 4 } });
});
