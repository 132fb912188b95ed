import { field, instant, type RecordOf } from '../../../core/provider/fields.ts';
import { defineCollection } from '../../../core/store/collection.ts';
import { id, type UserId } from '../ids.ts';

export const friendshipFields = {
  id: id(),
  /** The player who asked. */
  sender_id: id<UserId>(),
  receiver_id: id<UserId>(),
  status: field<boolean, 'pending' | 'accepted'>({
    schema: { enum: ['pending', 'accepted'] },
    parse: (status) => status === 'accepted',
    dump: (accepted) => (accepted ? 'accepted' : 'pending'),
  }).as('accepted'),
  requested_at: instant(),
};

/** Two players of one game who are friends, or one of whom asked the other. */
export type Friendship = RecordOf<typeof friendshipFields>;

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
