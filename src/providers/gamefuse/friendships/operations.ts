import { assert } from '../errors.ts';
import type { GameFuseOperation } from '../operation.ts';
import { findText, findWhole, toText, unwrap } from '../parameters.ts';
import { getReadable } from '../users.ts';
import type { State, User } from '../state.ts';
import { listFriendsOf as listFriendCards, listIncoming, listOutgoing, presentRequest } from './present.ts';
import { toPair, type Friendship } from './record.ts';

// FIDELITY: texts of successes begin in lower case, except the first (client tests).

// ASSUMED: a player cannot ask itself, nor ask again while a request is open or accepted; after a refusal it can.
export const sendFriendRequest: GameFuseOperation<'sendFriendRequest'> = ({ params, state, principal, now, ids }) => {
  const other = state.users.findBy('username', principal.gameId, toText(params.username) ?? '');
  assert(other, 'USER_UNKNOWN');
  assert(other.id !== principal.id, 'FRIEND_OF_ONESELF');
  assert(!state.friendships.findBy('pair', ...toPair(principal.id, other.id)), 'FRIENDSHIP_THERE');
  const friendship: Friendship = {
    id: ids.next('friendship'),
    senderId: principal.id,
    receiverId: other.id,
    accepted: false,
    requestedAt: now,
  };
  state.friendships.put(friendship);
  const message = `Friend request sent to ${other.username}`;
  return { status: 200, body: { ...presentRequest(state, friendship, principal.id), message } };
};

// FIDELITY: a declined request disappears from all lists (client tests).
export const answerFriendRequest: GameFuseOperation<'answerFriendRequest'> = ({ params, state, principal }) => {
  const status = findText(unwrap(params, 'friendship').status);
  assert(status === 'accepted' || status === 'declined', 'BAD_STATUS');
  const friendship = findRequest(state, params.friendship_id);
  assert(friendship?.receiverId === principal.id, 'NO_SUCH_REQUEST');
  if (status === 'accepted') state.friendships.put({ ...friendship, accepted: true });
  else state.friendships.delete(String(friendship.id));
  return { status: 200, body: { message: `you have successfully ${status} this friend request` } };
};

// ASSUMED: only the sender can delete it.
export const deleteFriendRequest: GameFuseOperation<'deleteFriendRequest'> = ({ params, state, principal }) => {
  const friendship = findRequest(state, params.friendship_id);
  assert(friendship?.senderId === principal.id, 'NO_SUCH_REQUEST');
  state.friendships.delete(String(friendship.id));
  return { status: 200, body: { message: 'friend request destroyed successfully' } };
};

function findRequest(state: State, id: string): Friendship | undefined {
  const friendship = state.friendships.find(String(findWhole(id)));
  return friendship?.accepted === false ? friendship : undefined;
}

// ASSUMED: either player can end it.
export const unfriend: GameFuseOperation<'unfriend'> = ({ params, state, principal }) => {
  const other = state.users.find(String(findWhole(params.user_id)));
  const friendship = other && state.friendships.findBy('pair', ...toPair(principal.id, other.id));
  assert(friendship?.accepted, 'NO_FRIENDSHIP');
  state.friendships.delete(String(friendship.id));
  return { status: 200, body: { message: 'user has been unfriended successfully' } };
};

export const listFriendships: GameFuseOperation<'listFriendships'> = ({ state, principal: { id } }) => ({
  status: 200,
  body: {
    friends: listFriendCards(state, id),
    outgoing_friend_requests: listOutgoing(state, id),
    incoming_friend_requests: listIncoming(state, id),
  },
});

export const listFriends: GameFuseOperation<'listFriends'> = ({ params, state, principal }) => ({
  status: 200,
  body: { friends: listFriendCards(state, findShown(state, params.user_id, principal).id) },
});

export const listFriendsOf: GameFuseOperation<'listFriendsOf'> = ({ params, state, principal }) => ({
  status: 200,
  body: { friends: listFriendCards(state, findShown(state, params.user_id, principal).id) },
});

function findShown(state: State, id: unknown, principal: User): User {
  return getReadable(state, principal, findWhole(id) ?? principal.id);
}

export const listOutgoingFriendRequests: GameFuseOperation<'listOutgoingFriendRequests'> = ({ state, principal }) => ({
  status: 200,
  body: { outgoing_friend_requests: listOutgoing(state, principal.id) },
});

export const listIncomingFriendRequests: GameFuseOperation<'listIncomingFriendRequests'> = ({ state, principal }) => ({
  status: 200,
  body: { incoming_friend_requests: listIncoming(state, principal.id) },
});
