import { defineCollection } from '../../../core/store/collection.ts';
import type { Instant } from '../../../core/values/clock.ts';
import type { GameId, UserId } from '../ids.ts';

/** What one player did in one round of a game. */
export interface GameRound {
  readonly id: number;
  readonly gameId: GameId;
  readonly userId: UserId;
  /** Shared by the rounds of those who played together. */
  readonly multiplayerId: number | null;
  readonly gameType: string;
  readonly place: number | null;
  readonly score: number | null;
  /** FIDELITY: times come back as they were sent (client tests). */
  readonly startTime: string;
  readonly endTime: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export const gameRounds = defineCollection({
  key: (round: GameRound) => String(round.id),
  orders: {
    user: (round) => [round.userId, round.id],
    multiplayer: (round) => [round.multiplayerId ?? 0, round.id],
  },
});
