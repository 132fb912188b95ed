import { renderInstant } from '../../core/values/clock.ts';
import { renderEasternDate, renderEasternTime } from './eastern.ts';
import { isNew } from './cards.ts';
import { listDirectChats, listGroupChats } from './chats/present.ts';
import { listFriendsOf, listIncoming, listOutgoing } from './friendships/present.ts';
import { listConnections, listGroupsOf, presentFullGroup, presentGroup } from './groups/present.ts';
import { parseJsonText } from './parameters.ts';
import { listRecentRounds } from './rounds/present.ts';
import {
  NO_EXTRA_ATTRIBUTES,
  type Attribute,
  type Game,
  type GameVariable,
  type LeaderboardEntry,
  type State,
  type StoreItem,
  type User,
} from './state.ts';
import type { Options } from './options.ts';
import type { components } from '../../generated/gamefuse.ts';
import { toVersion } from './versions.ts';

type Schemas = components['schemas'];

/**
 * FIDELITY: these keys in this order (vendor docs, "using credits"). `last_login` is a bare date, except in
 * the response to a sign-up (REST docs, v2, checked against the live service), like a date column that is
 * read back. ASSUMED: it is a bare date in every other response, too.
 */
export function presentUser(user: User, basePath: string): Schemas['User'] {
  return {
    id: user.id,
    username: user.username,
    // FIDELITY: the real address in v3 (client tests; REST docs, v3).
    email: isV3(basePath) ? user.email : `_appid_${user.gameId}_${user.email}`,
    display_email: user.email,
    credits: user.credits,
    score: user.score,
    // FIDELITY: v3 has it (client tests; REST docs, v3).
    ...(isV3(basePath) ? { is_new_user: isNew(user) } : undefined),
    last_login: renderEasternDate(user.lastLogin),
    number_of_logins: user.numberOfLogins,
    authentication_token: user.token,
    events_total: user.events.total,
    events_current_month: user.events.month,
    game_sessions_total: user.gameSessions.total,
    game_sessions_current_month: user.gameSessions.month,
  };
}

/** FIDELITY: `last_login` has the full time and its offset (REST docs, v2, checked against the live service). */
export function presentNewUser(user: User, basePath: string): Schemas['User'] {
  return { ...presentUser(user, basePath), last_login: renderEasternTime(user.lastLogin) };
}

/** FIDELITY: in v3 a sign-in returns everything about the user, which its clients read (REST docs, v3; JavaScript client, v3). */
export function presentSession(user: User, state: State, basePath: string): Schemas['Session'] {
  const session = presentUser(user, basePath);
  if (!isV3(basePath)) return session;
  return {
    ...session,
    ...presentAttributes(state, user),
    game_user_store_items: listOwnedItems(state, user).map(presentStoreItem),
    ...presentCompany(state, user),
  };
}

/** FIDELITY: these nine lists, which the client reads (REST docs, v3; JavaScript client, v3). */
function presentCompany(state: State, user: User): Company {
  return {
    friends: listFriendsOf(state, user.id),
    outgoing_friend_requests: listOutgoing(state, user.id),
    incoming_friend_requests: listIncoming(state, user.id),
    groups: listGroupsOf(state, user).map((group) => presentFullGroup(state, group, user)),
    group_join_requests: listConnections(state, user, 'requested'),
    group_invites: listConnections(state, user, 'invited'),
    direct_chats: listDirectChats(state, user, 1),
    group_chats: listGroupChats(state, user, 1),
    game_rounds: listRecentRounds(state, user.id),
  };
}

type Company = Required<
  Pick<
    Schemas['Profile'],
    | 'friends'
    | 'outgoing_friend_requests'
    | 'incoming_friend_requests'
    | 'groups'
    | 'group_join_requests'
    | 'group_invites'
    | 'direct_chats'
    | 'group_chats'
    | 'game_rounds'
  >
>;

/**
 * FIDELITY: these keys, and no token (REST docs, v3). ASSUMED: for other players, only the lists that the docs show to
 * everyone; one client needs the rounds (JavaScript client, v3).
 */
export function presentProfile(state: State, user: User): Schemas['Profile'] {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    credits: user.credits,
    score: user.score,
    is_new_user: isNew(user),
    last_login: renderEasternDate(user.lastLogin),
    number_of_logins: user.numberOfLogins,
    friends: listFriendsOf(state, user.id),
    groups: listGroupsOf(state, user).map((group) => presentGroup(state, group)),
    game_rounds: listRecentRounds(state, user.id),
  };
}

/** FIDELITY: with all lists of a sign-in (JavaScript client, v3). */
export function presentOwnProfile(state: State, user: User): Schemas['Profile'] {
  return { ...presentProfile(state, user), ...presentCompany(state, user) };
}

export function presentGame({ id, name, token, description }: Game, state: State): Schemas['Game'] {
  const variables = [...state.gameVariables.list('game', { within: [id] })];
  return { id, name, token, description, game_variables: variables.map(presentVariable) };
}

export function presentVariable({ id, key, value }: GameVariable): Schemas['GameVariable'] {
  return { id, key, value };
}

export function presentStoreItem(item: StoreItem): Schemas['StoreItem'] {
  const { id, name, cost, description, category, iconUrl } = item;
  return { id, name, cost, description, category, icon_url: iconUrl };
}

/** FIDELITY: this name, and the ids of the items (clients; the samples had `store_items`, which was corrected later). */
export function presentStore(state: State, user: User): Schemas['StoreAnswer'] {
  return { credits: user.credits, game_user_store_items: listOwnedItems(state, user).map(presentStoreItem) };
}

function listOwnedItems(state: State, { id }: User): readonly StoreItem[] {
  return [...state.purchases.list('user', { within: [id] })].flatMap(
    ({ storeItemId }) => state.storeItems.find(String(storeItemId)) ?? [],
  );
}

export function presentAttributes(state: State, { id }: User): Schemas['Attributes'] {
  return { game_user_attributes: [...state.attributes.list('user', { within: [id] })].map(presentAttribute) };
}

function presentAttribute({ id, key, value }: Attribute): Schemas['Attribute'] {
  return { id, key, value };
}

/**
 * FIDELITY: v2 has `extra_attributes`, a JSON text (REST docs, v2); v3 has `metadata`, a compact JSON text, which its
 * newer clients parse (C++ and C# clients, v3, and their tests; the REST docs print an object).
 */
export function presentEntry(
  entry: LeaderboardEntry,
  user: User,
  basePath: string,
  options: Pick<Options, 'extraAttributes'>,
): Schemas['LeaderboardEntry'] {
  const { score, leaderboardName, userId, extraAttributes, createdAt } = entry;
  const isAlso = isV3(basePath) && options.extraAttributes === 'also';
  return {
    username: user.username,
    score,
    leaderboard_name: leaderboardName,
    game_user_id: userId,
    ...(isV3(basePath) ? { metadata: toCompact(extraAttributes) } : { extra_attributes: extraAttributes }),
    ...(isAlso ? { extra_attributes: toCompact(extraAttributes) } : undefined),
    created_at: renderInstant(createdAt),
  };
}

function toCompact(extraAttributes: string): string {
  return extraAttributes === NO_EXTRA_ATTRIBUTES ? extraAttributes : JSON.stringify(parseJsonText(extraAttributes));
}

function isV3(basePath: string): boolean {
  return toVersion(basePath) === 'v3';
}
