import { field, instant, integer, text, type RecordOf } from '../../../core/provider/fields.ts';
import { defineCollection } from '../../../core/store/collection.ts';
import { id, type GameId, type UserId } from '../ids.ts';

export const gameRoundFields = {
  id: id(),
  game_user_id: id<UserId>().as('userId'),
  /** Shared by rounds that were played together. */
  multiplayer_game_round_id: id().orNull().as('multiplayerId'),
  game_type: text(),
  place: integer().orNull(),
  score: field<number>({ schema: { type: 'number' } }).orNull(),
  // FIDELITY: times are returned as they were sent (client tests).
  start_time: text().derived().describe('Returned as written. Default: created_at.'),
  end_time: text().orNull(),
  metadata: field<Readonly<Record<string, unknown>>>({
    schema: { type: 'object', additionalProperties: true },
  }).orNull(),
  created_at: instant(),
  updated_at: instant().derived().describe('Default: created_at.'),
};

/** The result of one player in one round of a game. */
export interface GameRound extends RecordOf<typeof gameRoundFields> {
  readonly gameId: GameId;
}

export const gameRounds = defineCollection({
  key: (round: GameRound) => String(round.id),
  orders: {
    user: (round) => [round.userId, round.id],
    multiplayer: (round) => [round.multiplayerId ?? 0, round.id],
  },
});
