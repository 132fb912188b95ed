import { renderInstant } from '../../../core/values/clock.ts';
import { assert } from '../errors.ts';
import type { GameFuseOperation } from '../operation.ts';
import { findFlag, findText, findWhole, isGiven, isRecord, parseJsonText, takePage, unwrap } from '../parameters.ts';
import type { Fields } from '../parameters.ts';
import { getReadable } from '../users.ts';
import type { State, User } from '../state.ts';
import { PAGE, presentRanked, presentRound } from './present.ts';
import type { GameRound } from './record.ts';

type Played = Pick<GameRound, 'place' | 'score' | 'startTime' | 'endTime' | 'metadata'>;

// FIDELITY: a caller can add a round of another player of the game; several rounds can share a multiplayer round, which
// the first one starts (REST docs, v3; client tests).
export const createGameRound: GameFuseOperation<'createGameRound'> = ({ params, state, principal, now, ids }) => {
  const fields = unwrap(params, 'game_round');
  const userId = findWhole(fields.game_user_id);
  const gameType = findText(fields.game_type);
  assert(userId !== undefined, 'NO_ROUND_PLAYER');
  assert(gameType !== undefined, 'NO_GAME_TYPE');
  const player = getReadable(state, principal, userId);
  const joined = findWhole(fields.multiplayer_game_round_id);
  if (joined !== undefined) getFirst(state, principal, joined);
  const isShared = findFlag(fields.multiplayer) ?? false;
  const round: GameRound = {
    id: ids.next('game round'),
    gameId: principal.gameId,
    userId: player.id,
    multiplayerId: joined ?? (isShared ? ids.next('multiplayer game round') : null),
    gameType,
    ...readPlayed(fields, { place: null, score: null, startTime: renderInstant(now), endTime: null, metadata: null }),
    createdAt: now,
    updatedAt: now,
  };
  state.gameRounds.put(round);
  return { status: 201, body: presentRanked(state, round) };
};

/**
 * Reads what is sent; the rest keeps its value.
 *
 * ASSUMED: a start that is not a time is ignored, and an end that is not a time is stored as null.
 */
function readPlayed(fields: Fields, known: Played): Played {
  const { place, score, start_time, end_time, metadata } = fields;
  return {
    place: place === undefined ? known.place : (findWhole(place) ?? null),
    score: score === undefined ? known.score : findNumber(score),
    startTime: findTime(start_time) ?? known.startTime,
    endTime: end_time === undefined ? known.endTime : (findTime(end_time) ?? null),
    metadata: metadata === undefined ? known.metadata : parseMetadata(metadata),
  };
}

function findNumber(value: unknown): number | null {
  const number = isGiven(value) ? Number(findText(value)) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** FIDELITY: times are returned as they were sent, with any offset (client tests). */
function findTime(value: unknown): string | undefined {
  const text = findText(value);
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
}

function parseMetadata(value: unknown): GameRound['metadata'] {
  const metadata = typeof value === 'string' && isGiven(value) ? parseJsonText(value) : value;
  if (!isGiven(metadata)) return null;
  assert(isRecord(metadata), 'BAD_METADATA');
  return metadata;
}

export const getGameRound: GameFuseOperation<'getGameRound'> = ({ params, state, principal }) => ({
  status: 200,
  body: presentRanked(state, getRound(state, principal, params.round_id)),
});

export const listGameRounds: GameFuseOperation<'listGameRounds'> = ({ params, state, principal }) => {
  const userId = findWhole(params.user_id);
  assert(userId !== undefined, 'NO_ROUND_USER');
  const { id } = getReadable(state, principal, userId);
  const size = Math.min(Math.max(findWhole(params.per_page) ?? PAGE, 1), PAGE);
  const rounds = takePage(
    state.gameRounds.list('user', { within: [id], reverse: true }),
    findWhole(params.page) ?? 1,
    size,
  );
  return { status: 200, body: { game_rounds: [...rounds].map(presentRound) } };
};

// FIDELITY: the player of the first round can change all rounds of its multiplayer round (REST docs, v3).
// ASSUMED: the player and the multiplayer round of a round cannot change.
export const updateGameRound: GameFuseOperation<'updateGameRound'> = ({ params, state, principal, now }) => {
  const round = getRound(state, principal, params.round_id);
  const owner = round.multiplayerId === null ? round : getFirst(state, principal, round.multiplayerId);
  assert([round.userId, owner.userId].includes(principal.id), 'ROUND_OF_ANOTHER');
  const fields = unwrap(params, 'game_round');
  const gameType = findText(fields.game_type) ?? round.gameType;
  const updated: GameRound = { ...round, gameType, ...readPlayed(fields, round), updatedAt: now };
  state.gameRounds.put(updated);
  return { status: 200, body: presentRanked(state, updated) };
};

export const deleteGameRound: GameFuseOperation<'deleteGameRound'> = ({ params, state, principal }) => {
  const round = getRound(state, principal, params.round_id);
  assert(round.userId === principal.id, 'ROUND_OF_ANOTHER');
  state.gameRounds.delete(String(round.id));
  return { status: 200, body: { message: 'Game Round destroyed successfully!' } };
};

function getRound(state: State, { gameId }: User, id: string): GameRound {
  const round = state.gameRounds.find(String(findWhole(id)));
  assert(round, 'NO_SUCH_ROUND');
  assert(round.gameId === gameId, 'ROUND_OF_ANOTHER_GAME');
  return round;
}

/** Returns the first round of a multiplayer round. */
function getFirst(state: State, { gameId }: User, multiplayerId: number): GameRound {
  const first = state.gameRounds.first('multiplayer', [multiplayerId]);
  assert(first?.gameId === gameId && first.multiplayerId !== null, 'NO_SUCH_ROUND');
  return first;
}
