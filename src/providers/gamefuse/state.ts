import type { Instant } from '../../core/values/clock.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';
import { chats, chatPlaces, messages } from './chats/record.ts';
import { friendships } from './friendships/record.ts';
import { groupAttributes, groups, memberships } from './groups/record.ts';
import type { GameId, StoreItemId, UserId } from './ids.ts';
import { routeSwitches, serviceKeys } from './keys/record.ts';
import type { Password } from './passwords.ts';
import { gameRounds } from './rounds/record.ts';

export type { GameId, StoreItemId, UserId } from './ids.ts';

/** A game of a developer. Made in the dashboard only. */
export interface Game {
  readonly id: GameId;
  readonly name: string;
  readonly token: string;
  readonly description: string;
  readonly disabled: boolean;
}

export interface GameVariable {
  readonly id: number;
  readonly gameId: GameId;
  readonly key: string;
  readonly value: string;
}

export interface StoreItem {
  readonly id: StoreItemId;
  readonly gameId: GameId;
  readonly name: string;
  /** Credits, a whole number. */
  readonly cost: number;
  readonly description: string;
  readonly category: string;
  readonly iconUrl: string | null;
}

/** How often something happened: ever, and in the user's active month. */
export interface Tally {
  readonly total: number;
  readonly month: number;
}

/** A player of one game, together with the credits that it holds. */
export interface User {
  readonly id: UserId;
  readonly gameId: GameId;
  readonly username: string;
  /** The real address; what the wire calls so in v2 is made of it. */
  readonly email: string;
  readonly password: Password;
  /** A whole number of 32 bits, and so is the score. */
  readonly credits: number;
  readonly score: number;
  readonly token: string;
  readonly lastLogin: Instant;
  readonly numberOfLogins: number;
  readonly events: Tally;
  readonly gameSessions: Tally;
  /** The calendar month that the tallies count, such as "2026-01". */
  readonly activeMonth: string;
  /** That every call about the user meets. */
  readonly fault?: string | undefined;
}

/** That a user owns an item. */
export interface Purchase {
  readonly id: number;
  readonly userId: UserId;
  readonly storeItemId: StoreItemId;
}

export interface Attribute {
  readonly id: number;
  readonly userId: UserId;
  readonly key: string;
  readonly value: string;
}

export interface LeaderboardEntry {
  readonly id: number;
  readonly gameId: GameId;
  readonly userId: UserId;
  readonly leaderboardName: string;
  readonly score: number;
  /** JSON text of an object; `NO_EXTRA_ATTRIBUTES` for every one without keys. */
  readonly extraAttributes: string;
  readonly createdAt: Instant;
}

export const NO_EXTRA_ATTRIBUTES = '{}';

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
    // FIDELITY: an e-mail is unique in a game, not beyond it; that is what its `_appid_` form is for (REST docs, v2).
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
    // FIDELITY: the best score comes first (client tests). ASSUMED: of equal ones the older.
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
