import type { Brand } from '../../core/values/brand.ts';
import type { Instant } from '../../core/values/clock.ts';
import { BY_KEY, defineCollection, type StateOf } from '../../core/store/collection.ts';
import { toRecordKey } from '../../core/store/key.ts';
import type { Amount } from '../../core/values/decimal.ts';
import type { ErrorCode } from './errors.ts';
import type { components } from '../../generated/inveterate.ts';

export type Topic = components['schemas']['Topic'];

export type MerchantId = Brand<string, 'MerchantId'>;
/** The number of a Shopify customer, as text. */
export type CustomerId = Brand<string, 'CustomerId'>;

/** Something that members of a tier, or of a merchant without tiers, have. */
export interface Benefit {
  readonly type: string;
}

export interface Tier {
  readonly segmentId: string;
  readonly tierName: string;
  /** Whether its members pay. */
  readonly isPaid: boolean;
  readonly benefits: readonly Benefit[];
}

/** A shop. Its key decides which members a caller sees. */
export interface Merchant {
  readonly merchantId: MerchantId;
  readonly name: string;
  readonly shopDomain: string;
  readonly currency: string;
  readonly apiKey: string;
  /** Days after which credits that are granted from now on expire; `null` for never. */
  readonly creditExpiryDays: number | null;
  /** None for a merchant that has benefits instead. */
  readonly tiers: readonly Tier[];
  readonly benefits: readonly Benefit[];
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

/** With what a customer was made a member. `segmentId` is the tier; the others have no effect. */
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

/** Who had a membership end: the customer, a payment that failed, the shop. */
export type CancellationSource = 'CUSTOMER' | 'FAILURE' | 'MERCHANT';

/** That a membership is to end, or has. */
export interface Cancellation {
  /** Asked for, and not confirmed by the customer yet; confirmed; over. */
  readonly status: 'REQUESTED' | 'PENDING_CANCELLATION' | 'CANCELLED';
  readonly source: CancellationSource;
  readonly requestedAt: Instant;
  /** Until when it was paid for, where it is. */
  readonly endsAt: Instant | null;
  readonly token: string;
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
  /** Of the subscription by which it is paid for. */
  readonly contractId: number | null;
  readonly cancellation: Cancellation | null;
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
  | { readonly kind: 'cancellation' }
  | { readonly kind: 'member'; readonly enrolment: Enrolment; readonly referrals: number; readonly credits: Amount };

/** A change that was taken and has no effect yet, or could not have it any more when its time came. */
export interface PendingChange extends Owner {
  readonly id: number;
  readonly change: Change;
  readonly acceptedAt: Instant;
  readonly settlesAt: Instant;
  readonly refused: ErrorCode | null;
}

/** Whom a merchant has told of a topic. */
export interface Subscription {
  readonly merchantId: MerchantId;
  /** 32 hex digits. */
  readonly id: string;
  readonly topic: Topic;
  readonly callbackUrl: string;
  readonly name: string;
  /** That comes back in each delivery, where there is one. */
  readonly token: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What those who subscribed are told by a control. The last one of each merchant. */
export interface Announcement {
  readonly merchantId: MerchantId;
  readonly number: number;
  readonly topic: Topic;
  readonly customerId: CustomerId | null;
  readonly payload: object;
}

export const TOPICS: readonly Topic[] = [
  'customer.joined.paid_tier',
  'customer.joined.free_tier',
  'customer.joined.free_trial',
  'customer.joined.lifetime_tier',
  'customer.changed_tier',
  'customer.updated',
  'customer.ordered',
  'customer.payment_succeeded',
  'customer.payment_failed',
  'customer_billing.attempt.failed',
  'customer.payment_methods.updated',
  'customer.payment_method.changed',
  'customer.credits.updated',
  'customer.credits.expired',
  'customer.cancelled',
  'customer.pending_cancellation',
];

/** A customer's number has digits only, so that nothing else has the same key. */
export function toOwnerKey({ merchantId, customerId }: Owner): string {
  return `${merchantId}:${customerId}`;
}

export function toEntryKey(entry: Owner & { readonly sequence: number }): string {
  return toRecordKey([entry.merchantId, entry.customerId, entry.sequence]);
}

export function toLotKey({ merchantId, customerId, expiresAt, sequence }: Omit<Lot, 'left'>): string {
  return toRecordKey([merchantId, customerId, expiresAt ?? Number.MAX_SAFE_INTEGER, sequence]);
}

export const collections = {
  subscriptions: defineCollection({
    key: ({ id }: Subscription) => id,
    orders: {
      // ASSUMED: listed as they were made; of those of one instant, by id.
      making: ({ createdAt, id }) => [createdAt, id],
      merchant: ({ merchantId, createdAt, id }) => [merchantId, createdAt, id],
      topic: ({ merchantId, topic, createdAt, id }) => [merchantId, topic, createdAt, id],
    },
  }),
  announcements: defineCollection({ key: ({ merchantId }: Announcement) => merchantId }),
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
    orders: { ledger: BY_KEY },
  }),
  lots: defineCollection({
    key: (lot: Lot) => toLotKey(lot),
    // ASSUMED: what expires first is spent first, and of the same expiry the oldest.
    orders: { spending: BY_KEY },
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
