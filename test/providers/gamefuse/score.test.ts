import { describe, expect } from 'vitest';

import { it, notFound, refusal, shown, shownInV3, startGameFuse, store, unknownError } from './api.ts';

const ADD = '/users/1/add_score';
const SET = '/users/1/set_score';
const noScore = refusal(400, 'Please include a score param');

describe('add_score', () => {
  it('adds positive and negative numbers', async ({ api }) => {
    expect(await api.call('post', ADD, { score: 10 })).toEqual(shown('ada', 1, { score: 1210 }));
    expect(await api.call('post', ADD, { score: -2000 })).toEqual(shown('ada', 2, { score: -790 }));
  });

  it('adds again when it is repeated', async ({ api }) => {
    await api.call('post', ADD, { score: 10 });
    expect(await api.call('post', ADD, { score: 10 })).toEqual(shown('ada', 2, { score: 1220 }));
  });
});

describe('set_score', () => {
  it('sets the score to the number', async ({ api }) => {
    expect(await api.call('post', SET, { score: 10 })).toEqual(shown('ada', 1, { score: 10 }));
    expect(await api.call('post', SET, { score: -10 })).toEqual(shown('ada', 2, { score: -10 }));
  });
});

describe.each([
  ['add_score', ADD, 1200],
  ['set_score', SET, 0],
])('the score of %s', (_, path, base) => {
  it('is the integer at the start of the text, in the body rather than the query', async ({ api }) => {
    expect(await api.call('post', `${path}?score=999`, { score: '12.9' })).toEqual(
      shown('ada', 1, { score: base + 12 }),
    );
  });

  it.for(['{}', '{"score":""}', '{"score":null}', '{"scores":5}', '{"credits":5}'])(
    'is missing in %s',
    async (json, { api }) => {
      expect(await api.send('post', path, json)).toEqual(noScore);
    },
  );

  it.for(['true', '[5]', '{}', '2147483648', '-2147489000', '1e999'])(
    'makes the request fail with 500 as %s',
    async (json, { api }) => {
      expect(await api.send('post', path, `{"score":${json}}`)).toEqual(unknownError);
      expect(await api.call('post', ADD, { score: 0 })).toEqual(shown('ada', 1));
    },
  );

  it('is shown as v3 shows it', async () => {
    const v3 = (await startGameFuse()).at('/api/v3');
    expect(await v3.call('post', path, { score: 5 })).toEqual(shownInV3('ada', 1, { score: base + 5 }));
  });

  it('is unknown with GET, and under the name in the first docs', async ({ api }) => {
    expect(await api.call('get', `${path}?score=5`)).toEqual(notFound);
    expect(await api.call('post', `${path}s`, { scores: 5 })).toEqual(notFound);
  });
});

it('a score can reach the limits of 32 bits but not exceed them', async ({ api }) => {
  await api.call('post', SET, { score: 2_147_483_647 });
  expect(await api.call('post', ADD, { score: 1 })).toEqual(unknownError);
  expect(await api.call('post', ADD, { score: 0 })).toEqual(shown('ada', 2, { score: 2_147_483_647 }));
});

it('score and credits never change each other', async ({ api }) => {
  await api.call('post', ADD, { score: 10, credits: 1 });
  await api.call('post', SET, { score: 20, credits: 1 });
  expect(await api.call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  await api.call('post', '/users/1/add_credits', { credits: 1, score: 1 });
  expect(await api.call('post', '/users/1/set_credits', { credits: 3, score: 1 })).toEqual(
    shown('ada', 5, { score: 20, credits: 3 }),
  );
});

it('leaderboard entries never change the score', async ({ api }) => {
  expect(await api.call('post', '/users/1/add_leaderboard_entry', { leaderboard_name: 'x', score: 9999 })).toEqual(
    shown('ada', 1),
  );
  expect(await api.call('post', '/users/1/clear_my_leaderboard_entries', { leaderboard_name: 'speedrun' })).toEqual(
    shown('ada', 2),
  );
});
