import { describe, expect, test } from 'vitest';

import { BENOIT, CHIYO, HARBOR_ADA, noSuchPlayer, notFound, ofAnotherGame, ok, refusal, startGameFuse } from './api.ts';
import type { Answer, GameFuseApi, Method } from './api.ts';
import { ADA_CARD, ADAS_ROUND, BENOIT_CARD, CAVE } from './company.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const NEW = {
  game_id: 1,
  multiplayer_game_round_id: null as number | null,
  place: null,
  score: null,
  start_time: NOW,
  end_time: null,
  metadata: null,
  created_at: NOW,
  updated_at: NOW,
};

async function start(): Promise<GameFuseApi> {
  return (await startGameFuse()).at('/api/v3');
}

const created = (body: unknown): Answer => ({ status: 201, body });

const it = test.extend('api', () => start());

describe('a game round', () => {
  it('is stored as sent, flat or wrapped, with unchanged times', async ({ api }) => {
    const sent = {
      game_user_id: 1,
      game_type: 'cave',
      start_time: '2025-05-20T06:00:00.250-04:00',
      end_time: '2025-05-20T06:10:00.000-04:00',
      score: 12.25,
      place: 4,
      metadata: { laps: [1, { best: true }] },
    };
    expect(await api.call('post', '/game_rounds', sent)).toEqual(created({ ...NEW, ...sent, id: 4 }));
    expect(await api.call('post', '/game_rounds', { game_round: sent, multiplayer: false })).toEqual(
      created({ ...NEW, ...sent, id: 5 }),
    );
    expect(await api.form('/game_rounds', { game_user_id: '1', game_type: 'cave', score: '1.5' })).toEqual(
      created({ ...NEW, id: 6, game_user_id: 1, game_type: 'cave', score: 1.5 }),
    );
  });

  it('of several players ranks them by the places sent, players without one last', async ({ api }) => {
    const first = { ...NEW, id: 4, game_user_id: 1, game_type: 'race', multiplayer_game_round_id: 2 };
    const ranking = { id: 4, place: null, score: null, start_time: NOW, end_time: null, user: ADA_CARD };
    expect(await api.call('post', '/game_rounds', { game_user_id: 1, game_type: 'race', multiplayer: 'true' })).toEqual(
      created({ ...first, rankings: [ranking] }),
    );
    // For another player, and lower than the first though the score is higher.
    const joined = { game_user_id: 2, game_type: 'race', place: 7, score: 99, multiplayer_game_round_id: 2 };
    expect(await api.call('post', '/game_rounds', joined)).toEqual(
      created({
        ...NEW,
        ...joined,
        id: 5,
        rankings: [{ ...ranking, id: 5, place: 7, score: 99, user: BENOIT_CARD }, ranking],
      }),
    );
  });

  it('is listed newest first, by page and without rankings, also for others of the game', async ({ api }) => {
    const { rankings: _, ...plain } = ADAS_ROUND;
    const benoit = api.as(BENOIT);
    expect(await benoit.call('get', '/game_rounds?user_id=1')).toEqual(ok({ game_rounds: [plain, CAVE] }));
    expect(await benoit.call('get', '/game_rounds?user_id=1&page=2&per_page=1')).toEqual(ok({ game_rounds: [CAVE] }));
    expect(await benoit.call('get', '/game_rounds?user_id=1&page=9')).toEqual(ok({ game_rounds: [] }));
    expect(await benoit.call('get', '/game_rounds/2')).toEqual(ok(ADAS_ROUND));
  });

  it('is on a page of at most a hundred', async ({ api }) => {
    const round = { game_user_id: 1, game_type: 'race' };
    for (let count = 0; count < 101; count += 1) await api.call('post', '/game_rounds', round);
    const list = async (query: string): Promise<readonly number[]> => {
      const { body } = await api.call('get', `/game_rounds?user_id=1${query}`);
      return (body as { readonly game_rounds: readonly { readonly id: number }[] }).game_rounds.map(({ id }) => id);
    };
    const newest = Array.from({ length: 100 }, (_, index) => 104 - index);
    for (const query of ['', '&per_page=100', '&per_page=500', '&page=1']) expect(await list(query)).toEqual(newest);
    expect(await list('&page=2&per_page=500')).toEqual([4, 2, 1]);
  });

  it('does not have the paths of the older docs', async ({ api }) => {
    for (const path of ['/multiplayer_game_round', '/multiplayer_game_rounds', '/multiplayer_game_rounds/1']) {
      expect(await api.call('get', path)).toEqual(notFound);
      expect(await api.call('post', path, { game_user_id: 1, game_type: 'race' })).toEqual(notFound);
    }
  });

  it('can be changed by its player and by the first player of its multiplayer round', async ({ api }) => {
    const changed = { ...CAVE, score: null, place: 1, updated_at: NOW };
    expect(await api.call('put', '/game_rounds/1', { score: null, place: 1 })).toEqual(ok(changed));
    expect(await api.call('put', '/game_rounds/3', { game_round: { place: 2 } })).toMatchObject({
      status: 200,
      body: { id: 3, place: 2 },
    });
    expect(await api.as(BENOIT).call('put', '/game_rounds/2', { place: 1 })).toEqual(
      refusal(401, 'You can only change your own game rounds'),
    );
    expect(await api.as(BENOIT).call('put', '/game_rounds/3', { place: 1 })).toMatchObject({ status: 200 });
  });

  it('can be deleted by its player', async ({ api }) => {
    expect(await api.as(BENOIT).call('delete', '/game_rounds/1')).toMatchObject({ status: 401 });
    expect(await api.call('delete', '/game_rounds/1')).toEqual(ok({ message: 'Game Round destroyed successfully!' }));
    expect(await api.call('get', '/game_rounds/1')).toEqual(refusal(404, 'Game round not found'));
  });

  it('is refused if it is invalid, and changes nothing', async ({ api }) => {
    const before = await api.control('get', '/state');
    const cases: [string | undefined, Method, string, object | undefined, Answer][] = [
      [undefined, 'post', '/game_rounds', { game_type: 'race' }, refusal(422, 'Please include a game_user_id param')],
      [undefined, 'post', '/game_rounds', { game_user_id: 1 }, refusal(422, 'Please include a game_type param')],
      [
        undefined,
        'post',
        '/game_rounds',
        { game_user_id: 1, game_type: 'race', metadata: [1] },
        refusal(422, 'Metadata must be an object'),
      ],
      [undefined, 'post', '/game_rounds', { game_user_id: 4, game_type: 'race' }, ofAnotherGame],
      [undefined, 'post', '/game_rounds', { game_user_id: 99, game_type: 'race' }, noSuchPlayer],
      [
        undefined,
        'post',
        '/game_rounds',
        { game_user_id: 1, game_type: 'race', multiplayer_game_round_id: 9 },
        refusal(404, 'Game round not found'),
      ],
      [undefined, 'get', '/game_rounds', undefined, refusal(422, 'Please include a user_id param')],
      [HARBOR_ADA, 'get', '/game_rounds/2', undefined, refusal(401, 'You cannot view game rounds from another game')],
      [CHIYO, 'put', '/game_rounds/99', { place: 1 }, refusal(404, 'Game round not found')],
    ];
    for (const [token, method, path, body, expected] of cases) {
      const caller = token === undefined ? api : api.as(token);
      expect([path, body, await caller.call(method, path, body)]).toEqual([path, body, expected]);
    }
    expect(await api.control('get', '/state')).toEqual(before);
  });
});
