import { defineCollection } from '../../../core/store/collection.ts';
import type { Instant } from '../../../core/values/clock.ts';
import type { GameId, UserId } from '../ids.ts';

/** Of a set of players, or of a group. */
export interface Chat {
  readonly id: number;
  readonly gameId: GameId;
  /** Who began it. */
  readonly creatorId: UserId;
  /** Whose chat it is, where it is a group's. */
  readonly groupId: number | null;
  /** Whose chat it is otherwise, by their numbers. */
  readonly userIds: readonly UserId[];
  /** The latest message. */
  readonly latestId: number;
}

/** That a chat is in a player's list. A group's is in none: who is in the group changes. */
export interface ChatPlace {
  readonly chatId: number;
  readonly userId: UserId;
}

export interface Message {
  readonly id: number;
  readonly chatId: number;
  readonly userId: UserId;
  readonly text: string;
  readonly createdAt: Instant;
  readonly readBy: readonly UserId[];
}

export const chats = defineCollection({
  key: (chat: Chat) => String(chat.id),
  unique: {
    group: (chat) => (chat.groupId === null ? undefined : [chat.groupId]),
    users: (chat) => (chat.groupId === null ? [toSet(chat.userIds)] : undefined),
  },
  orders: { game: (chat) => [chat.gameId, chat.id] },
});

export const chatPlaces = defineCollection({
  key: ({ chatId, userId }: ChatPlace) => `${chatId}/${userId}`,
  orders: { user: ({ userId, chatId }) => [userId, chatId] },
});

export const messages = defineCollection({
  key: (message: Message) => String(message.id),
  orders: { chat: (message) => [message.chatId, message.id] },
});

/** One text for the same players, in whatever order. */
export function toSet(userIds: readonly UserId[]): string {
  return [...new Set(userIds)].sort((one, other) => one - other).join();
}
