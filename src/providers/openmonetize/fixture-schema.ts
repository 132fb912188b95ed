import { credential, instant, orNull, text, toListSchema } from '../../core/values/json-schema.ts';
import { faultField } from '../../core/provider/magic-subject.ts';
import { PROVIDERS } from './prices.ts';
import type {
  CostType,
  CustomerStatus,
  EventType,
  LimitType,
  Metadata,
  Period,
  Tier,
  TransactionType,
} from './state.ts';

/** The section `openmonetize:` of a fixture, in the words of the wire. */
export interface Section {
  readonly customers?: readonly CustomerEntry[];
  readonly users?: readonly UserEntry[];
  readonly teams?: readonly { readonly id: string; readonly customerId: string; readonly name: string }[];
  readonly wallets?: readonly WalletEntry[];
  readonly transactions?: readonly TransactionEntry[];
  readonly events?: readonly EventEntry[];
  readonly entitlements?: readonly EntitlementEntry[];
  readonly burnTables?: readonly BurnTableEntry[];
  readonly unitPrices?: readonly UnitPriceEntry[];
  readonly quotas?: readonly QuotaEntry[];
}

export interface CustomerEntry {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly apiKey: string;
  readonly tier?: Tier;
  readonly status?: CustomerStatus;
  readonly createdAt?: string;
}

export interface UserEntry {
  readonly id: string;
  readonly customerId: string;
  readonly externalUserId?: string;
  readonly email?: string | null;
  readonly metadata?: Metadata | null;
  readonly createdAt?: string;
  readonly fault?: string;
}

export interface WalletEntry {
  readonly id: string;
  readonly customerId: string;
  readonly userId?: string | null;
  readonly teamId?: string | null;
  readonly balance?: number | string;
  readonly expiresAt?: string | null;
  readonly createdAt?: string;
}

export interface TransactionEntry {
  readonly id?: string;
  readonly walletId: string;
  readonly customerId?: string;
  readonly transactionType: TransactionType;
  readonly amount: number | string;
  readonly balanceBefore?: number | string;
  readonly balanceAfter?: number | string;
  readonly description?: string | null;
  readonly metadata?: Metadata;
  readonly idempotencyKey?: string | null;
  readonly createdAt?: string;
}

export interface EventEntry {
  readonly event_id: string;
  readonly customer_id: string;
  readonly user_id?: string | null;
  readonly idempotency_key?: string | null;
  readonly event_type: EventType;
  readonly feature_id: string;
  readonly provider?: string | null;
  readonly model?: string | null;
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly creditsBurned?: number | string;
  readonly costUsd?: number | string;
  readonly timestamp: string;
  readonly metadata?: Metadata;
}

export interface EntitlementEntry {
  readonly id: string;
  readonly customerId: string;
  readonly userId?: string | null;
  readonly featureId: string;
  readonly limitType: LimitType;
  readonly limitValue?: number | string | null;
  readonly period?: Period | null;
  readonly metadata?: Metadata | null;
  readonly place?: number;
}

export interface BurnTableEntry {
  readonly id: string;
  readonly customerId?: string | null;
  readonly name: string;
  readonly version?: number;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly isActive?: boolean;
  readonly validFrom?: string;
  readonly validUntil?: string | null;
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

export interface UnitPriceEntry {
  readonly provider: string;
  readonly model: string;
  readonly costType: CostType;
  readonly costPerUnit: number | string;
}

export interface QuotaEntry {
  readonly customerId: string;
  readonly period: string;
  readonly used: number;
}

const id = { type: 'string', minLength: 1 };
const uuid = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'A UUID.',
};
const credits = {
  description: 'Whole credits; a string for more digits than a number holds.',
  anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?[0-9]{1,19}$' }],
};
const metadata = { type: 'object' };
const count = { type: 'integer', minimum: 0 };
const usd = {
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', pattern: '^[0-9]+([.][0-9]+)?$' },
  ],
};

/** What a provider takes, in fixtures and of the control that sets it. */
export const unitPriceFields = {
  provider: { enum: PROVIDERS.head },
  model: text,
  costType: { enum: ['IMAGE', 'VIDEO'] },
  costPerUnit: { ...usd, description: 'For an image or a second of video, in USD.' },
};

export const schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    customers: toListSchema(['id', 'name', 'email', 'apiKey'], {
      id: uuid,
      name: text,
      email: text,
      apiKey: { ...credential, description: 'What clients send as Bearer or X-API-Key.' },
      tier: { enum: ['STARTER', 'GROWTH', 'ENTERPRISE'] },
      status: { enum: ['ACTIVE', 'SUSPENDED', 'CHURNED'] },
      createdAt: instant,
    }),
    users: toListSchema(['id', 'customerId'], {
      id: { ...id, description: 'By which credits are granted.' },
      customerId: id,
      externalUserId: { ...text, description: "The customer's own id; as `id` if left out." },
      email: orNull({ type: 'string' }),
      metadata: orNull(metadata),
      createdAt: instant,
      fault: faultField,
    }),
    teams: toListSchema(['id', 'customerId', 'name'], { id, customerId: id, name: text }),
    wallets: toListSchema(['id', 'customerId'], {
      id: uuid,
      customerId: id,
      userId: orNull(id),
      teamId: orNull(id),
      balance: { ...credits, description: 'What its transactions come to, or else 0, if left out.' },
      expiresAt: orNull(instant),
      createdAt: instant,
    }),
    transactions: toListSchema(['walletId', 'transactionType', 'amount'], {
      id: uuid,
      walletId: id,
      customerId: { ...id, description: "Who caused it; the wallet's customer if left out." },
      transactionType: { enum: ['PURCHASE', 'BURN', 'REFUND', 'EXPIRATION', 'GRANT'] },
      amount: { ...credits, description: 'What it added; negative for a BURN.' },
      balanceBefore: { ...credits, description: 'What the one before it came to, or else 0, if left out.' },
      balanceAfter: credits,
      description: orNull({ type: 'string' }),
      metadata,
      idempotencyKey: orNull(text),
      createdAt: instant,
    }),
    events: toListSchema(['event_id', 'customer_id', 'event_type', 'feature_id', 'timestamp'], {
      event_id: id,
      customer_id: id,
      user_id: orNull(id),
      idempotency_key: orNull(text),
      event_type: { enum: ['TOKEN_USAGE', 'API_CALL', 'IMAGE_GENERATION', 'CUSTOM'] },
      feature_id: { type: 'string' },
      provider: orNull({ type: 'string' }),
      model: orNull({ type: 'string' }),
      input_tokens: orNull(count),
      output_tokens: orNull(count),
      creditsBurned: {
        description: credits.description,
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', pattern: '^[0-9]{1,19}$' },
        ],
      },
      costUsd: { ...usd, description: 'What its provider takes, in USD; 0 if left out.' },
      timestamp: { type: 'string' },
      metadata,
    }),
    entitlements: toListSchema(['id', 'customerId', 'featureId', 'limitType'], {
      id: uuid,
      customerId: id,
      userId: orNull(id),
      featureId: { type: 'string' },
      limitType: { enum: ['HARD', 'SOFT', 'NONE'] },
      limitValue: orNull(credits),
      period: orNull({ enum: ['DAILY', 'MONTHLY', 'TOTAL'] }),
      metadata: orNull(metadata),
      place: { type: 'integer', minimum: 1, description: 'Those with a lower one are older; the newest if left out.' },
    }),
    burnTables: toListSchema(['id', 'name', 'rules'], {
      id: uuid,
      customerId: { ...orNull(id), description: 'For all customers who have none of their own if left out.' },
      name: text,
      version: { type: 'integer', minimum: 1 },
      rules: {
        type: 'object',
        description:
          'By model or `default`: input_tokens, output_tokens and per_unit, which are read only in snake case.',
      },
      isActive: { type: 'boolean' },
      validFrom: instant,
      validUntil: orNull(instant),
      createdAt: instant,
      updatedAt: instant,
    }),
    unitPrices: toListSchema(['provider', 'model', 'costType', 'costPerUnit'], unitPriceFields),
    quotas: toListSchema(['customerId', 'period', 'used'], {
      customerId: id,
      period: { type: 'string', pattern: '^[0-9]{1,4}-([1-9]|1[0-2])$', description: 'The year and the month: 2026-1.' },
      used: { ...count, description: 'Events that were counted in it.' },
    }),
  },
};
