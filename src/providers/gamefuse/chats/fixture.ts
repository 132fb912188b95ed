import { defineList } from '../../../core/provider/fixture-list.ts';
import { FixtureMistake, type FixturePath } from '../../../core/provider/fixture.ts';
import { getReferred, loadEach } from '../../../core/provider/loading.ts';
import { dropChat } from '../removal.ts';
import { assertFree, getPlayer, sortById } from '../references.ts';
import type { State } from '../state.ts';
import { chatFields, toSet, type Chat } from './record.ts';

export const chats = defineList({
  fields: chatFields,
  // Before the first is put, because chats may have exchanged their groups or players.
  begin(entries, { state }) {
    for (const { id } of entries) {
      const earlier = state.chats.find(String(id));
      if (earlier) dropChat(state, earlier);
    }
  },
  load({ id: chatId, messages, ...entry }, at, loading) {
    const { state, context } = loading;
    const { userIds, groupId } = entry;
    loading.assertNew(`chat ${chatId}`, [...at, 'id']);
    context.ids.claim('chat', chatId);
    const { gameId } = getPlayer(loading, entry.creatorId, [...at, 'creator_id']);
    const assertPlayers = (ids: readonly number[], place: FixturePath): void => {
      for (const [index, id] of ids.entries()) getPlayer(loading, id, [...place, index], gameId);
    };
    assertPlayers(userIds, [...at, 'user_ids']);
    const chat: Chat = { id: chatId, gameId, ...entry, latestId: Math.max(...messages.map(({ id }) => id)) };
    if (groupId === null) assertOwnPlayers(state, chat, [...at, 'user_ids']);
    else assertGroup(state, groupId, chat, at);
    loadEach(messages, [...at, 'messages'], ({ id, ...message }, place) => {
      assertFree(id, state.messages, [...place, 'id']);
      context.ids.claim('message', id);
      getPlayer(loading, message.userId, [...place, 'user_id'], gameId);
      assertPlayers(message.readBy, [...place, 'read_by']);
      state.messages.put({ id, chatId, ...message });
    });
    state.chats.put(chat);
    for (const userId of userIds) state.chatPlaces.put({ chatId, userId });
  },
  dump: (state: State) =>
    sortById(state.chats.values()).map((chat) => ({
      ...chat,
      messages: [...state.messages.list('chat', { within: [chat.id] })],
    })),
});

function assertOwnPlayers({ chats: known }: State, { userIds, creatorId }: Chat, at: FixturePath): void {
  if (!userIds.includes(creatorId)) throw new FixtureMistake(at, 'The creator must be one of the players.');
  const same = known.findBy('users', toSet(userIds));
  if (same) throw new FixtureMistake(at, `The chat ${same.id} has the same players.`);
}

function assertGroup(state: State, groupId: number, { gameId, userIds }: Chat, at: FixturePath): void {
  if (userIds.length > 0)
    throw new FixtureMistake([...at, 'user_ids'], "A group's chat has the group's members. Remove user_ids.");
  const group = getReferred(state.groups.find(String(groupId)), `group ${groupId}`, [...at, 'group_id']);
  if (group.gameId !== gameId)
    throw new FixtureMistake([...at, 'group_id'], `The group belongs to the game ${group.gameId}.`);
  const same = state.chats.findBy('group', groupId);
  if (same) throw new FixtureMistake([...at, 'group_id'], `The chat ${same.id} belongs to the same group.`);
}
