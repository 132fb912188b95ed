import type { Instant } from '../../core/values/clock.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';
import type { Amount } from '../../core/values/decimal.ts';
import { toAddress, type Address, type CreditId } from './addresses.ts';
import { goalCollections } from './goals/record.ts';
import { usdCollections } from './usd/record.ts';

export { toAddress, type Address, type CreditId };

/** The only tenant. */
export const TENANT = 'decentraland';

export type FlagCause = 'multi-account' | 'captcha';

export interface Flag {
  readonly cause: FlagCause;
  /** The time at which it ends; null if only a control ends it. */
  readonly until: Instant | null;
  readonly ip: string | null;
  readonly linkedAddresses: readonly Address[];
}

/** The wallet of a registered user. */
export interface Wallet {
  readonly address: Address;
  readonly registeredAt: Instant;
  /** Spendable wei: the rest of the live credits. */
  readonly balance: Amount;
  readonly flag: Flag | null;
  /** The time at which the user left the program; null for a participant. */
  readonly optedOutAt: Instant | null;
  readonly place: number;
  /** Affects every request about the wallet. */
  readonly fault?: string | undefined;
}

/** The data that the signature of a credit covers. It never changes. */
export interface Terms {
  /** A UUID. Its salt identifies the credit in the contract. */
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
  /** The spent part of the amount, in wei. */
  readonly spent: Amount;
  /** Revoked or expired. */
  readonly ended: boolean;
  readonly createdAt: Instant;
  readonly seasonId: number;
  readonly goalId: string | null;
  /** The week of the season in which it was given for a goal; null without a goal. */
  readonly weekId: number | null;
  /** Null for a credit given by hand. */
  readonly claimedAt: Instant | null;
  readonly place: number;
}

/** A period in which credits are given. */
export interface Season {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly startDate: Instant;
  readonly endDate: Instant;
  /** The total MANA that can be given. */
  readonly maxMana: Amount;
  /** The MANA of all its credits. */
  readonly granted: Amount;
  readonly isPaused: boolean;
}

/** Later than every instant, for credits that never expire. */
export const NEVER = Number.MAX_SAFE_INTEGER;
/** In spending order, open credits come before used and ended ones. */
export const OPEN = 0;
const CLOSED = 1;

/** Whether a credit counts for the wallet's balance: not used up, not revoked and not yet marked as expired. */
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
      // ASSUMED: earliest expiry first, then creation, then id; this order decides which credit is spent first.
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
