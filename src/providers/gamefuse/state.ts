import {
  anyText,
  credential,
  fault,
  field,
  flag,
  instant,
  integer,
  list,
  listOf,
  text,
  type RecordOf,
} from '../../core/provider/fields.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';
import { chats, chatPlaces, messages } from './chats/record.ts';
import { FAILURES } from './errors.ts';
import { friendships } from './friendships/record.ts';
import { groupAttributes, groups, memberships } from './groups/record.ts';
import { id, type GameId, type StoreItemId, type UserId } from './ids.ts';
import { routeSwitches, serviceKeys } from './keys/record.ts';
import type { Password } from './passwords.ts';
import { gameRounds } from './rounds/record.ts';

/** The range of a 32-bit column. */
export const SMALLEST = -(2 ** 31);
export const LARGEST = 2 ** 31 - 1;

export type { GameId, StoreItemId, UserId } from './ids.ts';

const pairFields = { id: id().derived(), key: text(), value: anyText() };

export const gameFields = {
  id: id<GameId>(),
  name: text(),
  token: text().describe('What clients send as game_token.'),
  description: anyText().or(''),
  disabled: flag().or(false).describe('No user can sign up or sign in.'),
  game_variables: list(pairFields).or([]),
};

/** A developer's game. Only the dashboard makes games. */
export type Game = Omit<RecordOf<typeof gameFields>, 'gameVariables'>;

export interface GameVariable extends RecordOf<typeof pairFields> {
  readonly gameId: GameId;
}

export const storeItemFields = {
  id: id<StoreItemId>(),
  game_id: id<GameId>(),
  name: text(),
  cost: integer({ minimum: 0, maximum: LARGEST }).describe('Credits.'),
  description: anyText().or(''),
  category: anyText().or(''),
  icon_url: field<string | null>({ schema: { type: ['string', 'null'] } }).or(null),
};

export type StoreItem = RecordOf<typeof storeItemFields>;

export const NO_EXTRA_ATTRIBUTES = '{}';

const entryFields = {
  id: id().derived(),
  leaderboard_name: text(),
  score: integer({ minimum: SMALLEST, maximum: LARGEST }),
  extra_attributes: anyText().or(NO_EXTRA_ATTRIBUTES).describe('JSON text of an object.'),
  created_at: instant(),
};

/** An entry of a leaderboard. `extraAttributes` is `NO_EXTRA_ATTRIBUTES` for every object without keys. */
export interface LeaderboardEntry extends RecordOf<typeof entryFields> {
  readonly gameId: GameId;
  readonly userId: UserId;
}

const whole = integer({ minimum: SMALLEST, maximum: LARGEST }).or(0);
const count = integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }).or(0);

export const userFields = {
  id: id<UserId>(),
  game_id: id<GameId>(),
  username: text(),
  email: text().describe('The real address, which the user signs in with.'),
  password: text().describe('Plain text, or the hash from a saved state.'),
  credits: whole,
  score: whole,
  authentication_token: credential()
    .derived()
    .as('token')
    .describe('Valid until the user signs in. Random if left out.'),
  last_login: instant(),
  number_of_logins: count,
  events_total: count,
  events_current_month: count,
  game_sessions_total: count,
  game_sessions_current_month: count,
  active_month: text({ pattern: '^[0-9]{4}-[0-9]{2}$' })
    .derived()
    .describe('The month of the current_month counts. Default: the month of last_login.'),
  game_user_store_items: listOf(id<StoreItemId>()).or([]).describe('Ids of the store items that the user owns.'),
  game_user_attributes: list(pairFields).or([]),
  leaderboard_entries: list(entryFields).or([]),
  fault: fault({ id: 'gamefuse', codes: FAILURES }),
};

/** The number of times that something happened: in total, and in the user's active month. */
export interface Tally {
  readonly total: number;
  readonly month: number;
}

type UserRecord = RecordOf<typeof userFields>;

/** A player of one game, with its credits. */
export interface User extends Pick<
  UserRecord,
  | 'id'
  | 'gameId'
  | 'username'
  | 'email'
  | 'credits'
  | 'score'
  | 'token'
  | 'lastLogin'
  | 'numberOfLogins'
  | 'activeMonth'
  | 'fault'
> {
  readonly password: Password;
  readonly events: Tally;
  readonly gameSessions: Tally;
}

/** An item that a user owns. */
export interface Purchase {
  readonly id: number;
  readonly userId: UserId;
  readonly storeItemId: StoreItemId;
}

export interface Attribute extends RecordOf<typeof pairFields> {
  readonly userId: UserId;
}

export const collections = {
  games: defineCollection({
    key: (game: Game) => String(game.id),
    orders: { id: (game) => [game.id] },
  }),
  gameVariables: defineCollection({
    key: (variable: GameVariable) => String(variable.id),
    unique: { key: (variable) => [variable.gameId, variable.key] },
    orders: { game: (variable) => [variable.gameId, variable.id] },
  }),
  storeItems: defineCollection({
    key: (item: StoreItem) => String(item.id),
    orders: { game: (item) => [item.gameId, item.id] },
  }),
  users: defineCollection({
    key: (user: User) => String(user.id),
    // FIDELITY: an e-mail is unique only in its game, hence its `_appid_` form (REST docs, v2).
    unique: {
      token: (user) => [user.token],
      email: (user) => [user.gameId, user.email],
      username: (user) => [user.gameId, user.username],
      fault: (user) => (user.fault === undefined ? undefined : [String(user.id)]),
    },
    orders: { game: (user) => [user.gameId, user.id] },
    balances: [
      {
        field: 'credits',
        unit: 'credits',
        tenant: (user) => String(user.gameId),
        account: (user) => String(user.id),
      },
    ],
  }),
  purchases: defineCollection({
    key: (purchase: Purchase) => String(purchase.id),
    unique: { item: (purchase) => [purchase.userId, purchase.storeItemId] },
    orders: { user: (purchase) => [purchase.userId, purchase.id] },
  }),
  attributes: defineCollection({
    key: (attribute: Attribute) => String(attribute.id),
    unique: { key: (attribute) => [attribute.userId, attribute.key] },
    orders: { user: (attribute) => [attribute.userId, attribute.id] },
  }),
  leaderboardEntries: defineCollection({
    key: (entry: LeaderboardEntry) => String(entry.id),
    // FIDELITY: the best score is first (client tests). ASSUMED: equal scores are sorted by age, oldest first.
    orders: {
      board: (entry) => [entry.gameId, entry.leaderboardName, -entry.score, entry.id],
      user: (entry) => [entry.userId, -entry.score, entry.id],
    },
  }),
  serviceKeys,
  routeSwitches,
  friendships,
  gameRounds,
  groups,
  memberships,
  groupAttributes,
  chats,
  chatPlaces,
  messages,
};

export type State = StateOf<typeof collections>;
