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
  shown,
  shownInV3,
  startGameFuse,
  unknownError,
  type Answer,
  type GameFuseApi,
} from './api.ts';

const ADD = '/users/1/add_leaderboard_entry';
const CLEAR = '/users/1/clear_my_leaderboard_entries';
const OWN = '/users/1/leaderboard_entries';
const BOARD = '/games/1/leaderboard_entries';
const NOW = '2026-01-01T00:00:00.000Z';
const badExtras = refusal(400, 'invalid extra attributes');

interface Entry {
  readonly username: string;
  readonly score: number;
  readonly leaderboard_name: string;
  readonly game_user_id: number;
  readonly extra_attributes: string;
  readonly created_at: string;
}

const ADA_900: Entry = {
  username: 'ada',
  score: 900,
  leaderboard_name: 'speedrun',
  game_user_id: 1,
  extra_attributes: '{}',
  created_at: '2025-12-18T20:00:00.000Z',
};
const ADA_750: Entry = {
  ...ADA_900,
  score: 750,
  extra_attributes: '{"route":"north"}',
  created_at: '2025-12-19T20:30:00.000Z',
};
const BENOIT_820: Entry = {
  ...ADA_900,
  username: 'benoit',
  score: 820,
  game_user_id: 2,
  created_at: '2025-12-30T19:00:00.000Z',
};
/** As a call of ada's makes it now. */
const NEW: Entry = { ...ADA_900, created_at: NOW };

/** The same as v3 shows it. */
function inV3(entry: Entry, metadata = '{}'): object {
  return { ...entry, extra_attributes: undefined, metadata };
}

function entries(...list: readonly Entry[]): Answer {
  return ok({ leaderboard_entries: list });
}

function noEntries(name: string): Answer {
  return refusal(400, `No leaderboard entries found for ${name}`);
}

async function startWith(...added: readonly object[]): Promise<GameFuseApi> {
  const api = await startGameFuse();
  for (const entry of added) await api.call('post', ADD, entry);
  return api;
}

describe("a game's leaderboard", () => {
  it('has the best score first, with all fields of an entry in order', async ({ api }) => {
    const answer = await api.call('get', `${BOARD}?leaderboard_name=speedrun&limit=10&one_per_user=false`);
    expect(answer).toEqual(entries(ADA_900, BENOIT_820, ADA_750));
    const [first] = (answer.body as { leaderboard_entries: object[] }).leaderboard_entries;
    expect(JSON.stringify(first)).toBe(
      '{"username":"ada","score":900,"leaderboard_name":"speedrun","game_user_id":1,' +
        '"extra_attributes":"{}","created_at":"2025-12-18T20:00:00.000Z"}',
    );
  });

  it('has metadata in v3 as JSON text, which its newer clients read', async () => {
    const api = (await startGameFuse()).at('/api/v3');
    const answer = await api.call('get', `${BOARD}?leaderboard_name=speedrun&limit=10`);
    expect(answer).toEqual(
      ok({ leaderboard_entries: [inV3(ADA_900), inV3(BENOIT_820), inV3(ADA_750, '{"route":"north"}')] }),
    );
    expect(JSON.stringify(answer.body)).not.toContain('extra_attributes');
  });

  it.each([
    ['limit=1', [ADA_900]],
    ['limit=2', [ADA_900, BENOIT_820]],
    ['limit=3', [ADA_900, BENOIT_820, ADA_750]],
    ['limit=100', [ADA_900, BENOIT_820, ADA_750]],
    ['', [ADA_900, BENOIT_820, ADA_750]],
    ['limit=', [ADA_900, BENOIT_820, ADA_750]],
    ['limit=0', []],
    ['limit=-1', []],
    ['limit=0&one_per_user=true', []],
    ['one_per_user=true', [ADA_900, BENOIT_820]],
    ['one_per_user=True', [ADA_900, BENOIT_820]],
    ['one_per_user=1', [ADA_900, BENOIT_820]],
    ['one_per_user=false', [ADA_900, BENOIT_820, ADA_750]],
    ['one_per_user=False', [ADA_900, BENOIT_820, ADA_750]],
    ['one_per_user=true&limit=1', [ADA_900]],
    ['one_per_user=true&limit=2', [ADA_900, BENOIT_820]],
  ])('with "%s" has these entries', async (query, expected) => {
    const api = await startGameFuse();
    expect(await api.call('get', `${BOARD}?leaderboard_name=speedrun&${query}`)).toEqual(entries(...expected));
  });

  it('has the older of two equal scores first', async ({ api }) => {
    await api.as(CHIYO).call('post', '/users/3/add_leaderboard_entry', { leaderboard_name: 'speedrun', score: 900 });
    const CHIYO_900 = { ...NEW, username: 'chiyo', game_user_id: 3 };
    expect(await api.call('get', `${BOARD}?leaderboard_name=speedrun&limit=2`)).toEqual(entries(ADA_900, CHIYO_900));
  });

  it('has negative scores last', async () => {
    const api = await startWith(
      { leaderboard_name: 'golf', score: -5 },
      { leaderboard_name: 'golf', score: 3 },
      { leaderboard_name: 'golf', score: -2 },
    );
    expect(await api.call('get', `${BOARD}?leaderboard_name=golf`)).toEqual(
      entries(...[3, -2, -5].map((score) => ({ ...NEW, leaderboard_name: 'golf', score }))),
    );
  });

  it.each(['none', 'Speedrun', 'speedrun ', ''])('called "%s" is refused, because it has no entries', async (name) => {
    const api = await startGameFuse();
    const query = `?leaderboard_name=${encodeURIComponent(name)}&limit=5`;
    expect(await api.call('get', BOARD + query)).toEqual(noEntries(name));
    expect(await api.call('get', `${BOARD + query}&limit=0`)).toEqual(noEntries(name));
    expect(await api.at('/api/v3').call('get', BOARD + query)).toEqual(noEntries(name));
  });

  it('is hidden from players of another game, who have boards of the same name', async ({ api }) => {
    const harbor = api.as(HARBOR_ADA);
    const path = '/games/2/leaderboard_entries?leaderboard_name=speedrun';
    expect(await harbor.call('get', `${BOARD}?leaderboard_name=speedrun`)).toEqual(noEntries('speedrun'));
    expect(await harbor.call('get', path)).toEqual(noEntries('speedrun'));
    await harbor.call('post', '/users/4/add_leaderboard_entry', { leaderboard_name: 'speedrun', score: 1 });
    expect(await harbor.call('get', path)).toEqual(entries({ ...NEW, score: 1, game_user_id: 4 }));
    expect(await api.call('get', path)).toEqual(noEntries('speedrun'));
    expect(await api.call('get', '/games/9/leaderboard_entries?leaderboard_name=speedrun')).toEqual(
      noEntries('speedrun'),
    );
  });

  it('needs a token, which one client sends in the query', async () => {
    const api = (await startGameFuse()).as(undefined);
    const path = `${BOARD}?leaderboard_name=speedrun&limit=1`;
    expect(await api.call('get', path)).toEqual(noToken);
    expect(await api.at('/api/v3').call('get', `${path}&authentication_token=${BENOIT}`)).toMatchObject({
      status: 200,
    });
  });
});

describe('adding an entry', () => {
  it('returns the player and adds the entry', async ({ api }) => {
    expect(await api.call('post', ADD, { leaderboard_name: 'arena', score: 10 })).toEqual(shown('ada', 1));
    const { body } = await api.at('/api/v3').call('post', ADD, { leaderboard_name: 'arena', score: 11 });
    expect({ status: 200, body }).toEqual(shownInV3('ada', 2));
    const expected = [11, 10].map((score) => ({ ...NEW, leaderboard_name: 'arena', score }));
    expect(await api.call('get', `${OWN}?leaderboard_name=arena`)).toEqual(entries(...expected));
  });

  it.for<[string, (api: GameFuseApi) => Promise<Answer>]>([
    ['the query', (api) => api.call('post', `${ADD}?leaderboard_name=arena&score=10&extra_attributes=%7B%22a%22:1%7D`)],
    ['JSON', (api) => api.call('post', ADD, { leaderboard_name: 'arena', score: 10, extra_attributes: '{"a":1}' })],
    ['a form', (api) => api.form(ADD, { leaderboard_name: 'arena', score: '10', extra_attributes: '{"a":1}' })],
    [
      'a multipart form',
      (api) => api.multipart(ADD, { leaderboard_name: 'arena', score: '10.9', extra_attributes: '{"a":1}' }),
    ],
  ])('accepts it in %s', async ([_, send], { api }) => {
    expect(await send(api)).toEqual(shown('ada', 1));
    expect(await api.call('get', `${OWN}?leaderboard_name=arena`)).toEqual(
      entries({ ...NEW, leaderboard_name: 'arena', score: 10, extra_attributes: '{"a":1}' }),
    );
  });

  it.for<[string, object, string, string?]>([
    ['a text in v2', { extra_attributes: '{"a": [1]}' }, '{"a": [1]}', '{"a":[1]}'],
    ['an object in v2', { extra_attributes: { a: [1] } }, '{"a":[1]}'],
    ['an object in v3', { metadata: { a: [1] } }, '{"a":[1]}'],
    ['a text in v3', { metadata: '{"a":[1]}' }, '{"a":[1]}'],
    ['the text {}', { extra_attributes: '{}' }, '{}'],
    ['an empty object', { metadata: {} }, '{}'],
    ['an object without keys in another spelling', { extra_attributes: ' { }\n' }, '{}'],
    ['an object without keys in another spelling in v3', { metadata: '{ }' }, '{}'],
    ['an empty text', { extra_attributes: '' }, '{}'],
    ['metadata beside an empty text', { extra_attributes: '', metadata: { a: 1 } }, '{"a":1}'],
    ['metadata beside null', { extra_attributes: null, metadata: { a: 1 } }, '{"a":1}'],
    ['metadata beside an object without keys', { extra_attributes: '{ }', metadata: { a: 1 } }, '{"a":1}'],
    ['extra attributes beside metadata', { extra_attributes: '{"a":1}', metadata: { b: 2 } }, '{"a":1}'],
    ['null', { extra_attributes: null }, '{}'],
    ['nothing', {}, '{}'],
  ])('stores %s with the score', async ([_, extras, text, metadata = text], { api }) => {
    const entry = { leaderboard_name: 'arena', score: 10, ...extras };
    expect(await api.call('post', ADD, entry)).toMatchObject({ status: 200 });
    const expected = { ...NEW, leaderboard_name: 'arena', score: 10, extra_attributes: text };
    expect(await api.call('get', `${OWN}?leaderboard_name=arena`)).toEqual(entries(expected));
    expect(await api.at('/api/v3').call('get', `${OWN}?leaderboard_name=arena`)).toEqual(
      ok({ leaderboard_entries: [inV3(expected, metadata)] }),
    );
  });

  it.for(['"{"', '"north"', '"[1]"', '"5"', '"null"', '[1]', '5', 'true'])(
    'refuses %s for extra attributes',
    async (json, { api }) => {
      for (const name of ['extra_attributes', 'metadata']) {
        const body = `{"leaderboard_name":"arena","score":10,"${name}":${json}}`;
        expect(await api.send('post', ADD, body)).toEqual(badExtras);
      }
      expect(await api.call('get', `${OWN}?leaderboard_name=arena`)).toEqual(entries());
    },
  );

  it.for<[string, object]>([
    ['a name', { score: 10 }],
    ['a score', { leaderboard_name: 'arena' }],
    ['a score of 32 bits', { leaderboard_name: 'arena', score: 2_147_483_648 }],
    ['a score that is a number', { leaderboard_name: 'arena', score: true }],
  ])('fails with 500 without %s', async ([_, parameters], { api }) => {
    expect(await api.call('post', ADD, parameters)).toEqual(unknownError);
    expect(await api.call('get', `${OWN}?leaderboard_name=arena`)).toEqual(entries());
  });

  it('refuses a truncated body', async ({ api }) => {
    expect(await api.send('post', ADD, '{"score":')).toEqual(badRequest);
    expect(await api.send('post', CLEAR, '{"leaderboard_name":')).toEqual(badRequest);
  });
});

describe("a player's entries", () => {
  it('are from all boards, best score first, or from one', async () => {
    const api = await startWith({ leaderboard_name: 'arena', score: 800 });
    const ARENA = { ...NEW, leaderboard_name: 'arena', score: 800 };
    expect(await api.call('get', OWN)).toEqual(entries(ADA_900, ARENA, ADA_750));
    expect(await api.call('get', `${OWN}?limit=2`)).toEqual(entries(ADA_900, ARENA));
    expect(await api.call('get', `${OWN}?leaderboard_name=arena&limit=2`)).toEqual(entries(ARENA));
    expect(await api.call('get', `${OWN}?leaderboard_name=speedrun`)).toEqual(entries(ADA_900, ADA_750));
    expect(await api.call('get', `${OWN}?leaderboard_name=none`)).toEqual(entries());
    expect(await api.call('get', `${OWN}?limit=0`)).toEqual(entries());
  });

  it.each(['true', 'True', '1'])('with one_per_user=%s are one per board', async (flag) => {
    const api = await startWith({ leaderboard_name: 'arena', score: 800 }, { leaderboard_name: 'arena', score: 850 });
    const ARENA = { ...NEW, leaderboard_name: 'arena', score: 850 };
    expect(await api.call('get', `${OWN}?limit=10&one_per_user=${flag}`)).toEqual(entries(ADA_900, ARENA));
    expect(await api.call('get', `${OWN}?limit=1&one_per_user=${flag}`)).toEqual(entries(ADA_900));
  });

  it('are visible to other players of the game in v3 only', async ({ api }) => {
    const path = '/users/2/leaderboard_entries';
    const v3 = api.at('/api/v3');
    expect(await v3.call('get', path)).toEqual(ok({ leaderboard_entries: [inV3(BENOIT_820)] }));
    const foreign = refusal(401, 'can only get entries for current user');
    expect(await api.call('get', path)).toEqual(foreign);
    expect(await v3.as(HARBOR_ADA).call('get', path)).toEqual(ofAnotherGame);
    expect(await v3.call('get', '/users/999/leaderboard_entries')).toEqual(noSuchPlayer);
    expect(await v3.as(undefined).call('get', path)).toEqual(noToken);
  });
});

describe('clearing a board', () => {
  it("removes only the caller's entries with that name", async () => {
    const api = await startWith({ leaderboard_name: 'arena', score: 800 });
    expect(await api.call('post', CLEAR, { leaderboard_name: 'speedrun' })).toEqual(shown('ada', 2));
    expect(await api.call('get', OWN)).toEqual(entries({ ...NEW, leaderboard_name: 'arena', score: 800 }));
    expect(await api.call('get', `${BOARD}?leaderboard_name=speedrun`)).toEqual(entries(BENOIT_820));
  });

  it('with the last entries removes the board', async ({ api }) => {
    await api.multipart(CLEAR, { leaderboard_name: 'speedrun' });
    await api.as(BENOIT).form('/users/2/clear_my_leaderboard_entries', { leaderboard_name: 'speedrun' });
    expect(await api.call('get', `${BOARD}?leaderboard_name=speedrun`)).toEqual(noEntries('speedrun'));
  });

  it('without entries changes nothing', async ({ api }) => {
    expect(await api.call('post', `${CLEAR}?leaderboard_name=none`)).toEqual(shown('ada', 1));
    expect(await api.call('get', OWN)).toEqual(entries(ADA_900, ADA_750));
  });

  it('fails with 500 without a name', async ({ api }) => {
    expect(await api.call('post', CLEAR, {})).toEqual(unknownError);
    expect(await api.call('get', OWN)).toEqual(entries(ADA_900, ADA_750));
  });
});
