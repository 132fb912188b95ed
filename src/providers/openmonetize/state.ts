import {
  amount,
  anyText,
  credential,
  fault,
  field,
  flag,
  instant,
  integer,
  oneOf,
  text,
  type RecordOf,
} from '../../core/provider/fields.ts';
import { FixtureMistake, type FixturePath } from '../../core/provider/fixture.ts';
import { BY_KEY, defineCollection, type StateOf } from '../../core/store/collection.ts';
import { toRecordKey } from '../../core/store/key.ts';
import type { Brand } from '../../core/values/brand.ts';
import { toAmount, ZERO, type Amount } from '../../core/values/decimal.ts';
import { FAILURES } from './errors.ts';
import type { Profile } from './options.ts';
import { isInt64 } from './rules.ts';

export type CustomerId = Brand<string, 'CustomerId'>;
export type UserId = Brand<string, 'UserId'>;
export type TeamId = Brand<string, 'TeamId'>;
export type WalletId = Brand<string, 'WalletId'>;
export type Metadata = Readonly<Record<string, unknown>>;

const FIRST_PROVIDERS = ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'COHERE', 'MISTRAL'];
const LATER_PROVIDERS = ['STABILITY_AI', 'RUNWAY', 'REPLICATE', 'AMAZON', 'BLACK_FOREST_LABS'];

/** FIDELITY: the providers that the database knows, in its order (server source). */
export const PROVIDERS: Readonly<Record<Profile, readonly string[]>> = {
  seed: FIRST_PROVIDERS,
  head: [...FIRST_PROVIDERS, ...LATER_PROVIDERS],
};

const UUID = {
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'A UUID.',
};
const CREDITS = { description: 'Whole credits; a string for more digits than a number holds.' };
const USD = {
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', pattern: '^[0-9]+([.][0-9]+)?$' },
  ],
};

const credits = field<Amount, number | string>({
  schema: { ...CREDITS, anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?[0-9]{1,19}$' }] },
  parse: parseCredits,
});
const metadata = field<Metadata>({ schema: { type: 'object' } });
const count = integer({ minimum: 0 });

export function parseCredits(written: number | string, at: FixturePath): Amount {
  const whole = BigInt(written);
  if (!isInt64(whole)) throw new FixtureMistake(at, `${written} exceeds 64 bits.`);
  return toAmount(whole.toString());
}

export const customerFields = {
  id: text<CustomerId>(UUID),
  name: text(),
  email: text(),
  apiKey: credential().describe('What clients send as Bearer or X-API-Key.'),
  tier: oneOf('STARTER', 'GROWTH', 'ENTERPRISE').or('STARTER'),
  status: oneOf('ACTIVE', 'SUSPENDED', 'CHURNED').or('ACTIVE'),
  createdAt: instant(),
};

/** A tenant with its only key. */
export interface Customer extends RecordOf<typeof customerFields> {
  /** The position in the order of creation, as for users, wallets and events. */
  readonly place: number;
}

export const userFields = {
  id: text<UserId>().describe('The id that grants name.'),
  customerId: text<CustomerId>(),
  externalUserId: text().derived().describe("The customer's own id for the user. Default: `id`."),
  email: anyText().orNull(),
  metadata: metadata.orNull(),
  createdAt: instant(),
  fault: fault({ id: 'openmonetize', codes: FAILURES }),
};

/** An end user of a customer. Its id is unique among the users of all customers. */
export interface User extends RecordOf<typeof userFields> {
  readonly place: number;
}

export const teamFields = { id: text<TeamId>(), customerId: text<CustomerId>(), name: text() };

export type Team = RecordOf<typeof teamFields>;

export const walletFields = {
  id: text<WalletId>(UUID),
  customerId: text<CustomerId>(),
  userId: text<UserId>().orNull(),
  teamId: text<TeamId>().orNull(),
  balance: credits.derived().describe('Default: the sum of its transactions, or 0.'),
  expiresAt: instant().orNull(),
  createdAt: instant(),
};

/** Credits of a user, of a team, or of the customer itself. */
export interface Wallet extends RecordOf<typeof walletFields> {
  readonly place: number;
}

export const transactionFields = {
  /** Random, and not checked to be new, which took a fifth of a grant's time. `drawOthers` prevents repeats. */
  id: text(UUID).derived(),
  walletId: text<WalletId>(),
  customerId: text<CustomerId>().derived().describe("The customer that caused it. Default: the wallet's."),
  transactionType: oneOf('PURCHASE', 'BURN', 'REFUND', 'EXPIRATION', 'GRANT'),
  amount: credits.describe('The credits that it added; negative for a BURN.'),
  balanceBefore: credits.derived().describe('Default: the balance after the previous transaction, or 0.'),
  balanceAfter: credits.derived(),
  description: anyText().orNull(),
  metadata: metadata.or({}),
  idempotencyKey: text().orNull(),
  createdAt: instant(),
};

/** One change of a wallet. Is never changed. */
export interface Transaction extends RecordOf<typeof transactionFields> {
  /** The wallet's user. */
  readonly userId: UserId | null;
  /** The position in its history, from 1 without gaps, so that a page is found by arithmetic. */
  readonly place: number;
  /** The position in the order of all transactions. */
  readonly sequence: number;
}

export const eventFields = {
  event_id: text(),
  customer_id: text<CustomerId>(),
  user_id: text().orNull(),
  idempotency_key: text().orNull(),
  /** FIDELITY: the database knows no others; FEATURE_ACCESS is accepted but never stored (server source). */
  event_type: oneOf('TOKEN_USAGE', 'API_CALL', 'IMAGE_GENERATION', 'CUSTOM'),
  feature_id: anyText(),
  provider: anyText().orNull(),
  model: anyText().orNull(),
  input_tokens: count.orNull(),
  output_tokens: count.orNull(),
  creditsBurned: field<Amount, number | string>({
    schema: {
      ...CREDITS,
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^[0-9]{1,19}$' },
      ],
    },
    parse: parseCredits,
  }).or(ZERO),
  costUsd: amount(USD).or(ZERO).describe("The provider's price in USD. Default: 0."),
  timestamp: instant({ type: 'string' }).required(),
  metadata: metadata.or({}),
};

/** An event that was processed. */
export interface UsageEvent extends RecordOf<typeof eventFields> {
  readonly place: number;
}

/** The totals of a user's stored events; without a user, those of events that name none. */
export interface UserUsage {
  readonly customerId: CustomerId;
  readonly userId: string | null;
  readonly events: number;
  readonly burned: Amount;
}

/** The number of a customer's stored events. */
export interface EventCount {
  readonly customerId: CustomerId;
  readonly events: number;
}

/** The number of a feature's events on one day, by one user or (null) by all. */
export interface FeatureUse {
  readonly customerId: CustomerId;
  readonly featureId: string;
  readonly userId: string | null;
  /** The number of days since 1970, in UTC. */
  readonly day: number;
  readonly events: number;
}

export const entitlementFields = {
  id: text(UUID),
  customerId: text<CustomerId>(),
  userId: text<UserId>().orNull(),
  featureId: anyText(),
  limitType: oneOf('HARD', 'SOFT', 'NONE'),
  limitValue: credits.orNull(),
  period: oneOf('DAILY', 'MONTHLY', 'TOTAL').orNull(),
  metadata: metadata.orNull(),
  /** Written out, because deleted entitlements leave gaps. */
  place: integer({ minimum: 1 }).derived().describe('Lower is older. Default: the newest.'),
};

/** The limit of a feature for a customer's users. */
export type Entitlement = RecordOf<typeof entitlementFields>;

export const burnTableFields = {
  id: text(UUID),
  customerId: text<CustomerId>().orNull().describe('Default: all customers without a table of their own.'),
  name: text(),
  version: integer({ minimum: 1 }).or(1),
  rules: metadata.describe('By model or `default`: input_tokens, output_tokens and per_unit, in snake case.'),
  isActive: flag().or(true),
  validFrom: instant().derived(),
  validUntil: instant().orNull(),
  createdAt: instant(),
  updatedAt: instant().derived(),
};

/** Prices of models in credits, used only by the rating. */
export interface BurnTable extends RecordOf<typeof burnTableFields> {
  readonly place: number;
}

export const unitPriceFields = {
  provider: oneOf(...PROVIDERS.head),
  model: text(),
  costType: oneOf('IMAGE', 'VIDEO'),
  costPerUnit: amount(USD).describe('For an image or a second of video, in USD.'),
};

/** A provider's price for an image or a second of video. */
export type UnitPrice = RecordOf<typeof unitPriceFields>;

export const quotaFields = {
  customerId: text<CustomerId>(),
  period: text({ pattern: '^[0-9]{1,4}-([1-9]|1[0-2])$', description: 'Year and month: 2026-1.' }),
  used: count.describe('The number of events that were counted.'),
};

/** The number of events that a customer sent in a month. */
export type QuotaCount = RecordOf<typeof quotaFields>;

/** Means "none" in keys; no id is empty. */
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

/** The sort key that begins the uses of a feature by one user or by all. */
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

export function toPriceKey(provider: string, model: string, costType: UnitPrice['costType']): string {
  return JSON.stringify([provider, model, costType]);
}

/** The sort key that begins the transactions that a customer caused in a user's wallets, or (null) in wallets without a user. */
export function toHistory(customerId: CustomerId, userId: UserId | null): readonly [string, string] {
  return [customerId, userId ?? NONE];
}

export function toTransactionKey(transaction: Pick<Transaction, 'customerId' | 'userId' | 'place'>): string {
  return toRecordKey([transaction.customerId, transaction.userId ?? NONE, transaction.place]);
}

/** The key of a user's totals. */
export function toUserKey(customerId: CustomerId, userId: string | null): string {
  return `${customerId} ${userId ?? NONE}`;
}

/** The sort key that begins the wallets of an owner. */
export function toOwnerKey({ customerId, userId, teamId }: Owner): readonly [string, string, string] {
  return [customerId, userId ?? NONE, teamId ?? NONE];
}

export type Owner = Pick<Wallet, 'customerId' | 'userId' | 'teamId'>;
export type State = StateOf<typeof collections>;
