import { describe, expect } from 'vitest';

import {
  BENOIT,
  CHIYO,
  HARBOR_ADA,
  badRequest,
  it,
  noSuchPlayer,
  noToken,
  ofAnotherGame,
  ok,
  refusal,
  startGameFuse,
  type Answer,
  type GameFuseApi,
} from './api.ts';

const LIST = '/users/1/game_user_attributes';
const ADD = '/users/1/add_game_user_attribute';
const PLURAL = '/users/1/remove_game_user_attributes';
const SINGULAR = '/users/1/remove_game_user_attribute';

const CLASS = { id: 1, key: 'class', value: 'wizard' };
const LEVEL = { id: 2, key: 'level', value: '7' };
const invalid = refusal(400, 'missing or invalid parameters');
const incomplete = refusal(400, 'each attribute must have a key and a value');
const noSuch = refusal(400, 'User does not have item with specified key');

function attributes(...list: readonly object[]): Answer {
  return ok({ game_user_attributes: list });
}

describe.each(['/api/v2', '/api/v3'])('under %s', (basePath) => {
  it('a player reads the attributes in the order of adding', async () => {
    const api = (await startGameFuse()).at(basePath);
    expect(await api.call('get', LIST)).toEqual(attributes(CLASS, LEVEL));
    expect(await api.as(BENOIT).call('get', '/users/2/game_user_attributes')).toEqual(attributes());
  });

  it('a new key is added and an existing key gets the new value', async () => {
    const api = (await startGameFuse()).at(basePath);
    const pet = { id: 3, key: 'pet', value: 'owl' };
    expect(await api.call('post', ADD, { key: 'pet', value: 'owl' })).toEqual(attributes(CLASS, LEVEL, pet));
    expect(await api.call('post', ADD, { key: 'level', value: '8' })).toEqual(
      attributes(CLASS, { ...LEVEL, value: '8' }, pet),
    );
    expect(await api.call('get', LIST)).toEqual(attributes(CLASS, { ...LEVEL, value: '8' }, pet));
  });
});

it('of another player of the game are readable in v3 only', async () => {
  const benoit = (await startGameFuse()).as(BENOIT);
  const v3 = benoit.at('/api/v3');
  expect(await v3.call('get', LIST)).toEqual(attributes(CLASS, LEVEL));
  expect(await benoit.call('get', LIST)).toEqual(noToken);
  expect(await v3.as(HARBOR_ADA).call('get', LIST)).toEqual(ofAnotherGame);
  expect(await v3.call('get', '/users/999/game_user_attributes')).toEqual(noSuchPlayer);
  expect(await v3.call('post', ADD, { key: 'level', value: '99' })).toEqual(noToken);
});

describe('adding attributes', () => {
  it.each<[string, (api: GameFuseApi) => Promise<Answer>]>([
    ['the query', (api) => api.call('post', `${ADD}?key=pet&value=owl`)],
    ['a list of one', (api) => api.call('post', ADD, { attributes: [{ key: 'pet', value: 'owl' }] })],
    ['a list in a text', (api) => api.form(ADD, { attributes: '[{"key":"pet","value":"owl"}]' })],
  ])('accepts them in %s', async (_, send) => {
    expect(await send(await startGameFuse())).toEqual(attributes(CLASS, LEVEL, { id: 3, key: 'pet', value: 'owl' }));
  });

  it('accepts a pair and a list at once', async ({ api }) => {
    const list = [
      { key: 'level', value: '8' },
      { key: 'pet', value: 'owl' },
    ];
    expect(await api.call('post', ADD, { key: 'class', value: 'knight', attributes: list })).toEqual(
      attributes({ ...CLASS, value: 'knight' }, { ...LEVEL, value: '8' }, { id: 3, key: 'pet', value: 'owl' }),
    );
  });

  it.each([
    ['null', '"key":null,"value":null'],
    ['empty texts', '"key":"","value":""'],
    ['an empty value', '"value":""'],
  ])('ignores %s as a pair if a list is sent', async (_, pair) => {
    const api = await startGameFuse();
    const body = `{${pair},"attributes":[{"key":"pet","value":"owl"}]}`;
    expect(await api.send('post', ADD, body)).toEqual(attributes(CLASS, LEVEL, { id: 3, key: 'pet', value: 'owl' }));
  });

  it('keeps the last of several values for a key', async ({ api }) => {
    const list = ['owl', 'cat', 'rat'].map((value) => ({ key: 'pet', value }));
    expect(await api.call('post', ADD, { attributes: list })).toEqual(
      attributes(CLASS, LEVEL, { id: 3, key: 'pet', value: 'rat' }),
    );
  });

  it.each([
    ['8', '8'],
    ['1.5', '1.5'],
    ['0', '0'],
    ['true', 'true'],
    ['false', 'false'],
    ['""', ''],
  ])('stores the value %s as a string', async (json, value) => {
    const api = await startGameFuse();
    const expected = attributes(CLASS, { ...LEVEL, value });
    expect(await api.send('post', ADD, `{"key":"level","value":${json}}`)).toEqual(expected);
    expect(await api.send('post', ADD, `{"attributes":[{"key":"level","value":${json}}]}`)).toEqual(expected);
  });

  it.each([
    ['nothing', '{}', invalid],
    ['a key without a value', '{"key":"pet"}', invalid],
    ['a value without a key', '{"value":"owl"}', invalid],
    ['an empty key', '{"key":"","value":"owl"}', invalid],
    ['null for a value', '{"key":"pet","value":null}', invalid],
    ['an object for a key', '{"key":{},"value":"owl"}', invalid],
    ['a list for a value', '{"key":"pet","value":["owl"]}', invalid],
    ['empty texts', '{"key":"","value":""}', invalid],
    ['an empty value', '{"value":""}', invalid],
    ['a list beside half a pair', '{"key":"x","value":null,"attributes":[{"key":"pet","value":"owl"}]}', invalid],
    ['an empty list', '{"attributes":[]}', invalid],
    ['an empty list beside empty texts', '{"key":"","value":"","attributes":[]}', invalid],
    ['a list of texts', '{"attributes":["pet"]}', invalid],
    ['a text that is no list', '{"attributes":"pet"}', invalid],
    ['an object for the list', '{"attributes":{"key":"pet","value":"owl"}}', invalid],
    ['a number for the list', '{"attributes":5}', invalid],
    ['an object for a value of the list', '{"attributes":[{"key":"pet","value":{}}]}', invalid],
    ['a pair of the list without a value', '{"attributes":[{"key":"pet","value":"owl"},{"key":"x"}]}', incomplete],
    ['a pair of the list without a key', '{"attributes":[{"value":"owl"}]}', incomplete],
    ['a pair beside a list that is incomplete', '{"key":"pet","value":"owl","attributes":[{}]}', incomplete],
  ])('refuses %s and adds nothing', async (_, json, expected) => {
    const api = await startGameFuse();
    expect(await api.send('post', ADD, json)).toEqual(expected);
    expect(await api.call('get', LIST)).toEqual(attributes(CLASS, LEVEL));
  });

  it('refuses a truncated body', async ({ api }) => {
    expect(await api.send('post', ADD, '{"key":')).toEqual(badRequest);
  });

  it('stores keys that are property names of objects', async () => {
    const api = (await startGameFuse()).as(CHIYO);
    await api.call('post', '/users/3/add_game_user_attribute', { key: 'constructor', value: 'a' });
    expect(await api.call('post', '/users/3/add_game_user_attribute', { key: '__proto__', value: 'b' })).toEqual(
      attributes({ id: 3, key: 'constructor', value: 'a' }, { id: 4, key: '__proto__', value: 'b' }),
    );
  });

  it('separates the attributes of players', async ({ api }) => {
    const benoit = api.as(BENOIT);
    expect(await benoit.call('post', '/users/2/add_game_user_attribute', { key: 'class', value: 'bard' })).toEqual(
      attributes({ id: 3, key: 'class', value: 'bard' }),
    );
    expect(await api.call('get', LIST)).toEqual(attributes(CLASS, LEVEL));
  });
});

describe.each([
  ['get', PLURAL],
  ['get', SINGULAR],
  ['delete', PLURAL],
  ['delete', SINGULAR],
] as const)('%s %s', (method, path) => {
  it.for(['game_user_attribute_key=level', 'key=level', 'game_user_attribute_keys[]=level'])(
    'removes by %s and answers with what is left',
    async (query, { api }) => {
      expect(await api.call(method, `${path}?${query}`)).toEqual(attributes(CLASS));
      expect(await api.call('get', LIST)).toEqual(attributes(CLASS));
    },
  );

  it('removes several keys', async () => {
    const v3 = (await startGameFuse()).at('/api/v3');
    const query = 'game_user_attribute_keys[]=level&game_user_attribute_keys%5B%5D=class';
    expect(await v3.call(method, `${path}?${query}`)).toEqual(attributes());
  });

  it.each([
    ['an unknown key', 'game_user_attribute_key=pet'],
    ['no key', ''],
    ['an empty key', 'game_user_attribute_key='],
    ['one unknown key among known ones', 'game_user_attribute_keys[]=level&game_user_attribute_keys[]=pet'],
  ])('refuses %s and removes nothing', async (_, query) => {
    const api = await startGameFuse();
    expect(await api.call(method, `${path}?${query}`)).toEqual(noSuch);
    expect(await api.call('get', LIST)).toEqual(attributes(CLASS, LEVEL));
  });

  it('removes nothing from another player', async ({ api }) => {
    const foreign = path.replace('/1/', '/2/');
    expect(await api.as(BENOIT).call(method, `${foreign}?game_user_attribute_key=level`)).toEqual(noSuch);
    expect(await api.call('get', LIST)).toEqual(attributes(CLASS, LEVEL));
  });
});

it('never gives two attributes the same id', async ({ api }) => {
  await api.call('post', ADD, { key: 'pet', value: 'owl' });
  await api.call('get', `${PLURAL}?game_user_attribute_key=pet`);
  expect(await api.call('post', ADD, { key: 'pet', value: 'owl' })).toEqual(
    attributes(CLASS, LEVEL, { id: 4, key: 'pet', value: 'owl' }),
  );
});
