import { renderInstant } from '../../../core/values/clock.ts';
import { presentCardOf } from '../cards.ts';
import { listStanding } from '../groups/members.ts';
import type { UserId } from '../ids.ts';
import { takePage } from '../parameters.ts';
import type { State, User } from '../state.ts';
import type { components } from '../../../generated/gamefuse.ts';
import type { Chat, Message } from './record.ts';

type Schemas = components['schemas'];

/** The number of chats, or messages, per page (REST docs, v3). */
export const PAGE = 25;

/** FIDELITY: the creator of a group's chat is the group (client tests). */
export function presentChat(state: State, chat: Chat, viewer: User): Schemas['Chat'] {
  const messages = listMessagesOf(state, chat, 1);
  // FIDELITY: a client looks up every sender in the participants (JavaScript client, v3), even senders who have left.
  const participants = new Set([...listParticipants(state, chat), ...messages.map(({ userId }) => userId)]);
  return {
    id: chat.id,
    creator_id: chat.groupId ?? chat.creatorId,
    creator_type: chat.groupId === null ? 'User' : 'Group',
    messages: messages.map((message) => presentMessage(state, message, viewer)),
    participants: [...participants].map((id) => presentCardOf(state, id)),
  };
}

export function listParticipants(state: State, chat: Chat): readonly UserId[] {
  const group = chat.groupId === null ? undefined : state.groups.find(String(chat.groupId));
  return group ? [...listStanding(state, group, 'member')].map(({ userId }) => userId) : chat.userIds;
}

/** Lists messages, newest first. */
export function listMessagesOf(state: State, chat: Chat, page: number): readonly Message[] {
  return [...takePage(state.messages.list('chat', { within: [chat.id], reverse: true }), page, PAGE)];
}

/** ASSUMED: `read_by` has the cards of the readers. */
export function presentMessage(state: State, message: Message, viewer: User): Schemas['Message'] {
  const { id, text, userId, createdAt, readBy } = message;
  return {
    id,
    text,
    user_id: userId,
    created_at: renderInstant(createdAt),
    read_by: readBy.map((reader) => presentCardOf(state, reader)),
    read: readBy.includes(viewer.id),
  };
}

export function listDirectChats(state: State, viewer: User, page: number): Schemas['Chat'][] {
  const own = [...state.chatPlaces.list('user', { within: [viewer.id] })];
  const chats = own.flatMap(({ chatId }) => state.chats.find(String(chatId)) ?? []);
  return presentPage(state, chats, viewer, page);
}

export function listGroupChats(state: State, viewer: User, page: number): Schemas['Chat'][] {
  const own = [...state.memberships.list('user', { within: [viewer.id, 'member'] })];
  const chats = own.flatMap(({ groupId }) => state.chats.findBy('group', groupId) ?? []);
  return presentPage(state, chats, viewer, page);
}

function presentPage(state: State, chats: Chat[], viewer: User, page: number): Schemas['Chat'][] {
  const latest = chats.sort((one, other) => other.latestId - one.latestId);
  return [...takePage(latest, page, PAGE)].map((chat) => presentChat(state, chat, viewer));
}
