import type { Brand } from '../../core/values/brand.ts';
import type { Instant } from '../../core/values/clock.ts';
import { defineCollection, type StateOf } from '../../core/store/collection.ts';
import type { Amount } from '../../core/values/decimal.ts';
import type { ErrorCode } from './errors.ts';

export type MerchantId = Brand<string, 'MerchantId'>;
/** The number of a Shopify customer, as text. */
export type CustomerId = Brand<string, 'CustomerId'>;

/** A shop. Its key decides which members a caller sees. */
export interface Merchant {
  readonly merchantId: MerchantId;
  readonly name: string;
  readonly shopDomain: string;
  readonly currency: string;
  readonly apiKey: string;
  /** Days after which credits that are granted from now on expire; `null` for never. */
  readonly creditExpiryDays: number | null;
  /** Among the merchants, in the order in which they were seeded. */
  readonly place: number;
}

/** Whose ledger something belongs to. */
export interface Owner {
  readonly merchantId: MerchantId;
  readonly customerId: CustomerId;
}

/** A code that reserves credits of a member until it is used on an order. */
export interface Redemption {
  readonly code: string;
  readonly value: Amount;
}

/** With what a customer was made a member. Tiers are not emulated, so it has no effect. */
export interface Enrolment {
  readonly segmentId?: string | undefined;
  readonly overrideSpendThreshold?: boolean | undefined;
  readonly keepInSpendBasedTier?: boolean | undefined;
  readonly dateOfBirth?: string | undefined;
}

export interface Profile {
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phoneNumber: string | null;
  readonly notes: string | null;
}

/** A customer who collects credits, with what the ledger comes to. */
export interface Member extends Owner, Profile {
  readonly balance: Amount;
  /** All that was ever added. */
  readonly earned: Amount;
  readonly redemption: Redemption | null;
  /** How many entries the ledger has. */
  readonly entries: number;
  readonly redemptions: number;
  readonly lastRedemptionAt: Instant | null;
  readonly orderIds: readonly number[];
  readonly totalSpend: Amount;
  readonly lastPurchaseAt: Instant | null;
  readonly referrals: number;
  readonly enrolment: Enrolment;
  readonly joinedAt: Instant;
  readonly updatedAt: Instant;
  /** Among all members, in the order in which they were added. */
  readonly place: number;
  /** That every call about the customer meets. */
  readonly fault?: string | undefined;
}

/** One row of a member's ledger. */
export interface Entry extends Owner {
  /** Among the member's, from 1. */
  readonly sequence: number;
  /** Negative where it took something. */
  readonly amount: Amount;
  readonly previousBalance: Amount;
  readonly newBalance: Amount;
  readonly reason: string;
  readonly note: string | null;
  readonly appliedBy: string | null;
  readonly orderId: string | null;
  readonly expiresAt: Instant | null;
  readonly createdAt: Instant;
}

/** What is left of the credits that an entry added. Gone once nothing is. */
export interface Lot extends Owner {
  readonly sequence: number;
  readonly left: Amount;
  readonly expiresAt: Instant | null;
}

/** What is asked for by a request that has its effect later. */
export type Change =
  | { readonly kind: 'credits'; readonly amount: Amount; readonly note: string | null; readonly force: boolean }
  /** Without an amount, everything. */
  | { readonly kind: 'redemption'; readonly amount: Amount | null }
  | { readonly kind: 'member'; readonly enrolment: Enrolment; readonly referrals: number; readonly credits: Amount };

/** A change that was taken and has no effect yet, or could not have it any more when its time came. */
export interface PendingChange extends Owner {
  readonly id: number;
  readonly change: Change;
  readonly acceptedAt: Instant;
  readonly settlesAt: Instant;
  readonly refused: ErrorCode | null;
}

/** A customer's number has digits only, so that nothing else has the same key. */
export function toOwnerKey({ merchantId, customerId }: Owner): string {
  return `${merchantId}:${customerId}`;
}

export function toEntryKey({ sequence, ...owner }: Owner & { readonly sequence: number }): string {
  return `${toOwnerKey(owner)}:${sequence}`;
}

export const collections = {
  merchants: defineCollection({
    key: (merchant: Merchant) => merchant.merchantId,
    unique: { apiKey: (merchant) => [merchant.apiKey] },
    orders: { place: (merchant) => [merchant.place] },
  }),
  members: defineCollection({
    key: (member: Member) => toOwnerKey(member),
    unique: {
      code: ({ redemption }) => (redemption ? [redemption.code] : undefined),
      // Of all merchants, for a call is about a customer before it is known whose key it has.
      fault: ({ fault, customerId }) => (fault === undefined ? undefined : [customerId]),
    },
    orders: { joining: (member) => [member.merchantId, member.place] },
    balances: [
      {
        field: 'balance',
        unit: 'credits',
        tenant: (member) => member.merchantId,
        account: (member) => member.customerId,
      },
    ],
  }),
  entries: defineCollection({
    key: (entry: Entry) => toEntryKey(entry),
    orders: { ledger: (entry) => [entry.merchantId, entry.customerId, entry.sequence] },
  }),
  lots: defineCollection({
    key: (lot: Lot) => toEntryKey(lot),
    orders: {
      // ASSUMED: what expires first is spent first, and of the same expiry the oldest.
      spending: (lot) => [lot.merchantId, lot.customerId, lot.expiresAt ?? Number.MAX_SAFE_INTEGER, lot.sequence],
    },
  }),
  pending: defineCollection({
    key: (pending: PendingChange) => String(pending.id),
    orders: {
      settling: (pending) => [pending.settlesAt, pending.id],
      member: (pending) => [pending.merchantId, pending.customerId, pending.settlesAt, pending.id],
    },
  }),
};

export type State = StateOf<typeof collections>;
