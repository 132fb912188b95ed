import { renderInstant } from '../../../core/values/clock.ts';
import { instant, orNull, text, toListSchema } from '../../../core/values/json-schema.ts';
import { FixtureMistake } from '../../../core/provider/fixture.ts';
import { loadEach, type Loading } from '../../../core/provider/loading.ts';
import { getPlayer, reference } from '../references.ts';
import type { State } from '../state.ts';
import type { GameRound } from './record.ts';

export interface GameRoundEntry {
  readonly id: number;
  readonly game_user_id: number;
  readonly multiplayer_game_round_id?: number | null;
  readonly game_type: string;
  readonly place?: number | null;
  readonly score?: number | null;
  readonly start_time?: string;
  readonly end_time?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly created_at?: string;
  readonly updated_at?: string;
}

const time = { ...text, description: 'As answers shall have it. That of created_at if left out.' };

export const gameRoundSchema = toListSchema(['id', 'game_user_id', 'game_type'], {
  id: reference,
  game_user_id: reference,
  multiplayer_game_round_id: orNull(reference),
  game_type: text,
  place: orNull({ type: 'integer' }),
  score: orNull({ type: 'number' }),
  start_time: time,
  end_time: orNull(text),
  metadata: orNull({ type: 'object', additionalProperties: true }),
  created_at: instant,
  updated_at: { ...instant, description: 'That of created_at if left out.' },
});

export function loadGameRounds(entries: readonly GameRoundEntry[] | undefined, loading: Loading<State>): void {
  const { state, context } = loading;
  for (const { id } of entries ?? []) state.gameRounds.delete(String(id));
  loadEach(entries, ['game_rounds'], (entry, at) => {
    loading.assertNew(`game round ${entry.id}`, [...at, 'id']);
    context.ids.claim('game round', entry.id);
    const player = getPlayer(loading, entry.game_user_id, [...at, 'game_user_id']);
    const multiplayerId = entry.multiplayer_game_round_id ?? null;
    if (multiplayerId !== null) {
      context.ids.claim('multiplayer game round', multiplayerId);
      const first = state.gameRounds.first('multiplayer', [multiplayerId]);
      if (first && first.gameId !== player.gameId) {
        const why = `The round ${multiplayerId} was played in the game ${first.gameId}.`;
        throw new FixtureMistake([...at, 'multiplayer_game_round_id'], why);
      }
    }
    const createdAt = loading.parseInstant(entry.created_at, [...at, 'created_at']);
    const updated = entry.updated_at;
    state.gameRounds.put({
      id: entry.id,
      gameId: player.gameId,
      userId: player.id,
      multiplayerId,
      gameType: entry.game_type,
      place: entry.place ?? null,
      score: entry.score ?? null,
      startTime: entry.start_time ?? renderInstant(createdAt),
      endTime: entry.end_time ?? null,
      metadata: entry.metadata ?? null,
      createdAt,
      updatedAt: updated === undefined ? createdAt : loading.parseInstant(updated, [...at, 'updated_at']),
    });
  });
}

export function dumpGameRound(round: GameRound): GameRoundEntry {
  return {
    id: round.id,
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
