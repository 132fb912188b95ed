import { credential, instant, orNull, text, toListSchema } from '../../core/values/json-schema.ts';
import { faultField } from '../../core/provider/magic-subject.ts';
import type { CustomerStatus, EventType, Metadata, Tier, TransactionType } from './state.ts';

/** The section `openmonetize:` of a fixture, in the words of the wire. */
export interface Section {
  readonly customers?: readonly CustomerEntry[];
  readonly users?: readonly UserEntry[];
  readonly teams?: readonly { readonly id: string; readonly customerId: string; readonly name: string }[];
  readonly wallets?: readonly WalletEntry[];
  readonly transactions?: readonly TransactionEntry[];
  readonly events?: readonly EventEntry[];
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
  readonly creditsBurned?: number | string;
  readonly timestamp: string;
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
      event_type: { enum: ['TOKEN_USAGE', 'API_CALL', 'FEATURE_ACCESS', 'IMAGE_GENERATION', 'CUSTOM'] },
      feature_id: { type: 'string' },
      provider: orNull({ type: 'string' }),
      model: orNull({ type: 'string' }),
      creditsBurned: {
        description: credits.description,
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', pattern: '^[0-9]{1,19}$' },
        ],
      },
      timestamp: { type: 'string' },
    }),
  },
};
