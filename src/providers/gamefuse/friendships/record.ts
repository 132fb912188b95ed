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
  // Requests and accepted friendships are in separate ranges, so that a list reads only what it returns.
  orders: {
    sent: ({ senderId, accepted, id }) => [senderId, Number(accepted), id],
    received: ({ receiverId, accepted, id }) => [receiverId, Number(accepted), id],
  },
});

/** Makes the same key for both directions. */
export function toPair(one: UserId, other: UserId): readonly [number, number] {
  return one < other ? [one, other] : [other, one];
}
