import { renderInstant, renderInstantOrNull } from '../../core/values/clock.ts';
import { listByPlace, toGiven } from '../../core/provider/loading.ts';
import type { EventEntry, Section, TransactionEntry } from './fixture-schema.ts';
import type { BurnTable, Customer, State, Transaction, UsageEvent, User, Wallet } from './state.ts';

type Entry<Name extends keyof Section> = NonNullable<Section[Name]>[number];

/** The section that loads back to the same state. */
export function dump(state: State): Section {
  return {
    customers: [...state.customers.list('place')].map(dumpCustomer),
    users: listByPlace(state.users).map(dumpUser),
    teams: [...state.teams.values()].map((team) => ({ ...team })),
    wallets: listByPlace(state.wallets).map(dumpWallet),
    transactions: [...state.transactions.values()].sort((a, b) => a.sequence - b.sequence).map(dumpTransaction),
    events: listByPlace(state.events).map(dumpEvent),
    entitlements: listByPlace(state.entitlements).map((entitlement) => ({ ...entitlement })),
    burnTables: listByPlace(state.burnTables).map(dumpBurnTable),
    unitPrices: [...state.unitPrices.values()].map((price) => ({ ...price })),
    quotas: [...state.quotaCounts.values()].map((quota) => ({ ...quota })),
  };
}

function dumpCustomer({ id, name, email, apiKey, tier, status, createdAt }: Customer): Entry<'customers'> {
  return { id, name, email, apiKey, tier, status, createdAt: renderInstant(createdAt) };
}

function dumpUser({ id, customerId, externalUserId, email, metadata, createdAt, fault }: User): Entry<'users'> {
  return {
    id,
    customerId,
    externalUserId,
    email,
    metadata,
    createdAt: renderInstant(createdAt),
    ...toGiven({ fault }),
  };
}

function dumpWallet({ id, customerId, userId, teamId, balance, expiresAt, createdAt }: Wallet): Entry<'wallets'> {
  return {
    id,
    customerId,
    userId,
    teamId,
    balance,
    expiresAt: renderInstantOrNull(expiresAt),
    createdAt: renderInstant(createdAt),
  };
}

function dumpTransaction(transaction: Transaction): TransactionEntry {
  const { id, walletId, customerId, transactionType, amount, balanceBefore, balanceAfter } = transaction;
  const { description, metadata, idempotencyKey, createdAt } = transaction;
  return {
    id,
    walletId,
    customerId,
    transactionType,
    amount,
    balanceBefore,
    balanceAfter,
    description,
    metadata,
    idempotencyKey,
    createdAt: renderInstant(createdAt),
  };
}

function dumpEvent(event: UsageEvent): EventEntry {
  return {
    event_id: event.eventId,
    customer_id: event.customerId,
    user_id: event.userId,
    idempotency_key: event.idempotencyKey,
    event_type: event.eventType,
    feature_id: event.featureId,
    provider: event.provider,
    model: event.model,
    input_tokens: event.inputTokens,
    output_tokens: event.outputTokens,
    creditsBurned: event.creditsBurned,
    costUsd: event.costUsd,
    timestamp: renderInstant(event.timestamp),
    metadata: event.metadata,
  };
}

function dumpBurnTable({ place, ...entry }: BurnTable): Entry<'burnTables'> {
  const { validFrom, validUntil, createdAt, updatedAt } = entry;
  return {
    ...entry,
    validFrom: renderInstant(validFrom),
    validUntil: renderInstantOrNull(validUntil),
    createdAt: renderInstant(createdAt),
    updatedAt: renderInstant(updatedAt),
  };
}
