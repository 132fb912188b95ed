import { dropChat } from './chats/removal.ts';
import type { UserId } from './ids.ts';
import type { State } from './state.ts';

/** What a player has with others goes: friendships, rounds, places in groups and chats. */
export function dropCompany(state: State, userId: UserId): void {
  const within = [userId];
  for (const order of ['sent', 'received'] as const) {
    for (const { id } of [...state.friendships.list(order, { within })]) state.friendships.delete(String(id));
  }
  for (const { id } of [...state.gameRounds.list('user', { within })]) state.gameRounds.delete(String(id));
  for (const { id } of [...state.memberships.list('user', { within })]) state.memberships.delete(String(id));
  for (const { chatId } of [...state.chatPlaces.list('user', { within })]) {
    const chat = state.chats.find(String(chatId));
    if (chat) dropChat(state, chat);
  }
}
