import { renderInstant } from '../../../core/values/clock.ts';
import { instant, orNull, text, toListSchema } from '../../../core/values/json-schema.ts';
import { FixtureMistake, type FixturePath } from '../../../core/provider/fixture.ts';
import { getReferred, loadEach, type Loading } from '../../../core/provider/loading.ts';
import type { GameId, UserId } from '../ids.ts';
import { getPlayer, reference } from '../references.ts';
import type { State } from '../state.ts';
import { toSet, type Chat, type Message } from './record.ts';
import { dropChat } from './removal.ts';

export interface ChatEntry {
  readonly id: number;
  readonly creator_id: number;
  readonly group_id?: number | null;
  readonly user_ids?: readonly number[];
  readonly messages: readonly MessageEntry[];
}

interface MessageEntry {
  readonly id: number;
  readonly user_id: number;
  readonly text: string;
  readonly created_at?: string;
  readonly read_by?: readonly number[];
}

const players = { type: 'array', items: reference };

export const chatSchema = toListSchema(['id', 'creator_id', 'messages'], {
  id: reference,
  creator_id: { ...reference, description: 'The player who began it.' },
  group_id: { ...orNull(reference), description: 'The group whose chat it is. Otherwise say user_ids.' },
  user_ids: { ...players, description: 'The players whose chat it is, the creator too.' },
  messages: {
    ...toListSchema(['id', 'user_id', 'text'], {
      id: reference,
      user_id: reference,
      text,
      created_at: instant,
      read_by: players,
    }),
    minItems: 1,
  },
});

export function loadChats(entries: readonly ChatEntry[] | undefined, loading: Loading<State>): void {
  const { state } = loading;
  // All of them before the first is put, so that chats may have exchanged whose they are.
  for (const { id } of entries ?? []) {
    const earlier = state.chats.find(String(id));
    if (earlier) dropChat(state, earlier);
  }
  loadEach(entries, ['chats'], (entry, at) => {
    loading.assertNew(`chat ${entry.id}`, [...at, 'id']);
    loadChat(entry, at, loading);
  });
}

function loadChat(entry: ChatEntry, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  context.ids.claim('chat', entry.id);
  const { id: creatorId, gameId } = getPlayer(loading, entry.creator_id, [...at, 'creator_id']);
  const groupId = entry.group_id ?? null;
  const userIds = getPlayers(loading, entry.user_ids ?? [], gameId, [...at, 'user_ids']);
  if (groupId === null) assertPlayers(state, userIds, creatorId, [...at, 'user_ids']);
  else assertGroup(state, groupId, gameId, userIds, at);
  const messages = entry.messages.map((message, index): Message => {
    const place = [...at, 'messages', index];
    if (state.messages.find(String(message.id))) {
      throw new FixtureMistake([...place, 'id'], `The id ${message.id} is taken.`);
    }
    context.ids.claim('message', message.id);
    return {
      id: message.id,
      chatId: entry.id,
      userId: getPlayer(loading, message.user_id, [...place, 'user_id'], gameId).id,
      text: message.text,
      createdAt: loading.parseInstant(message.created_at, [...place, 'created_at']),
      readBy: getPlayers(loading, message.read_by ?? [], gameId, [...place, 'read_by']),
    };
  });
  for (const [index, message] of messages.entries()) {
    loading.assertNew(`message ${message.id}`, [...at, 'messages', index, 'id']);
    state.messages.put(message);
  }
  const latestId = Math.max(...messages.map(({ id }) => id));
  state.chats.put({ id: entry.id, gameId, creatorId, groupId, userIds, latestId });
  for (const userId of userIds) state.chatPlaces.put({ chatId: entry.id, userId });
}

function getPlayers(
  loading: Loading<State>,
  ids: readonly number[],
  gameId: GameId,
  at: FixturePath,
): readonly UserId[] {
  return ids.map((id, index) => getPlayer(loading, id, [...at, index], gameId).id);
}

function assertPlayers({ chats }: State, userIds: readonly UserId[], creatorId: UserId, at: FixturePath): void {
  if (!userIds.includes(creatorId)) throw new FixtureMistake(at, 'The creator must be one of them.');
  const known = chats.findBy('users', toSet(userIds));
  if (known) throw new FixtureMistake(at, `The chat ${known.id} is of the same players.`);
}

function assertGroup(
  { groups, chats }: State,
  groupId: number,
  gameId: GameId,
  userIds: readonly UserId[],
  at: FixturePath,
): void {
  if (userIds.length > 0) throw new FixtureMistake([...at, 'user_ids'], "A group's chat is of its members.");
  const group = getReferred(groups.find(String(groupId)), `group ${groupId}`, [...at, 'group_id']);
  if (group.gameId !== gameId) throw new FixtureMistake([...at, 'group_id'], `It is one of the game ${group.gameId}.`);
  const known = chats.findBy('group', groupId);
  if (known) throw new FixtureMistake([...at, 'group_id'], `The chat ${known.id} is of the same group.`);
}

export function dumpChat(chat: Chat, state: State): ChatEntry {
  return {
    id: chat.id,
    creator_id: chat.creatorId,
    group_id: chat.groupId,
    user_ids: chat.userIds,
    messages: [...state.messages.list('chat', { within: [chat.id] })].map((message) => ({
      id: message.id,
      user_id: message.userId,
      text: message.text,
      created_at: renderInstant(message.createdAt),
      read_by: message.readBy,
    })),
  };
}
