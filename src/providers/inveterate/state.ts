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
  numericAmount,
  object,
  oneOf,
  text,
  type RecordOf,
} from '../../core/provider/fields.ts';
import { FixtureMistake, type FixturePath } from '../../core/provider/fixture.ts';
import { BY_KEY, defineCollection, type StateOf } from '../../core/store/collection.ts';
import { toRecordKey } from '../../core/store/key.ts';
import type { Brand } from '../../core/values/brand.ts';
import type { Instant } from '../../core/values/clock.ts';
import { ZERO, type Amount } from '../../core/values/decimal.ts';
import * as schemas from '../../core/values/json-schema.ts';
import { FAILURES, isErrorCode, type ErrorCode } from './errors.ts';
import type { components } from '../../generated/inveterate.ts';

export type Topic = components['schemas']['Topic'];

export type MerchantId = Brand<string, 'MerchantId'>;
/** The number of a Shopify customer, as text. */
export type CustomerId = Brand<string, 'CustomerId'>;

/** In the major unit of the merchant's currency. */
const money = numericAmount({
  ...schemas.amount,
  description: 'In the major unit of the currency: 5 or "5.25". A string for more digits than a number holds.',
});

/** A benefit of the members of a tier, or of a merchant without tiers. */
export interface Benefit {
  readonly type: string;
}

const benefits = listOf(
  field<Benefit>({ schema: { type: 'object', required: ['type'], properties: { type: schemas.text } } }),
).or([]);

const tierFields = {
  segmentId: text(),
  tierName: text(),
  /** Its members pay. */
  isPaid: flag().or(false).with({ default: false }),
  benefits: benefits.describe('Each with its `type` and any other fields.'),
};

export type Tier = RecordOf<typeof tierFields>;

export const merchantFields = {
  merchantId: text<MerchantId>(),
  name: text(),
  shopDomain: text().derived(),
  currency: text({ pattern: '^[A-Z]{3}$', default: 'USD' }).or('USD'),
  apiKey: credential().describe('The value of X-Inveterate-Api-Key.'),
  creditExpiryDays: integer({ minimum: 1, maximum: 36_500 })
    .orNull()
    .describe('Days until credits expire, for credits added from now on. They never expire if null or left out.'),
  tiers: list(tierFields).or([]),
  benefits: benefits.describe('Only for a merchant without tiers.'),
};

/** A shop. Its key decides which members a client sees. */
export interface Merchant extends RecordOf<typeof merchantFields> {
  /** The position in seeding order. */
  readonly place: number;
}

const ownerFields = {
  merchantId: text<MerchantId>(),
  customerId: text<CustomerId>({ pattern: '^[0-9]{1,32}$' }).describe(
    'The number of the Shopify customer: digits, in quotes.',
  ),
};

/** The member that a record belongs to. */
export type Owner = RecordOf<typeof ownerFields>;

const enrolmentFields = {
  segmentId: text().optional(),
  overrideSpendThreshold: flag().optional(),
  keepInSpendBasedTier: flag().optional(),
  dateOfBirth: text().optional(),
};

/** The fields given when a customer became a member. `segmentId` is the tier; the others have no effect. */
export type Enrolment = RecordOf<typeof enrolmentFields>;

const profileFields = {
  email: anyText().orNull(),
  firstName: anyText().orNull(),
  lastName: anyText().orNull(),
  phoneNumber: anyText().orNull(),
  notes: anyText().orNull(),
};

export type Profile = RecordOf<typeof profileFields>;

const entryFields = {
  amount: money.describe('Negative if credits were taken.'),
  reason: anyText().or('MANUAL').with({ default: 'MANUAL' }),
  note: anyText().orNull(),
  appliedBy: anyText().orNull(),
  orderId: anyText().orNull(),
  expirationDate: instant().orNull().as('expiresAt'),
  createdAt: instant(),
};

/** One row of a member's ledger. */
export interface Entry extends Owner, RecordOf<typeof entryFields> {
  /** The number in the member's ledger, from 1. */
  readonly sequence: number;
  readonly previousBalance: Amount;
  readonly newBalance: Amount;
}

const redemptionFields = { code: text(), value: money };

/** A code that reserves credits of a member until it is used on an order. */
export type Redemption = RecordOf<typeof redemptionFields>;

const cancellationFields = {
  /** Requested but not confirmed by the customer; confirmed; ended. */
  status: oneOf('REQUESTED', 'PENDING_CANCELLATION', 'CANCELLED'),
  /** The cause: the customer, a failed payment or the shop. */
  source: oneOf('CUSTOMER', 'FAILURE', 'MERCHANT').or('CUSTOMER').with({ default: 'CUSTOMER' }),
  requestedAt: instant(),
  endsAt: instant().orNull().describe('The end of the paid period. Required if pending.'),
  token: text().derived(),
};

/** The requested or completed end of a membership. */
export type Cancellation = RecordOf<typeof cancellationFields>;

const referrals = integer({ minimum: 0 });

export const memberFields = {
  ...ownerFields,
  ...profileFields,
  credit: money
    .derived()
    .describe('The balance. Without `credits`, it becomes one entry. The sum of `credits` if left out.'),
  credits: list(entryFields).derived().describe('The ledger, oldest first.'),
  redemption: object(redemptionFields).orNull().describe('The active code.'),
  orderIds: listOf(integer({ minimum: 0 })).or([]),
  totalSpend: money.or(ZERO),
  lastPurchaseAt: instant().orNull(),
  referrals: referrals.or(0),
  /** The contract that pays for the membership. */
  contractId: integer({ minimum: 0 }).orNull(),
  cancellation: object(cancellationFields).orNull(),
  joinedAt: instant(),
  updatedAt: instant().derived(),
  ...enrolmentFields,
  fault: fault({ id: 'inveterate', codes: FAILURES }),
};

/** A customer with credits, and the sums of the ledger. */
export interface Member extends Omit<RecordOf<typeof memberFields>, 'credit' | 'credits' | keyof Enrolment> {
  readonly balance: Amount;
  /** The sum of all additions. */
  readonly earned: Amount;
  /** The number of ledger entries. */
  readonly entries: number;
  readonly redemptions: number;
  readonly lastRedemptionAt: Instant | null;
  readonly enrolment: Enrolment;
  /** The position among all members, in order of addition. */
  readonly place: number;
}

/** The rest of the credits that an entry added. Deleted when it is 0. */
export interface Lot extends Owner {
  readonly sequence: number;
  readonly left: Amount;
  readonly expiresAt: Instant | null;
}

/** The change that a request asks for, which has its effect later. */
export type Change =
  | { readonly kind: 'credits'; readonly amount: Amount; readonly note: string | null; readonly force: boolean }
  /** Without an amount, everything. */
  | { readonly kind: 'redemption'; readonly amount: Amount | null }
  | { readonly kind: 'cancellation' }
  | { readonly kind: 'member'; readonly enrolment: Enrolment; readonly referrals: number; readonly credits: Amount };

export const pendingFields = {
  id: integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
    .derived()
    .describe('The id that scheduled items refer to. The next one if left out.'),
  ...ownerFields,
  kind: oneOf('credits', 'redemption', 'member', 'cancellation'),
  amount: money.orNull().optional(),
  note: anyText().orNull().optional(),
  force: flag().optional(),
  referrals: referrals.optional(),
  credits: money.optional(),
  ...enrolmentFields,
  acceptedAt: instant(),
  settlesAt: instant().required().describe('The time of its effect: RFC 3339, or relative to the start: now+PT5S.'),
  refused: field<ErrorCode, string>({ schema: schemas.text, parse: parseReason }).orNull(),
};

function parseReason(written: string, at: FixturePath): ErrorCode {
  if (isErrorCode(written)) return written;
  throw new FixtureMistake(at, `"${written}" is not a known reason.`);
}

/** An accepted change that has not had its effect, or that was refused when it was due. */
export interface PendingChange extends Owner {
  readonly id: number;
  readonly change: Change;
  readonly acceptedAt: Instant;
  readonly settlesAt: Instant;
  readonly refused: ErrorCode | null;
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

export const subscriptionFields = {
  merchantId: text<MerchantId>(),
  id: text({ pattern: '^[0-9a-f]{32}$' }).derived().describe('Generated if left out.'),
  topic: oneOf(...TOPICS),
  callbackUrl: text({ maxLength: 2048 }).describe('An http or https URL.'),
  name: text({ maxLength: 256 }),
  token: text().orNull().describe('Sent in each delivery.'),
  createdAt: instant(),
  updatedAt: instant().derived(),
};

/** A URL that receives the events of a merchant's topic. */
export type Subscription = RecordOf<typeof subscriptionFields>;

/** An event that a control sends to subscriptions. Only the last one of each merchant is kept. */
export interface Announcement {
  readonly merchantId: MerchantId;
  readonly number: number;
  readonly topic: Topic;
  readonly customerId: CustomerId | null;
  readonly payload: object;
}

/** Returns a unique key: a customer's number has only digits. */
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
      // ASSUMED: listed in order of creation; at the same instant, by id.
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
      // Across merchants, because the customer of a request is known before its merchant.
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
    // ASSUMED: credits that expire first are spent first; with the same expiry, the oldest.
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
