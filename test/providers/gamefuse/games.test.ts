import { describe, expect } from 'vitest';

import { createFiles } from '../../support/folder.ts';
import {
  DRAGON,
  GAME,
  HARBOR,
  SAIL,
  SHIELD,
  TAVERN,
  TORCH,
  it,
  noGame,
  ok,
  refusal,
  startGameFuse,
  unknownError,
  type GameFuseApi,
} from './api.ts';

const LANTERN_QUEST = {
  id: 1,
  name: 'Lantern Quest',
  token: GAME.game_token,
  description: 'A dungeon, and a lamp that burns credits.',
  game_variables: [
    { id: 1, key: 'season', value: 'spring' },
    { id: 2, key: 'max_level', value: '20' },
  ],
};
const HARBOR_RACE = {
  id: 2,
  name: 'Harbor Race',
  token: HARBOR.game_token,
  description: 'Boats. Its players know nothing of the other game.',
  game_variables: [],
};
const CLOSED_TAVERN = {
  id: 3,
  name: 'Closed Tavern',
  token: TAVERN.game_token,
  description: 'Disabled, as a game is whose bill was not paid.',
  game_variables: [],
};

/** A game's id and token, and whatever else is asked. */
function query(parameters: Readonly<Record<string, string | number>>): string {
  const texts = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]);
  return `?${new URLSearchParams(texts).toString()}`;
}

async function startSignedOut(): Promise<GameFuseApi> {
  return (await startGameFuse()).as(undefined);
}

/** Ways in which a game's id and token are not both right. */
const WRONG: readonly [string, Readonly<Record<string, string | number>>][] = [
  ['nothing', {}],
  ['no token', { game_id: 1 }],
  ['an empty token', { game_id: 1, game_token: '' }],
  ['a wrong token', { game_id: 1, game_token: 'wrong' }],
  ["another game's token", { game_id: 1, game_token: HARBOR.game_token }],
  ['a token with a space behind it', { game_id: 3, game_token: `${TAVERN.game_token} ` }],
  ['no id', { game_token: GAME.game_token }],
  ['an unknown id', { game_id: 9, game_token: GAME.game_token }],
  ['an id that is no number', { game_id: 'x', game_token: GAME.game_token }],
];

describe.each([
  ['/api/v2', '/games/verify'],
  ['/api/v2', '/games/verify.json'],
  ['/api/v2', '/games/fetch_game_variables'],
  ['/api/v2', '/games/fetch_game_variables.json'],
  ['/api/v3', '/games/verify'],
  ['/api/v3', '/games/fetch_game_variables.json'],
])('GET %s%s', (basePath, path) => {
  it('returns the game and its variables in this order', async () => {
    const api = (await startSignedOut()).at(basePath);
    const answer = await api.call('get', path + query(GAME));
    expect(answer).toEqual(ok(LANTERN_QUEST));
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify(LANTERN_QUEST));
  });

  it('returns an empty list for a game without variables', async () => {
    const api = (await startSignedOut()).at(basePath);
    expect(await api.call('get', path + query(HARBOR))).toEqual(ok(HARBOR_RACE));
  });

  it.each(['js', 'cs', 'cpp'])(
    'accepts client_from_library=%s and seed_store, which have no effect',
    async (library) => {
      const api = (await startSignedOut()).at(basePath);
      const before = await api.control('get', '/state');
      const parameters = query({ ...GAME, client_from_library: library, seed_store: 'true' });
      expect(await api.call('get', path + parameters)).toEqual(ok(LANTERN_QUEST));
      expect(await api.control('get', '/state')).toEqual(before);
    },
  );

  it('verifies a disabled game', async () => {
    const api = (await startSignedOut()).at(basePath);
    expect(await api.call('get', path + query(TAVERN))).toEqual(ok(CLOSED_TAVERN));
  });

  it.each(WRONG)('refuses %s', async (_, parameters) => {
    const api = (await startSignedOut()).at(basePath);
    expect(await api.call('get', path + query(parameters))).toEqual(refusal(401, 'failed to verify game'));
  });

  it('fails with 500 if the id is a list', async () => {
    const api = (await startSignedOut()).at(basePath);
    const list = `?game_id[]=1&game_token=${GAME.game_token}`;
    expect(await api.call('get', path + list)).toEqual(unknownError);
  });
});

describe.each(['/api/v2', '/api/v3'])("a game's store under %s", (basePath) => {
  it('lists its own items only', async () => {
    const api = (await startSignedOut()).at(basePath);
    const answer = await api.call('get', `/games/store_items${query(GAME)}`);
    expect(answer).toEqual(ok({ store_items: [TORCH, SHIELD, DRAGON] }));
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify({ store_items: [TORCH, SHIELD, DRAGON] }));
    expect(await api.call('get', `/games/store_items${query(HARBOR)}`)).toEqual(ok({ store_items: [SAIL] }));
    expect(await api.call('get', `/games/store_items${query(TAVERN)}`)).toEqual(ok({ store_items: [] }));
  });

  it.each(WRONG)('refuses %s', async (_, parameters) => {
    const api = (await startSignedOut()).at(basePath);
    expect(await api.call('get', `/games/store_items${query(parameters)}`)).toEqual(
      refusal(404, 'Failed to verify game'),
    );
  });
});

describe('a forgotten password', () => {
  const PATH = '/games/1/forget_password';
  const badEmail = refusal(403, 'Invalid Email Address');
  const sent = ok({ mailer_response: null, message: 'Email sent to ada@lantern.example' });

  it('gets a response as if a mail were sent', async () => {
    const api = await startSignedOut();
    const email = 'ada@lantern.example';
    expect(await api.call('get', PATH + query({ ...GAME, email }))).toEqual(sent);
    const answer = await api.at('/api/v3').call('get', PATH + query({ game_token: GAME.game_token, email }));
    expect(JSON.stringify(answer.body)).toBe('{"mailer_response":null,"message":"Email sent to ada@lantern.example"}');
  });

  it('can have its e-mail in a JSON body', async () => {
    const api = await startSignedOut();
    expect(await api.call('get', PATH + query(GAME), { email: 'ada@lantern.example' })).toEqual(sent);
    expect(await api.call('get', PATH, { ...GAME, email: 'ada@lantern.example' })).toEqual(sent);
  });

  it('uses the game in the path', async () => {
    const api = await startSignedOut();
    const email = 'ada@lantern.example';
    expect(await api.call('get', PATH + query({ ...GAME, game_id: 2, email }))).toEqual(sent);
    expect(await api.call('get', PATH + query({ ...HARBOR, email }))).toEqual(
      refusal(404, 'Game ID or Token incorrect'),
    );
  });

  it.each<[string, string, Readonly<Record<string, string | number>>]>([
    ['without a token', PATH, { game_id: 1 }],
    ['with a wrong token', PATH, { game_id: 1, game_token: 'wrong' }],
    ['of an unknown game', '/games/9/forget_password', GAME],
  ])('is refused %s, before the e-mail is checked', async (_, path, parameters) => {
    const api = await startSignedOut();
    expect(await api.call('get', path + query({ ...parameters, email: 'no e-mail' }))).toEqual(
      refusal(404, 'Game ID or Token incorrect'),
    );
  });

  it.each(['', 'ada', 'ada@', '@lantern.example', 'a da@lantern.example', 'ada@lantern@example'])(
    'is refused with "%s" for an e-mail',
    async (email) => {
      const api = await startSignedOut();
      expect(await api.call('get', PATH + query({ ...GAME, email }))).toEqual(badEmail);
    },
  );

  it('is refused without an e-mail', async () => {
    const api = await startSignedOut();
    expect(await api.call('get', PATH + query(GAME))).toEqual(badEmail);
  });

  it('is not found for a player of another game', async () => {
    const api = await startSignedOut();
    const noUser = refusal(404, 'No user found with email');
    expect(await api.call('get', PATH + query({ ...GAME, email: 'nobody@lantern.example' }))).toEqual(noUser);
    expect(await api.call('get', PATH + query({ ...GAME, email: 'finn@tavern.example' }))).toEqual(noUser);
  });
});

describe('the environment of a client', () => {
  it('names no game if none exists', async () => {
    const { 'none.yaml': file } = createFiles({ 'none.yaml': 'gamefuse: {}\n' });
    const api = await startGameFuse({ fixtures: [file] });
    const { env } = (await api.control('get', '/providers/gamefuse')) as { env: Record<string, string> };
    expect(Object.keys(env)).toEqual(['GAMEFUSE_BASE_URL']);
  });

  it('names the base URL and the game with the lowest id', async ({ api }) => {
    const { env } = (await api.control('get', '/providers/gamefuse')) as { env: Record<string, string> };
    expect(env).toEqual({
      GAMEFUSE_BASE_URL: expect.stringMatching(/\/api\/v2$/) as unknown,
      GAMEFUSE_GAME_ID: '1',
      GAMEFUSE_GAME_TOKEN: GAME.game_token,
    });
  });
});

it('serves no game after an empty state is loaded', async () => {
  const api = await startSignedOut();
  await api.control('put', '/state', {});
  expect(await api.call('get', `/games/verify${query(GAME)}`)).toEqual(refusal(401, 'failed to verify game'));
  const ada = { email: 'ada@lantern.example', password: 'password', ...GAME };
  expect(await api.call('post', '/sessions', ada)).toEqual(noGame);
});
