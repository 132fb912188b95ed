import type { Brand } from '../../core/values/brand.ts';
import type { Instant } from '../../core/values/clock.ts';
import type { Amount } from '../../core/values/decimal.ts';
import { BY_KEY, defineCollection, type StateOf } from '../../core/store/collection.ts';
import { toRecordKey } from '../../core/store/key.ts';

export type CustomerId = Brand<string, 'CustomerId'>;
export type UserId = Brand<string, 'UserId'>;
export type TeamId = Brand<string, 'TeamId'>;
export type WalletId = Brand<string, 'WalletId'>;
export type Tier = 'STARTER' | 'GROWTH' | 'ENTERPRISE';
export type CustomerStatus = 'ACTIVE' | 'SUSPENDED' | 'CHURNED';
export type TransactionType = 'PURCHASE' | 'BURN' | 'REFUND' | 'EXPIRATION' | 'GRANT';
/** FIDELITY: the database knows no other; FEATURE_ACCESS is taken, and then never stored (server source). */
export type EventType = 'TOKEN_USAGE' | 'API_CALL' | 'IMAGE_GENERATION' | 'CUSTOM';
export type LimitType = 'HARD' | 'SOFT' | 'NONE';
export type Period = 'DAILY' | 'MONTHLY' | 'TOTAL';
export type CostType = 'IMAGE' | 'VIDEO';
export type Metadata = Readonly<Record<string, unknown>>;

/** A tenant, with the one key that it has. */
export interface Customer {
  readonly id: CustomerId;
  readonly name: string;
  readonly email: string;
  readonly apiKey: string;
  readonly tier: Tier;
  readonly status: CustomerStatus;
  readonly createdAt: Instant;
  /** Among the customers, in the order in which they came. So of users, wallets and events. */
  readonly place: number;
}

/** An end user of a customer. Its id is unique among the users of all customers. */
export interface User {
  readonly id: UserId;
  readonly customerId: CustomerId;
  readonly externalUserId: string;
  readonly email: string | null;
  readonly metadata: Metadata | null;
  readonly createdAt: Instant;
  readonly place: number;
  /** That every call about the user meets. */
  readonly fault?: string | undefined;
}

export interface Team {
  readonly id: TeamId;
  readonly customerId: CustomerId;
  readonly name: string;
}

/** Credits of a user, of a team, or of the customer as such, where it is neither. */
export interface Wallet {
  readonly id: WalletId;
  readonly customerId: CustomerId;
  readonly userId: UserId | null;
  readonly teamId: TeamId | null;
  /** Whole credits in the range of 64 bits. */
  readonly balance: Amount;
  readonly expiresAt: Instant | null;
  readonly createdAt: Instant;
  readonly place: number;
}

/** One change of a wallet. Never changed itself. */
export interface Transaction {
  /** By chance, which a saved state has go on elsewhere: to look whether it is new took a fifth of a grant. */
  readonly id: string;
  readonly walletId: WalletId;
  /** Who caused it, which need not be whose wallet it is. */
  readonly customerId: CustomerId;
  /** Of the wallet. */
  readonly userId: UserId | null;
  readonly transactionType: TransactionType;
  readonly amount: Amount;
  readonly balanceBefore: Amount;
  readonly balanceAfter: Amount;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly idempotencyKey: string | null;
  readonly createdAt: Instant;
  /** In its history, from 1 without a gap, so that a page is found by arithmetic. */
  readonly place: number;
  /** Among all transactions, in the order in which they happened. */
  readonly sequence: number;
}

/** An event that was processed. */
export interface UsageEvent {
  readonly eventId: string;
  readonly customerId: CustomerId;
  readonly userId: string | null;
  readonly idempotencyKey: string | null;
  readonly eventType: EventType;
  readonly featureId: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly creditsBurned: Amount;
  /** What its provider takes for it. */
  readonly costUsd: Amount;
  readonly timestamp: Instant;
  readonly metadata: Metadata;
  readonly place: number;
}

/** What the stored events of one user of a customer come to; of no user for all others. */
export interface UserUsage {
  readonly customerId: CustomerId;
  readonly userId: string | null;
  readonly events: number;
  readonly burned: Amount;
}

/** How many events a customer has stored. */
export interface EventCount {
  readonly customerId: CustomerId;
  readonly events: number;
}

/** How many events of a feature have a timestamp in one day: of one user, or of everybody where there is none. */
export interface FeatureUse {
  readonly customerId: CustomerId;
  readonly featureId: string;
  readonly userId: string | null;
  /** Since 1970, in UTC. */
  readonly day: number;
  readonly events: number;
}

/** What a customer's users may do with a feature. */
export interface Entitlement {
  readonly id: string;
  readonly customerId: CustomerId;
  readonly userId: UserId | null;
  readonly featureId: string;
  readonly limitType: LimitType;
  readonly limitValue: Amount | null;
  readonly period: Period | null;
  readonly metadata: Metadata | null;
  /** Kept as it is, since those between may go. */
  readonly place: number;
}

/** What models cost in credits, for the rating only. */
export interface BurnTable {
  readonly id: string;
  /** Whose usage is rated by it; that of all who have none of their own where it is nobody's. */
  readonly customerId: CustomerId | null;
  readonly name: string;
  readonly version: number;
  /** By model, as they were written. */
  readonly rules: Readonly<Record<string, unknown>>;
  readonly isActive: boolean;
  readonly validFrom: Instant;
  readonly validUntil: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly place: number;
}

/** What a provider takes for an image, or for a second of video. */
export interface UnitPrice {
  readonly provider: string;
  readonly model: string;
  readonly costType: CostType;
  /** In USD. */
  readonly costPerUnit: Amount;
}

/** How many events a customer has sent in a month. */
export interface QuotaCount {
  readonly customerId: CustomerId;
  /** The year and the month, without a zero in front: "2026-1". */
  readonly period: string;
  readonly used: number;
}

/** Stands for "none" in keys; no id is empty. */
const NONE = '';

export const collections = {
  customers: defineCollection({
    key: (customer: Customer) => customer.id,
    unique: {
      email: (customer) => [customer.email],
      apiKey: (customer) => [customer.apiKey],
    },
    orders: { place: (customer) => [customer.place] },
  }),
  users: defineCollection({
    key: (user: User) => user.id,
    unique: {
      external: (user) => [user.customerId, user.externalUserId],
      fault: (user) => (user.fault === undefined ? undefined : [user.id]),
    },
    orders: { created: (user) => [user.customerId, user.createdAt, user.place] },
  }),
  teams: defineCollection({ key: (team: Team) => team.id }),
  wallets: defineCollection({
    key: (wallet: Wallet) => wallet.id,
    orders: {
      owner: (wallet) => [wallet.customerId, wallet.userId ?? NONE, wallet.teamId ?? NONE, wallet.place],
      user: (wallet) => [wallet.userId ?? NONE, wallet.place],
    },
    balances: [
      {
        field: 'balance',
        unit: 'credits',
        tenant: (wallet) => wallet.customerId,
        account: (wallet) => wallet.userId ?? wallet.teamId ?? wallet.customerId,
      },
    ],
  }),
  transactions: defineCollection({
    key: (transaction: Transaction) => toTransactionKey(transaction),
    // FIDELITY: a key is unique among the transactions of all customers (real server, both profiles).
    unique: {
      idempotencyKey: (transaction) => (transaction.idempotencyKey === null ? undefined : [transaction.idempotencyKey]),
    },
    orders: {
      history: BY_KEY,
      burned: (transaction) =>
        transaction.transactionType === 'BURN'
          ? [transaction.walletId, transaction.createdAt, transaction.sequence]
          : undefined,
    },
  }),
  events: defineCollection({
    key: (event: UsageEvent) => event.eventId,
    unique: { idempotencyKey: (event) => (event.idempotencyKey === null ? undefined : [event.idempotencyKey]) },
    orders: {
      user: (event) => [event.customerId, event.userId ?? NONE, event.timestamp, event.place],
      timeline: (event) => [event.customerId, event.timestamp, event.place],
    },
  }),
  usages: defineCollection({
    key: ({ customerId, userId }: UserUsage) => toUserKey(customerId, userId),
  }),
  eventCounts: defineCollection({ key: ({ customerId }: EventCount) => customerId }),
  featureUses: defineCollection({
    key: (use: FeatureUse) => toUseKey(use),
    orders: { day: (use) => [...toFeatureKey(use), use.day] },
  }),
  entitlements: defineCollection({
    key: (entitlement: Entitlement) => entitlement.id,
    orders: {
      customer: (entitlement) => [entitlement.customerId, entitlement.place, entitlement.id],
      feature: (entitlement) => [entitlement.customerId, entitlement.featureId, entitlement.place, entitlement.id],
    },
  }),
  burnTables: defineCollection({
    key: (table: BurnTable) => table.id,
    orders: {
      created: (table) => [table.createdAt, table.place],
      customer: (table) => [table.customerId ?? NONE, table.createdAt, table.place],
    },
  }),
  unitPrices: defineCollection({
    key: ({ provider, model, costType }: UnitPrice) => toPriceKey(provider, model, costType),
  }),
  quotaCounts: defineCollection({
    key: ({ customerId, period }: QuotaCount) => `${customerId} ${period}`,
  }),
};

/** Of all that was done with a feature by one user, or by everybody. */
export function toFeatureKey({
  customerId,
  featureId,
  userId,
}: Pick<FeatureUse, 'customerId' | 'featureId' | 'userId'>): readonly [string, string, string] {
  return [customerId, featureId, userId ?? NONE];
}

export function toUseKey(use: Pick<FeatureUse, 'customerId' | 'featureId' | 'userId' | 'day'>): string {
  return JSON.stringify([...toFeatureKey(use), use.day]);
}

export function toPriceKey(provider: string, model: string, costType: CostType): string {
  return JSON.stringify([provider, model, costType]);
}

/** What begins the keys of what a customer has caused in the wallets of one user; of no user for all other wallets. */
export function toHistory(customerId: CustomerId, userId: UserId | null): readonly [string, string] {
  return [customerId, userId ?? NONE];
}

export function toTransactionKey(transaction: Pick<Transaction, 'customerId' | 'userId' | 'place'>): string {
  return toRecordKey([transaction.customerId, transaction.userId ?? NONE, transaction.place]);
}

/** Of what is counted by user. */
export function toUserKey(customerId: CustomerId, userId: string | null): string {
  return `${customerId} ${userId ?? NONE}`;
}

/** The sort key that begins the wallets of one owner. */
export function toOwnerKey({ customerId, userId, teamId }: Owner): readonly [string, string, string] {
  return [customerId, userId ?? NONE, teamId ?? NONE];
}

export type Owner = Pick<Wallet, 'customerId' | 'userId' | 'teamId'>;
export type State = StateOf<typeof collections>;
