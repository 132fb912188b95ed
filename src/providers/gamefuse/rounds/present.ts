import { renderInstant } from '../../../core/values/clock.ts';
import { presentCardOf } from '../cards.ts';
import type { UserId } from '../ids.ts';
import { takePage } from '../parameters.ts';
import type { State } from '../state.ts';
import type { components } from '../../../generated/gamefuse.ts';
import type { GameRound } from './record.ts';

type Schemas = components['schemas'];

/** FIDELITY: these keys (a response of the service in the REST docs of 2025). */
export function presentRound(round: GameRound): Schemas['GameRound'] {
  return {
    id: round.id,
    game_id: round.gameId,
    game_user_id: round.userId,
    multiplayer_game_round_id: round.multiplayerId,
    game_type: round.gameType,
    place: round.place,
    score: round.score,
    start_time: round.startTime,
    end_time: round.endTime,
    metadata: round.metadata,
    created_at: renderInstant(round.createdAt),
    updated_at: renderInstant(round.updatedAt),
  };
}

/** Presents a round; if it is part of a multiplayer round, with the rankings. */
export function presentRanked(state: State, round: GameRound): Schemas['GameRound'] {
  if (round.multiplayerId === null) return presentRound(round);
  const together = [...state.gameRounds.list('multiplayer', { within: [round.multiplayerId] })];
  return { ...presentRound(round), rankings: together.sort(byPlace).map((other) => presentRanking(state, other)) };
}

function presentRanking(state: State, round: GameRound): Schemas['Ranking'] {
  const { id, place, score, startTime, endTime, userId } = round;
  return { id, place, score, start_time: startTime, end_time: endTime, user: presentCardOf(state, userId) };
}

/** FIDELITY: places are as sent, never computed from the scores (client tests). ASSUMED: rounds without a place are last. */
function byPlace(one: GameRound, other: GameRound): number {
  const [first, second] = [one.place ?? Infinity, other.place ?? Infinity];
  return first === second ? one.id - other.id : first - second;
}

/** Lists the rounds in a session or a profile: the first page. */
export function listRecentRounds(state: State, userId: UserId): Schemas['GameRound'][] {
  const recent = state.gameRounds.list('user', { within: [userId], reverse: true });
  return [...takePage(recent, 1, PAGE)].map((round) => presentRanked(state, round));
}

/** The number of rounds per page (REST docs, v3). */
export const PAGE = 100;
