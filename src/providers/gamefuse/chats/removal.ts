import type { State } from '../state.ts';
import type { Chat } from './record.ts';

export function dropChat(state: State, chat: Chat): void {
  for (const { id } of [...state.messages.list('chat', { within: [chat.id] })]) state.messages.delete(String(id));
  for (const userId of chat.userIds) state.chatPlaces.delete(`${chat.id}/${userId}`);
  state.chats.delete(String(chat.id));
}
