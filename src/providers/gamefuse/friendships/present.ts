import { renderInstant } from '../../../core/values/clock.ts';
import { presentCardOf } from '../cards.ts';
import type { UserId } from '../ids.ts';
import type { State } from '../state.ts';
import type { components } from '../../../generated/gamefuse.ts';
import type { Friendship } from './record.ts';

type Schemas = components['schemas'];

/** FIDELITY: the other player's card and the request in one flat object (client tests). */
export function presentRequest(state: State, friendship: Friendship, userId: UserId): Schemas['FriendRequest'] {
  return {
    ...presentCardOf(state, getOther(friendship, userId)),
    friendship_id: friendship.id,
    requested_at: renderInstant(friendship.requestedAt),
  };
}

export function listFriendsOf(state: State, userId: UserId): Schemas['Card'][] {
  const all = [...listSent(state, userId, true), ...listReceived(state, userId, true)];
  return all.sort(newestFirst).map((friendship) => presentCardOf(state, getOther(friendship, userId)));
}

export function listOutgoing(state: State, userId: UserId): Schemas['FriendRequest'][] {
  return listSent(state, userId, false).map((friendship) => presentRequest(state, friendship, userId));
}

export function listIncoming(state: State, userId: UserId): Schemas['FriendRequest'][] {
  return listReceived(state, userId, false).map((friendship) => presentRequest(state, friendship, userId));
}

function listSent({ friendships }: State, userId: UserId, accepted: boolean): readonly Friendship[] {
  return [...friendships.list('sent', { within: [userId, Number(accepted)], reverse: true })];
}

function listReceived({ friendships }: State, userId: UserId, accepted: boolean): readonly Friendship[] {
  return [...friendships.list('received', { within: [userId, Number(accepted)], reverse: true })];
}

function getOther({ senderId, receiverId }: Friendship, userId: UserId): UserId {
  return senderId === userId ? receiverId : senderId;
}

/** FIDELITY: newest first for requests (client tests). ASSUMED: for friends, too. */
function newestFirst(one: Friendship, other: Friendship): number {
  return other.id - one.id;
}
