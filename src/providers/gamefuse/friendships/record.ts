import { defineCollection } from '../../../core/store/collection.ts';
import type { Instant } from '../../../core/values/clock.ts';
import type { UserId } from '../ids.ts';

/** Two players of one game who are friends, or of whom one has asked the other. */
export interface Friendship {
  readonly id: number;
  /** Who asked. */
  readonly senderId: UserId;
  readonly receiverId: UserId;
  readonly accepted: boolean;
  readonly requestedAt: Instant;
}

export const friendships = defineCollection({
  key: (friendship: Friendship) => String(friendship.id),
  unique: { pair: ({ senderId, receiverId }) => toPair(senderId, receiverId) },
  // FIDELITY: requests come newest first (client tests). The accepted ones stand apart, so that a list costs what it holds.
  orders: {
    sent: ({ senderId, accepted, id }) => [senderId, Number(accepted), id],
    received: ({ receiverId, accepted, id }) => [receiverId, Number(accepted), id],
  },
});

/** The same for both directions. */
export function toPair(one: UserId, other: UserId): readonly [number, number] {
  return one < other ? [one, other] : [other, one];
}
