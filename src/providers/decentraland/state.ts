import type { Instant } from '../../core/values/clock.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';
import type { Amount } from '../../core/values/decimal.ts';
import { toAddress, type Address, type CreditId } from './addresses.ts';
import { goalCollections } from './goals/record.ts';
import { usdCollections } from './usd/record.ts';

export { toAddress, type Address, type CreditId };

/** There is but one. */
export const TENANT = 'decentraland';

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
  /** When the user has left the program; null for who is in it. */
  readonly optedOutAt: Instant | null;
  readonly place: number;
  /** That every call about the wallet meets. */
  readonly fault?: string | undefined;
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
  readonly terms: Terms;
  /** Wei of the amount. */
  readonly spent: Amount;
  /** Taken back before its time, or expired. */
  readonly ended: boolean;
  readonly createdAt: Instant;
  readonly seasonId: number;
  readonly goalId: string | null;
  /** The week of the season in which it was given for a goal; null where it was not. */
  readonly weekId: number | null;
  /** Null where it was given by hand. */
  readonly claimedAt: Instant | null;
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
  /** MANA of all credits that are of it. */
  readonly granted: Amount;
  readonly isPaused: boolean;
}

/** Behind every instant, for credits that never expire. */
export const NEVER = Number.MAX_SAFE_INTEGER;
/** In the order of spending, what has something left comes before what is used or has ended. */
export const OPEN = 0;
const CLOSED = 1;

/** Not used up, not taken back and not yet found to have expired: what counts for the wallet's balance. */
export function isOpen({ ended, terms, spent }: Credit): boolean {
  return !ended && spent !== terms.amount;
}

export const collections = {
  wallets: defineCollection({
    key: (wallet: Wallet) => wallet.address,
    unique: { fault: (wallet) => (wallet.fault === undefined ? undefined : [wallet.address]) },
    orders: { place: (wallet) => [wallet.place] },
    balances: [{ field: 'balance', unit: 'wei', tenant: () => TENANT, account: (wallet) => wallet.address }],
  }),
  credits: defineCollection({
    key: (credit: Credit) => credit.id,
    orders: {
      // ASSUMED: earliest expiry first, then creation, then id; the order decides what is spent first.
      spending: (credit) => [
        credit.address,
        isOpen(credit) ? OPEN : CLOSED,
        credit.terms.expiresAt ?? NEVER,
        credit.createdAt,
        credit.id,
      ],
      claims: ({ address, seasonId, goalId, createdAt, id }) => [address, seasonId, goalId ?? '', createdAt, id],
    },
  }),
  seasons: defineCollection({
    key: (season: Season) => String(season.id),
    orders: { start: (season) => [season.startDate, season.id] },
  }),
  ...goalCollections,
  ...usdCollections,
};

export type State = StateOf<typeof collections>;
