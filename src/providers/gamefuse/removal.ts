import type { Chat } from './chats/record.ts';
import type { Group } from './groups/record.ts';
import type { UserId } from './ids.ts';
import { toSwitchKey } from './keys/record.ts';
import type { Game, State } from './state.ts';

interface Deletable<O extends string> {
  list(order: O, options: { readonly within: readonly number[] }): Iterable<{ readonly id: number }>;
  delete(key: string): void;
}

/** Deletes the records that an order lists under an id. */
export function dropEach<O extends string>(records: Deletable<O>, order: O, id: number): void {
  for (const one of [...records.list(order, { within: [id] })]) records.delete(String(one.id));
}

export function dropChat(state: State, chat: Chat): void {
  dropEach(state.messages, 'chat', chat.id);
  for (const userId of chat.userIds) state.chatPlaces.delete(`${chat.id}/${userId}`);
  state.chats.delete(String(chat.id));
}

/** Deletes a group with its members, its attributes and its chat. */
export function dropGroup(state: State, { id }: Group): void {
  dropGroupParts(state, id);
  const chat = state.chats.findBy('group', id);
  if (chat) dropChat(state, chat);
  state.groups.delete(String(id));
}

export function dropGroupParts(state: State, groupId: number): void {
  dropEach(state.memberships, 'group', groupId);
  dropEach(state.groupAttributes, 'group', groupId);
}

/** Deletes what a player shares with others: friendships, rounds, places in groups and chats. */
export function dropCompany(state: State, userId: UserId): void {
  dropEach(state.friendships, 'sent', userId);
  dropEach(state.friendships, 'received', userId);
  dropEach(state.gameRounds, 'user', userId);
  dropEach(state.memberships, 'user', userId);
  for (const { chatId } of [...state.chatPlaces.list('user', { within: [userId] })]) {
    const chat = state.chats.find(String(chatId));
    if (chat) dropChat(state, chat);
  }
}

/** Deletes a user with its belongings, but not what it shares with others. */
export function dropUser(state: State, userId: UserId): void {
  dropEach(state.purchases, 'user', userId);
  dropEach(state.attributes, 'user', userId);
  dropEach(state.leaderboardEntries, 'user', userId);
  state.users.delete(String(userId));
}

/** Deletes a game with everything in it. */
export function dropGame(state: State, { id }: Game): void {
  const within = [id];
  for (const group of [...state.groups.list('game', { within })]) dropGroup(state, group);
  for (const chat of [...state.chats.list('game', { within })]) dropChat(state, chat);
  dropEach(state.gameVariables, 'game', id);
  dropEach(state.storeItems, 'game', id);
  for (const user of [...state.users.list('game', { within })]) {
    dropCompany(state, user.id);
    dropUser(state, user.id);
  }
  for (const { gameId, token } of [...state.serviceKeys.values()]) {
    if (gameId === id) state.serviceKeys.delete(token);
  }
  for (const { gameId, route } of [...state.routeSwitches.values()]) {
    if (gameId === id) state.routeSwitches.delete(toSwitchKey(gameId, route));
  }
  state.games.delete(String(id));
}
