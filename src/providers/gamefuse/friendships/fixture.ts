import { renderInstant } from '../../../core/values/clock.ts';
import { instant, toListSchema } from '../../../core/values/json-schema.ts';
import { FixtureMistake } from '../../../core/provider/fixture.ts';
import { loadEach, type Loading } from '../../../core/provider/loading.ts';
import { getPlayer, reference } from '../references.ts';
import type { State } from '../state.ts';
import { toPair, type Friendship } from './record.ts';

export interface FriendshipEntry {
  readonly id: number;
  readonly sender_id: number;
  readonly receiver_id: number;
  readonly status: 'pending' | 'accepted';
  readonly requested_at?: string;
}

export const friendshipSchema = toListSchema(['id', 'sender_id', 'receiver_id', 'status'], {
  id: reference,
  sender_id: reference,
  receiver_id: reference,
  status: { enum: ['pending', 'accepted'] },
  requested_at: instant,
});

export function loadFriendships(entries: readonly FriendshipEntry[] | undefined, loading: Loading<State>): void {
  const { state, context } = loading;
  // All of them before the first is put: two may have exchanged whose they are.
  for (const { id } of entries ?? []) state.friendships.delete(String(id));
  loadEach(entries, ['friendships'], (entry, at) => {
    loading.assertNew(`friendship ${entry.id}`, [...at, 'id']);
    context.ids.claim('friendship', entry.id);
    const sender = getPlayer(loading, entry.sender_id, [...at, 'sender_id']);
    const receiver = getPlayer(loading, entry.receiver_id, [...at, 'receiver_id'], sender.gameId);
    const known = state.friendships.findBy('pair', ...toPair(sender.id, receiver.id));
    if (sender.id === receiver.id) throw new FixtureMistake([...at, 'receiver_id'], 'It is the sender.');
    if (known) throw new FixtureMistake([...at, 'receiver_id'], `The friendship ${known.id} is of the same two.`);
    state.friendships.put({
      id: entry.id,
      senderId: sender.id,
      receiverId: receiver.id,
      accepted: entry.status === 'accepted',
      requestedAt: loading.parseInstant(entry.requested_at, [...at, 'requested_at']),
    });
  });
}

export function dumpFriendship({ id, senderId, receiverId, accepted, requestedAt }: Friendship): FriendshipEntry {
  return {
    id,
    sender_id: senderId,
    receiver_id: receiverId,
    status: accepted ? 'accepted' : 'pending',
    requested_at: renderInstant(requestedAt),
  };
}
