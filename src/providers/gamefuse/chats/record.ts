import { instant, list, listOf, text, type RecordOf } from '../../../core/provider/fields.ts';
import { defineCollection } from '../../../core/store/collection.ts';
import { id, type GameId, type UserId } from '../ids.ts';

const messageFields = {
  id: id(),
  user_id: id<UserId>(),
  text: text(),
  created_at: instant(),
  read_by: listOf(id<UserId>()).or([]),
};

export interface Message extends RecordOf<typeof messageFields> {
  readonly chatId: number;
}

export const chatFields = {
  id: id(),
  creator_id: id<UserId>().describe('The player who started it.'),
  group_id: id().orNull().describe('The group that the chat belongs to. Without one, user_ids is needed.'),
  user_ids: listOf(id<UserId>()).or([]).describe('The players in the chat, including the creator.'),
  messages: list(messageFields).with({ minItems: 1 }),
};

/** A chat of a set of players, or of a group. */
export interface Chat extends Omit<RecordOf<typeof chatFields>, 'messages'> {
  readonly gameId: GameId;
  /** The id of the latest message. */
  readonly latestId: number;
}

/** A chat in a player's list. A group's chat is in no list, because the members of the group change. */
export interface ChatPlace {
  readonly chatId: number;
  readonly userId: UserId;
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

/** Makes the same text for the same players in any order. */
export function toSet(userIds: readonly UserId[]): string {
  return [...new Set(userIds)].sort((one, other) => one - other).join();
}
