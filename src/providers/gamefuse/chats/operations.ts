import { assert } from '../errors.ts';
import { findGroup, isMember } from '../groups/members.ts';
import type { UserId } from '../ids.ts';
import type { GameFuseOperation } from '../operation.ts';
import { findText, findWhole, isGiven, toText, unwrap } from '../parameters.ts';
import type { State, User } from '../state.ts';
import {
  listDirectChats,
  listGroupChats,
  listMessagesOf,
  listParticipants,
  presentChat,
  presentMessage,
} from './present.ts';
import { toSet, type Chat, type Message } from './record.ts';

// FIDELITY: the same players, or the same group, always have the same chat (JavaScript client, v3); the first message of a
// new chat is unread even by its sender (C++ client tests).
export const createChat: GameFuseOperation<'createChat'> = ({ params, state, principal, now, ids }) => {
  const text = toText(params.text);
  assert(text !== undefined, 'NO_TEXT');
  const place = isGiven(params.group_id)
    ? toGroupPlace(state, principal, params.group_id)
    : toPlayersPlace(state, principal, [params.usernames ?? []].flat());
  const known =
    place.groupId === null
      ? state.chats.findBy('users', toSet(place.userIds))
      : state.chats.findBy('group', place.groupId);
  const message: Message = {
    id: ids.next('message'),
    chatId: known?.id ?? ids.next('chat'),
    userId: principal.id,
    text,
    createdAt: now,
    readBy: known ? [principal.id] : [],
  };
  const chat: Chat = known
    ? { ...known, latestId: message.id }
    : { id: message.chatId, gameId: principal.gameId, creatorId: principal.id, ...place, latestId: message.id };
  state.chats.put(chat);
  state.messages.put(message);
  if (!known) for (const userId of chat.userIds) state.chatPlaces.put({ chatId: chat.id, userId });
  return { status: 200, body: presentChat(state, chat, principal) };
};

type ChatMembers = Pick<Chat, 'groupId' | 'userIds'>;

function toGroupPlace(state: State, principal: User, groupId: unknown): ChatMembers {
  const group = findGroup(state, principal, groupId);
  assert(group, 'GROUP_UNKNOWN');
  assert(isMember(state, group.id, principal), 'NOT_A_MEMBER');
  return { groupId: group.id, userIds: [] };
}

/** FIDELITY: the caller is included without being named (REST docs, v3). ASSUMED: at least one other player is needed. */
function toPlayersPlace(state: State, principal: User, usernames: readonly string[]): ChatMembers {
  const others = usernames.map((name) => {
    const user = state.users.findBy('username', principal.gameId, name);
    assert(user, 'USER_UNKNOWN');
    return user.id;
  });
  const userIds = [...new Set<UserId>([principal.id, ...others])].sort((one, other) => one - other);
  assert(userIds.length > 1, 'CHAT_OF_NOBODY');
  return { groupId: null, userIds };
}

export const listChats: GameFuseOperation<'listChats'> = ({ params, state, principal }) => {
  const page = findWhole(params.page) ?? 1;
  const [direct, group] = [listDirectChats(state, principal, page), listGroupChats(state, principal, page)];
  return { status: 200, body: { direct_chats: direct, group_chats: group } };
};

// FIDELITY: the sender has read it (C++ client tests).
export const sendMessage: GameFuseOperation<'sendMessage'> = ({ params, state, principal, now, ids }) => {
  const fields = unwrap(params, 'message');
  const chat = getChat(state, principal, fields.chat_id);
  const text = findText(fields.text);
  assert(text !== undefined, 'NO_TEXT');
  const message: Message = {
    id: ids.next('message'),
    chatId: chat.id,
    userId: principal.id,
    text,
    createdAt: now,
    readBy: [principal.id],
  };
  state.messages.put(message);
  state.chats.put({ ...chat, latestId: message.id });
  return { status: 200, body: presentMessage(state, message, principal) };
};

export const listMessages: GameFuseOperation<'listMessages'> = ({ params, state, principal, options }) => {
  const chat = getChat(state, principal, params.chat_id);
  const messages = listMessagesOf(state, chat, findWhole(params.page) ?? 1).map((message) =>
    presentMessage(state, message, principal),
  );
  return { status: 200, body: options.lists === 'bare' ? messages : { messages } };
};

export const markMessageRead: GameFuseOperation<'markMessageRead'> = ({ params, state, principal }) => {
  const message = state.messages.find(String(findWhole(params.message_id)));
  const chat = message && state.chats.find(String(message.chatId));
  assert(chat && isParticipant(state, chat, principal), 'NO_SUCH_MESSAGE');
  assert(!message.readBy.includes(principal.id), 'READ_ALREADY');
  state.messages.put({ ...message, readBy: [...message.readBy, principal.id] });
  return { status: 200, body: { message: 'Message marked as read' } };
};

/** Returns a chat that the player takes part in. @throws NO_SUCH_CHAT */
function getChat(state: State, principal: User, id: unknown): Chat {
  const chat = state.chats.find(String(findWhole(id)));
  assert(chat && isParticipant(state, chat, principal), 'NO_SUCH_CHAT');
  return chat;
}

function isParticipant(state: State, chat: Chat, { id, gameId }: User): boolean {
  return chat.gameId === gameId && listParticipants(state, chat).includes(id);
}
