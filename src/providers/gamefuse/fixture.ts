import { defineFixture, defineList } from '../../core/provider/fixture-list.ts';
import { FixtureMistake } from '../../core/provider/fixture.ts';
import { assertOnly, loadEach, type Loading } from '../../core/provider/loading.ts';
import { chats } from './chats/fixture.ts';
import { toEasternMonth } from './eastern.ts';
import { friendships } from './friendships/fixture.ts';
import { generate } from './generation.ts';
import { groups } from './groups/fixture.ts';
import { routeSwitches, serviceKeys } from './keys/fixture.ts';
import { toExtraAttributes } from './parameters.ts';
import { parsePassword, renderPassword } from './passwords.ts';
import { assertFree, getGameId, sortById } from './references.ts';
import { dropCompany, dropEach, dropUser } from './removal.ts';
import { gameRounds } from './rounds/fixture.ts';
import { gameFields, storeItemFields, userFields, type GameId, type State, type User, type UserId } from './state.ts';
import { drawSalt, drawToken } from './tokens.ts';

const games = defineList({
  fields: gameFields,
  // Runs before the first game is put, because two games may have swapped the ids of variables.
  begin(entries, loading) {
    for (const { id, game_variables } of entries) {
      claimIds(loading, 'game variable', game_variables);
      dropEach(loading.state.gameVariables, 'game', id);
    }
  },
  load({ gameVariables, ...game }, at, loading) {
    const { state, context } = loading;
    loading.assertNew(`game ${game.id}`, [...at, 'id']);
    context.ids.claim('game', game.id);
    state.games.put(game);
    loadEach(gameVariables, [...at, 'game_variables'], ({ id, key, value }, place) => {
      loading.assertNew(`variable "${key}" of the game ${game.id}`, [...place, 'key']);
      assertFree(id, state.gameVariables, [...place, 'id']);
      state.gameVariables.put({ id: id ?? context.ids.next('game variable'), gameId: game.id, key, value });
    });
  },
  dump: (state: State) =>
    Array.from(state.games.list('id'), (game) => ({
      ...game,
      gameVariables: [...state.gameVariables.list('game', { within: [game.id] })],
    })),
});

const storeItems = defineList({
  fields: storeItemFields,
  load(item, at, loading) {
    const { state, context } = loading;
    loading.assertNew(`store item ${item.id}`, [...at, 'id']);
    getGameId(loading, item.gameId, [...at, 'game_id']);
    const earlier = state.storeItems.find(String(item.id));
    if (earlier && earlier.gameId !== item.gameId) {
      throw new FixtureMistake([...at, 'game_id'], `The store item ${item.id} belongs to the game ${earlier.gameId}.`);
    }
    context.ids.claim('store item', item.id);
    state.storeItems.put(item);
  },
  dump: (state: State) => sortById(state.storeItems.values()),
});

const users = defineList({
  fields: userFields,
  // Runs before the first user is put, because two users may have swapped values that must be unique.
  begin(entries, loading) {
    for (const { id, game_id, game_user_attributes, leaderboard_entries } of entries) {
      claimIds(loading, 'attribute', game_user_attributes);
      claimIds(loading, 'leaderboard entry', leaderboard_entries);
      forgetUser(id as UserId, game_id as GameId, loading.state);
    }
  },
  load(entry, at, loading) {
    const { state, context } = loading;
    const { id: userId, gameId, username, email, credits, score, lastLogin, numberOfLogins, fault } = entry;
    loading.assertNew(`user ${userId}`, [...at, 'id']);
    getGameId(loading, gameId, [...at, 'game_id']);
    const identity = `gamefuse ${gameId} ${email}`;
    const user: User = {
      id: userId,
      gameId,
      username,
      email,
      password: parsePassword(entry.password, drawSalt(context, `salt ${identity}`)),
      credits,
      score,
      token: entry.token ?? drawToken(context, `token ${identity}`),
      lastLogin,
      numberOfLogins,
      events: { total: entry.eventsTotal, month: entry.eventsCurrentMonth },
      gameSessions: { total: entry.gameSessionsTotal, month: entry.gameSessionsCurrentMonth },
      activeMonth: entry.activeMonth ?? toEasternMonth(lastLogin),
      fault,
    };
    // Users who sign up get ids after those of ordinary users, however high the ids of magic subjects are.
    if (fault === undefined) context.ids.claim('user', userId);
    assertOnly(state.users.findBy('username', gameId, username), user, toUserName, [...at, 'username']);
    assertOnly(state.users.findBy('email', gameId, email), user, toUserName, [...at, 'email']);
    assertOnly(state.users.findBy('token', user.token), user, toUserName, [...at, 'authentication_token']);
    state.users.put(user);
    loadEach(entry.gameUserStoreItems, [...at, 'game_user_store_items'], (id, place) => {
      const item = state.storeItems.find(String(id));
      if (item?.gameId !== gameId) throw new FixtureMistake(place, `The game ${gameId} has no store item ${id}.`);
      loading.assertNew(`store item ${id} of the user ${userId}`, place);
      state.purchases.put({ id: context.ids.next('purchase'), userId, storeItemId: id });
    });
    loadEach(entry.gameUserAttributes, [...at, 'game_user_attributes'], ({ id, key, value }, place) => {
      loading.assertNew(`attribute "${key}" of the user ${userId}`, [...place, 'key']);
      assertFree(id, state.attributes, [...place, 'id']);
      state.attributes.put({ id: id ?? context.ids.next('attribute'), userId, key, value });
    });
    loadEach(entry.leaderboardEntries, [...at, 'leaderboard_entries'], ({ id: written, ...one }, place) => {
      assertFree(written, state.leaderboardEntries, [...place, 'id']);
      const extraAttributes = toExtraAttributes(one.extraAttributes);
      if (extraAttributes === undefined) {
        throw new FixtureMistake([...place, 'extra_attributes'], 'It must be the JSON text of an object.');
      }
      const id = written ?? context.ids.next('leaderboard entry');
      state.leaderboardEntries.put({ id, gameId, userId, ...one, extraAttributes });
    });
  },
  dump: (state: State) =>
    sortById(state.users.values()).map((user) => {
      const within = [user.id];
      return {
        ...user,
        password: renderPassword(user.password),
        eventsTotal: user.events.total,
        eventsCurrentMonth: user.events.month,
        gameSessionsTotal: user.gameSessions.total,
        gameSessionsCurrentMonth: user.gameSessions.month,
        gameUserStoreItems: Array.from(state.purchases.list('user', { within }), ({ storeItemId }) => storeItemId),
        gameUserAttributes: [...state.attributes.list('user', { within })],
        leaderboardEntries: [...state.leaderboardEntries.list('user', { within })],
      };
    }),
});

export const fixture = defineFixture({
  lists: {
    games,
    store_items: storeItems,
    users,
    service_keys: serviceKeys,
    route_switches: routeSwitches,
    friendships,
    game_rounds: gameRounds,
    groups,
    chats,
  },
  generate,
});

/** Claims the ids in the fixture, so that no record without an id gets one of them. */
function claimIds(
  { context }: Loading<State>,
  kind: string,
  entries: readonly { readonly id?: number | undefined }[] = [],
): void {
  for (const { id } of entries) if (id !== undefined) context.ids.claim(kind, id);
}

/** Deletes an earlier user with this id. A user who moves to another game also loses friends, rounds, groups and chats. */
function forgetUser(userId: UserId, gameId: GameId, state: State): void {
  if (state.users.find(String(userId))?.gameId !== gameId) dropCompany(state, userId);
  dropUser(state, userId);
}

function toUserName({ id }: User): string {
  return `user ${id}`;
}
