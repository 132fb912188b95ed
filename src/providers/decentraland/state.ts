import type { Brand } from '../../core/brand.ts';
import type { Instant } from '../../core/clock.ts';
import { defineCollection, type StateOf } from '../../core/collection.ts';
import type { Amount } from '../../core/decimal.ts';

/** In lower case. */
export type Address = Brand<string, 'Address'>;
export type CreditId = Brand<string, 'CreditId'>;

export type FlagCause = 'multi-account' | 'captcha';

export interface Flag {
  readonly cause: FlagCause;
  /** When it ends by itself; null where only somebody ends it. */
  readonly until: Instant | null;
  readonly ip: string | null;
  readonly linkedAddresses: readonly Address[];
}

/** A registered user's. */
export interface Wallet {
  readonly address: Address;
  readonly registeredAt: Instant;
  /** Wei that can still be spent: what is left of the credits that are alive. */
  readonly balance: Amount;
  readonly flag: Flag | null;
  readonly place: number;
}

/** What the signature of a credit covers, and never changes. */
export interface Terms {
  /** A UUID. Its salt is what the contract knows the credit by. */
  readonly id: CreditId;
  readonly address: Address;
  /** Wei. */
  readonly amount: Amount;
  /** Null for a credit that never expires. */
  readonly expiresAt: Instant | null;
}

export interface Credit {
  readonly id: CreditId;
  readonly address: Address;
  /** The same object as long as the credit lives. */
  readonly terms: Terms;
  /** Wei of the amount. */
  readonly spent: Amount;
  /** Taken back before its time, or expired. */
  readonly ended: boolean;
  readonly createdAt: Instant;
  readonly seasonId: number;
  readonly goalId: string | null;
  readonly place: number;
}

/** A time in which credits are given. */
export interface Season {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly startDate: Instant;
  readonly endDate: Instant;
  /** MANA that can be given in all. */
  readonly maxMana: Amount;
  readonly isPaused: boolean;
}

/** Behind every instant, for credits that never expire. */
export const NEVER = Number.MAX_SAFE_INTEGER;

export const collections = {
  wallets: defineCollection({
    key: (wallet: Wallet) => wallet.address,
    orders: { place: (wallet) => [wallet.place] },
    balances: [{ field: 'balance', unit: 'wei', tenant: () => 'decentraland', account: (wallet) => wallet.address }],
  }),
  credits: defineCollection({
    key: (credit: Credit) => credit.id,
    // ASSUMED: earliest expiry first, then creation; the order decides what is spent first.
    orders: {
      spending: ({ address, terms, createdAt, place }) => [address, terms.expiresAt ?? NEVER, createdAt, place],
    },
  }),
  seasons: defineCollection({
    key: (season: Season) => String(season.id),
    orders: { start: (season) => [season.startDate, season.id] },
  }),
};

export type State = StateOf<typeof collections>;
