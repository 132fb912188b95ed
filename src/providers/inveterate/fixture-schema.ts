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
import type { Change, Enrolment, Profile } from './state.ts';

/** The section `inveterate:` of a fixture, in the words of the wire. */
export interface Section {
  readonly merchants?: readonly MerchantEntry[];
  readonly members?: readonly MemberEntry[];
  readonly pending?: readonly PendingEntry[];
}

export interface MerchantEntry {
  readonly merchantId: string;
  readonly name: string;
  readonly apiKey: string;
  readonly shopDomain?: string;
  readonly currency?: string;
  readonly creditExpiryDays?: number | null;
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
      kind: { enum: ['credits', 'redemption', 'member'] },
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
});
