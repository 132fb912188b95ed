import { renderInstant } from '../../core/values/clock.ts';
import {
  FixtureMistake,
  type FixtureContext,
  type FixtureFormat,
  type FixturePath,
} from '../../core/provider/fixture.ts';
import { assertUnheld, loadEach, Loading, toGiven } from '../../core/provider/loading.ts';
import { parseFaultField } from '../../core/provider/magic-subject.ts';
import { dumpChat, loadChats } from './chats/fixture.ts';
import { dropCompany } from './company.ts';
import { FAILURES } from './errors.ts';
import { dumpFriendship, loadFriendships } from './friendships/fixture.ts';
import { generate } from './generation.ts';
import { toEasternMonth } from './eastern.ts';
import { schema, type GameEntry, type Section, type StoreItemEntry, type UserEntry } from './fixture-schema.ts';
import { dumpGroup, loadGroups } from './groups/fixture.ts';
import { dumpKeys, loadKeys } from './keys/fixture.ts';
import { toExtraAttributes } from './parameters.ts';
import { parsePassword, renderPassword } from './passwords.ts';
import {
  NO_EXTRA_ATTRIBUTES,
  type Game,
  type GameId,
  type State,
  type StoreItem,
  type StoreItemId,
  type User,
  type UserId,
} from './state.ts';
import { getGameId } from './references.ts';
import { dumpGameRound, loadGameRounds } from './rounds/fixture.ts';
import { drawSalt, drawToken } from './tokens.ts';

export const fixture: FixtureFormat<State, Section> = {
  schema,
  generate,

  load(section, state, context) {
    const { games = [], store_items = [], users = [] } = section;
    claimIds({ games, users }, context);
    // All of them before the first is put, so that records may have exchanged what only one of them can have.
    for (const { id } of games) forgetVariables(id as GameId, state);
    for (const { id, game_id } of users) forgetUser(id as UserId, game_id, state);
    const loading = new Loading(state, context);
    loadEach(games, ['games'], (entry, at) => loadGame(entry, at, loading));
    loadEach(store_items, ['store_items'], (entry, at) => loadStoreItem(entry, at, loading));
    loadEach(users, ['users'], (entry, at) => loadUser(entry, at, loading));
    loadKeys(section, loading);
    loadFriendships(section.friendships, loading);
    loadGameRounds(section.game_rounds, loading);
    loadGroups(section.groups, loading);
    loadChats(section.chats, loading);
  },

  dump(state) {
    return {
      games: [...state.games.list('id')].map((game) => dumpGame(game, state)),
      store_items: [...state.storeItems.values()].sort(byId).map(dumpStoreItem),
      users: [...state.users.values()].sort(byId).map((user) => dumpUser(user, state)),
      ...dumpKeys(state),
      friendships: [...state.friendships.values()].sort(byId).map(dumpFriendship),
      game_rounds: [...state.gameRounds.values()].sort(byId).map(dumpGameRound),
      groups: [...state.groups.values()].sort(byId).map((group) => dumpGroup(group, state)),
      chats: [...state.chats.values()].sort(byId).map((chat) => dumpChat(chat, state)),
    };
  },
};

/** Of a game of another fixture that is replaced. */
function forgetVariables(gameId: GameId, { gameVariables }: State): void {
  for (const { id } of [...gameVariables.list('game', { within: [gameId] })]) gameVariables.delete(String(id));
}

/** A user of another fixture who is replaced, with all that is theirs. */
function forgetUser(userId: UserId, gameId: number, state: State): void {
  const { users, purchases, attributes, leaderboardEntries } = state;
  const within = [userId];
  // Who comes into another game knows nobody there.
  if (users.find(String(userId))?.gameId !== gameId) dropCompany(state, userId);
  for (const { id } of [...purchases.list('user', { within })]) purchases.delete(String(id));
  for (const { id } of [...attributes.list('user', { within })]) attributes.delete(String(id));
  for (const { id } of [...leaderboardEntries.list('user', { within })]) leaderboardEntries.delete(String(id));
  users.delete(String(userId));
}

/** Ids that are written keep those that are given from being the same. */
function claimIds({ games, users }: Required<Pick<Section, 'games' | 'users'>>, { ids }: FixtureContext): void {
  const claim = (kind: string, entries: readonly { readonly id?: number }[] = []): void => {
    for (const { id } of entries) if (id !== undefined) ids.claim(kind, id);
  };
  for (const { game_variables } of games) claim('game variable', game_variables);
  for (const { game_user_attributes, leaderboard_entries } of users) {
    claim('attribute', game_user_attributes);
    claim('leaderboard entry', leaderboard_entries);
  }
}

function loadGame(entry: GameEntry, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  loading.assertNew(`game ${entry.id}`, [...at, 'id']);
  context.ids.claim('game', entry.id);
  const gameId = entry.id as GameId;
  const { name, token, description = '', disabled = false, game_variables = [] } = entry;
  state.games.put({ id: gameId, name, token, description, disabled });
  loadEach(game_variables, [...at, 'game_variables'], ({ id, key, value }, place) => {
    loading.assertNew(`variable "${key}" of the game ${gameId}`, [...place, 'key']);
    assertFree(id, state.gameVariables, [...place, 'id']);
    state.gameVariables.put({ id: id ?? context.ids.next('game variable'), gameId, key, value });
  });
}

function assertFree(
  id: number | undefined,
  collection: { find(key: string): object | undefined },
  at: FixturePath,
): void {
  if (id !== undefined && collection.find(String(id))) throw new FixtureMistake(at, `The id ${id} is taken.`);
}

function loadStoreItem(entry: StoreItemEntry, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  loading.assertNew(`store item ${entry.id}`, [...at, 'id']);
  const gameId = getGameId(loading, entry.game_id, [...at, 'game_id']);
  const earlier = state.storeItems.find(String(entry.id));
  if (earlier && earlier.gameId !== gameId) {
    throw new FixtureMistake([...at, 'game_id'], `The store item ${entry.id} is one of the game ${earlier.gameId}.`);
  }
  context.ids.claim('store item', entry.id);
  const { name, cost, description = '', category = '', icon_url = null } = entry;
  state.storeItems.put({ id: entry.id as StoreItemId, gameId, name, cost, description, category, iconUrl: icon_url });
}

function loadUser(entry: UserEntry, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  loading.assertNew(`user ${entry.id}`, [...at, 'id']);
  const gameId = getGameId(loading, entry.game_id, [...at, 'game_id']);
  const identity = `gamefuse ${gameId} ${entry.email}`;
  const lastLogin = loading.parseInstant(entry.last_login, [...at, 'last_login']);
  const user: User = {
    id: entry.id as UserId,
    gameId,
    username: entry.username,
    email: entry.email,
    password: parsePassword(entry.password, drawSalt(context, `salt ${identity}`)),
    credits: entry.credits ?? 0,
    score: entry.score ?? 0,
    token: entry.authentication_token ?? drawToken(context, `token ${identity}`),
    lastLogin,
    numberOfLogins: entry.number_of_logins ?? 0,
    events: { total: entry.events_total ?? 0, month: entry.events_current_month ?? 0 },
    gameSessions: { total: entry.game_sessions_total ?? 0, month: entry.game_sessions_current_month ?? 0 },
    activeMonth: entry.active_month ?? toEasternMonth(lastLogin),
    fault: parseFaultField(entry.fault, at, { id: 'gamefuse', codes: FAILURES }),
  };
  // Those who sign up have the numbers behind the other users, however high those of magic subjects are.
  if (user.fault === undefined) context.ids.claim('user', user.id);
  assertOnly(state.users.findBy('username', gameId, user.username), [...at, 'username']);
  assertOnly(state.users.findBy('email', gameId, user.email), [...at, 'email']);
  assertOnly(state.users.findBy('token', user.token), [...at, 'authentication_token']);
  state.users.put(user);
  loadEach(entry.game_user_store_items, [...at, 'game_user_store_items'], (id, place) => {
    const item = state.storeItems.find(String(id));
    if (item?.gameId !== gameId) throw new FixtureMistake(place, `The game ${gameId} has no store item ${id}.`);
    loading.assertNew(`store item ${id} of the user ${user.id}`, place);
    state.purchases.put({ id: context.ids.next('purchase'), userId: user.id, storeItemId: item.id });
  });
  loadAttributes(entry, user, at, loading);
  loadEntries(entry, user, at, loading);
}

function loadAttributes(
  { game_user_attributes }: UserEntry,
  user: User,
  at: FixturePath,
  loading: Loading<State>,
): void {
  const { state, context } = loading;
  loadEach(game_user_attributes, [...at, 'game_user_attributes'], ({ id, key, value }, place) => {
    loading.assertNew(`attribute "${key}" of the user ${user.id}`, [...place, 'key']);
    assertFree(id, state.attributes, [...place, 'id']);
    state.attributes.put({ id: id ?? context.ids.next('attribute'), userId: user.id, key, value });
  });
}

function loadEntries({ leaderboard_entries }: UserEntry, user: User, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  loadEach(leaderboard_entries, [...at, 'leaderboard_entries'], (entry, place) => {
    const { id, leaderboard_name, score, extra_attributes = NO_EXTRA_ATTRIBUTES, created_at } = entry;
    assertFree(id, state.leaderboardEntries, [...place, 'id']);
    const extraAttributes = toExtraAttributes(extra_attributes);
    if (extraAttributes === undefined) {
      throw new FixtureMistake([...place, 'extra_attributes'], 'It must be the JSON text of an object.');
    }
    state.leaderboardEntries.put({
      id: id ?? context.ids.next('leaderboard entry'),
      gameId: user.gameId,
      userId: user.id,
      leaderboardName: leaderboard_name,
      score,
      extraAttributes,
      createdAt: loading.parseInstant(created_at, [...place, 'created_at']),
    });
  });
}

function assertOnly(holder: User | undefined, at: FixturePath): void {
  assertUnheld(holder && `user ${holder.id}`, at);
}

function byId(a: { readonly id: number }, b: { readonly id: number }): number {
  return a.id - b.id;
}

function dumpGame({ id, name, token, description, disabled }: Game, state: State): GameEntry {
  const variables = [...state.gameVariables.list('game', { within: [id] })];
  const game_variables = variables.map((variable) => ({
    id: variable.id,
    key: variable.key,
    value: variable.value,
  }));
  return { id, name, token, description, disabled, game_variables };
}

function dumpStoreItem({ id, gameId, name, cost, description, category, iconUrl }: StoreItem): StoreItemEntry {
  return { id, game_id: gameId, name, cost, description, category, icon_url: iconUrl };
}

function dumpUser(user: User, state: State): UserEntry {
  const within = [user.id];
  return {
    id: user.id,
    game_id: user.gameId,
    username: user.username,
    email: user.email,
    password: renderPassword(user.password),
    credits: user.credits,
    score: user.score,
    authentication_token: user.token,
    last_login: renderInstant(user.lastLogin),
    number_of_logins: user.numberOfLogins,
    events_total: user.events.total,
    events_current_month: user.events.month,
    game_sessions_total: user.gameSessions.total,
    game_sessions_current_month: user.gameSessions.month,
    active_month: user.activeMonth,
    game_user_store_items: [...state.purchases.list('user', { within })].map(({ storeItemId }) => storeItemId),
    game_user_attributes: [...state.attributes.list('user', { within })].map(({ id, key, value }) => ({
      id,
      key,
      value,
    })),
    leaderboard_entries: [...state.leaderboardEntries.list('user', { within })].map((entry) => ({
      id: entry.id,
      leaderboard_name: entry.leaderboardName,
      score: entry.score,
      extra_attributes: entry.extraAttributes,
      created_at: renderInstant(entry.createdAt),
    })),
    ...toGiven({ fault: user.fault }),
  };
}
