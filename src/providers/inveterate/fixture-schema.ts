import {
  amount as anyAmount,
  credential,
  instant,
  text,
  orNull,
  toListSchema,
  toObjectSchema,
} from '../../core/values/json-schema.ts';
import { faultField } from '../../core/provider/magic-subject.ts';
import {
  TOPICS,
  type Benefit,
  type Cancellation,
  type Change,
  type Enrolment,
  type Profile,
  type Topic,
} from './state.ts';

/** The section `inveterate:` of a fixture, in the words of the wire. */
export interface Section {
  readonly merchants?: readonly MerchantEntry[];
  readonly members?: readonly MemberEntry[];
  readonly pending?: readonly PendingEntry[];
  readonly subscriptions?: readonly SubscriptionEntry[];
}

export interface TierEntry {
  readonly segmentId: string;
  readonly tierName: string;
  readonly isPaid?: boolean;
  readonly benefits?: readonly Benefit[];
}

export interface SubscriptionEntry {
  readonly merchantId: string;
  readonly topic: Topic;
  readonly callbackUrl: string;
  readonly name: string;
  readonly id?: string;
  readonly token?: string | null;
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

export interface CancellationEntry extends Pick<Cancellation, 'status'> {
  readonly source?: Cancellation['source'];
  readonly requestedAt?: string;
  readonly endsAt?: string | null;
  readonly token?: string;
}

export interface MerchantEntry {
  readonly merchantId: string;
  readonly name: string;
  readonly apiKey: string;
  readonly shopDomain?: string;
  readonly currency?: string;
  readonly creditExpiryDays?: number | null;
  readonly tiers?: readonly TierEntry[];
  readonly benefits?: readonly Benefit[];
}

export interface MemberEntry extends Partial<Profile>, Enrolment {
  readonly merchantId: string;
  readonly customerId: string;
  readonly credit?: number | string;
  readonly credits?: readonly CreditEntry[];
  readonly redemption?: { readonly code: string; readonly value: number | string } | null;
  readonly orderIds?: readonly number[];
  readonly totalSpend?: number | string;
  readonly lastPurchaseAt?: string | null;
  readonly referrals?: number;
  readonly contractId?: number | null;
  readonly cancellation?: CancellationEntry | null;
  readonly joinedAt?: string;
  readonly updatedAt?: string;
  readonly fault?: string;
}

export interface CreditEntry {
  readonly amount: number | string;
  readonly reason?: string;
  readonly note?: string | null;
  readonly appliedBy?: string | null;
  readonly orderId?: string | null;
  readonly expirationDate?: string | null;
  readonly createdAt?: string;
}

export interface PendingEntry extends Enrolment {
  readonly id?: number;
  readonly merchantId: string;
  readonly customerId: string;
  readonly kind: Change['kind'];
  readonly amount?: number | string | null;
  readonly note?: string | null;
  readonly force?: boolean;
  readonly credits?: number | string;
  readonly referrals?: number;
  readonly acceptedAt?: string;
  readonly settlesAt: string;
  readonly refused?: string | null;
}

const textOrNull = orNull({ type: 'string' });
const customerId = {
  type: 'string',
  pattern: '^[0-9]{1,32}$',
  description: 'Of Shopify: digits, in quotes.',
};
const amount = {
  ...anyAmount,
  description: 'In the major unit of the currency: 5 or "5.25". A string for more digits than a number holds.',
};
const enrolment = {
  segmentId: text,
  overrideSpendThreshold: { type: 'boolean' },
  keepInSpendBasedTier: { type: 'boolean' },
  dateOfBirth: text,
};
const referrals = { type: 'integer', minimum: 0 };
const benefits = {
  type: 'array',
  items: { type: 'object', required: ['type'], properties: { type: text } },
  description: 'Each with its `type`, and whatever else it says.',
};
const hex = { type: 'string', pattern: '^[0-9a-f]{32}$' };

export const schema = toObjectSchema([], {
  merchants: toListSchema(['merchantId', 'name', 'apiKey'], {
    merchantId: text,
    name: text,
    apiKey: { ...credential, description: 'What clients send as X-Inveterate-Api-Key.' },
    shopDomain: text,
    currency: { type: 'string', pattern: '^[A-Z]{3}$', default: 'USD' },
    creditExpiryDays: {
      ...orNull({ type: 'integer', minimum: 1, maximum: 36_500 }),
      description: 'Days after which credits expire that are added from then on. Never, if null or left out.',
    },
    tiers: toListSchema(['segmentId', 'tierName'], {
      segmentId: text,
      tierName: text,
      isPaid: { type: 'boolean', default: false },
      benefits,
    }),
    benefits: { ...benefits, description: 'Of a merchant without tiers.' },
  }),
  members: toListSchema(['merchantId', 'customerId'], {
    merchantId: text,
    customerId,
    email: textOrNull,
    firstName: textOrNull,
    lastName: textOrNull,
    phoneNumber: textOrNull,
    notes: textOrNull,
    credit: {
      ...amount,
      description: 'The balance; without `credits`, an entry of its own. What those come to if left out.',
    },
    credits: {
      ...toListSchema(['amount'], {
        amount: { ...amount, description: 'Negative where it took something.' },
        reason: { type: 'string', default: 'MANUAL' },
        note: textOrNull,
        appliedBy: textOrNull,
        orderId: textOrNull,
        expirationDate: orNull(instant),
        createdAt: instant,
      }),
      description: 'The ledger, oldest first.',
    },
    redemption: {
      ...orNull(toObjectSchema(['code', 'value'], { code: text, value: amount })),
      description: 'The active code.',
    },
    orderIds: { type: 'array', items: { type: 'integer', minimum: 0 } },
    totalSpend: amount,
    lastPurchaseAt: orNull(instant),
    referrals,
    contractId: orNull({ type: 'integer', minimum: 0 }),
    cancellation: orNull(
      toObjectSchema(['status'], {
        status: { enum: ['REQUESTED', 'PENDING_CANCELLATION', 'CANCELLED'] },
        source: { enum: ['CUSTOMER', 'FAILURE', 'MERCHANT'], default: 'CUSTOMER' },
        requestedAt: instant,
        endsAt: { ...orNull(instant), description: 'Until when it is paid for. Needed where it is pending.' },
        token: text,
      }),
    ),
    joinedAt: instant,
    updatedAt: instant,
    ...enrolment,
    fault: faultField,
  }),
  pending: {
    ...toListSchema(['merchantId', 'customerId', 'kind', 'settlesAt'], {
      id: {
        type: 'integer',
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'By which what is due knows it. The next one if left out.',
      },
      merchantId: text,
      customerId,
      kind: { enum: ['credits', 'redemption', 'member', 'cancellation'] },
      amount: orNull(amount),
      note: textOrNull,
      force: { type: 'boolean' },
      credits: amount,
      referrals,
      acceptedAt: instant,
      settlesAt: { ...instant, description: 'When it has its effect: RFC 3339, or relative to the start: now+PT5S.' },
      refused: orNull(text),
      ...enrolment,
    }),
    description: 'Changes that were taken and have no effect yet.',
  },
  subscriptions: {
    ...toListSchema(['merchantId', 'topic', 'callbackUrl', 'name'], {
      merchantId: text,
      topic: { enum: TOPICS },
      callbackUrl: { type: 'string', maxLength: 2048, description: 'Of http or https.' },
      name: { type: 'string', maxLength: 256 },
      id: { ...hex, description: 'Made up if left out.' },
      token: { ...orNull(text), description: 'That comes back in each delivery.' },
      createdAt: instant,
      updatedAt: instant,
    }),
    description: 'Who is told of what.',
  },
});
