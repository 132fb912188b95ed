import { renderInstant, renderInstantOrNull, type Instant } from '../../core/values/clock.ts';
import { renderFixed, type Amount } from '../../core/values/decimal.ts';
import { countUses } from './entitlements.ts';
import type { components as HeadComponents } from '../../generated/openmonetize-head.ts';
import type { BurnTable, Customer, Entitlement, State, Transaction, UsageEvent, User, Wallet } from './state.ts';
import type { components } from '../../generated/openmonetize.ts';
import { findUsage } from './stored.ts';
import { findWalletOfUser } from './wallets.ts';

type Schemas = components['schemas'];
type HeadSchemas = HeadComponents['schemas'];

/** FIDELITY: amounts are text here and in a grant (real server). */
export function presentCustomerBalance({ balance }: Wallet): Schemas['CustomerBalance'] {
  return { data: { balance, reservedBalance: '0', availableBalance: balance, currency: 'credits' } };
}

/** FIDELITY: the balance without a wallet in profile head, in another currency (real server). */
export function presentNoBalance(): HeadSchemas['CustomerBalance'] {
  return { data: { balance: '0', reservedBalance: '0', availableBalance: '0', currency: 'USD' } };
}

/** FIDELITY: a repeat shows the balance after the first grant (real server). */
export function presentGrant({ id, walletId, balanceAfter, amount }: Transaction): Schemas['Granted'] {
  return { data: { transactionId: id, walletId, newBalance: balanceAfter, amount } };
}

/** FIDELITY: the balance is a number here and in the next two functions (real server). */
export function presentPurchase({ id, balanceAfter }: Transaction): Schemas['Purchased'] {
  return { data: { transactionId: id, newBalance: Number(balanceAfter) } };
}

export function presentUserBalance({ balance, expiresAt }: Wallet): Schemas['UserBalance'] {
  const credits = Number(balance);
  const expiry = renderInstantOrNull(expiresAt);
  return { data: { balance: credits, reserved: 0, available: credits, expiresAt: expiry } };
}

/** FIDELITY: without metadata, wallet and key (real server). */
export function presentTransaction(transaction: Transaction): Schemas['Transaction'] {
  return {
    id: transaction.id,
    transactionType: transaction.transactionType,
    amount: Number(transaction.amount),
    balanceBefore: Number(transaction.balanceBefore),
    balanceAfter: Number(transaction.balanceAfter),
    description: transaction.description,
    createdAt: renderInstant(transaction.createdAt),
  };
}

export function presentNewCustomer(customer: Customer): Schemas['RegisteredCustomer'] {
  const { id, apiKey, name, email, tier, createdAt } = customer;
  return { data: { customerId: id, apiKey, name, email, tier, createdAt: renderInstant(createdAt) } };
}

export function presentCustomer({ id, name, email, tier, status, createdAt }: Customer): Schemas['CurrentCustomer'] {
  return { data: { id, name, email, tier, status, createdAt: renderInstant(createdAt) } };
}

export function presentNewUser(user: User): HeadSchemas['CreatedUser'] {
  const { id, externalUserId, email, metadata, createdAt } = user;
  return { data: { id, externalUserId, email, metadata: toMetadata(metadata), createdAt: renderInstant(createdAt) } };
}

export function presentUser(user: User, state: State): HeadSchemas['User'] {
  const wallet = findWalletOfUser(state, user.id);
  return {
    ...presentNewUser(user).data,
    // ASSUMED: a user never changes.
    updatedAt: renderInstant(user.createdAt),
    creditBalance: Number(wallet?.balance ?? 0),
    totalEvents: findUsage(state, user.customerId, user.id).events,
  };
}

/** FIDELITY: numbers here, although the list of events has text (server source). */
export function presentUserDetails(user: User, state: State): HeadSchemas['UserDetails'] {
  const events = state.events.list('user', { within: [user.customerId, user.id], reverse: true });
  return {
    data: {
      ...presentUser(user, state),
      reservedBalance: 0,
      totalCreditsBurned: Number(findUsage(state, user.customerId, user.id).burned),
      recentEvents: takeFirst(events, RECENT).map(presentEvent),
    },
  };
}

const RECENT = 10;

function takeFirst<T>(values: Iterable<T>, count: number): readonly T[] {
  const taken: T[] = [];
  for (const value of values) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}

function presentEvent(event: UsageEvent): HeadSchemas['RecentEvent'] {
  const { eventId, eventType, featureId, provider, model, creditsBurned, timestamp } = event;
  return {
    id: eventId,
    eventType,
    featureId,
    provider,
    model,
    creditsBurned: Number(creditsBurned),
    timestamp: renderInstant(timestamp),
  };
}

function toMetadata(metadata: User['metadata']): Record<string, unknown> | null {
  return metadata && { ...metadata };
}

/** FIDELITY: quantities are text here; missing tokens are "0", and USD have ten decimals (server source). */
export function presentListedEvent(event: UsageEvent): HeadSchemas['ListedEvent'] {
  const { eventId, eventType, featureId, provider, model, creditsBurned, timestamp, metadata } = event;
  return {
    id: eventId,
    eventType,
    featureId,
    provider,
    model,
    inputTokens: toCountText(event.inputTokens),
    outputTokens: toCountText(event.outputTokens),
    creditsBurned,
    costUsd: renderFixed(event.costUsd, 10),
    timestamp: renderInstant(timestamp),
    metadata: { ...metadata },
  };
}

/** Never with an exponent. */
function toCountText(count: number | null): string {
  return String(BigInt(count ?? 0));
}

/** FIDELITY: a limit of 0 is shown as null here (server source). */
export function presentSavedEntitlement(entitlement: Entitlement): Schemas['SavedEntitlement'] {
  const { id, featureId, limitType, limitValue } = entitlement;
  const limit = presentLimit(limitValue);
  return { data: { id, featureId, limitType, limitValue: limit === 0 ? null : limit } };
}

export function presentLimit(limitValue: Amount | null): number | null {
  return limitValue === null ? null : Number(limitValue);
}

/** FIDELITY: without a limit, `currentUsage` is 0 (server source). */
export function presentEntitlement(
  entitlement: Entitlement,
  state: State,
  now: Instant,
): HeadSchemas['EntitlementList']['data'][number] {
  const { userId, limitType, period, metadata } = entitlement;
  return {
    ...presentSavedEntitlement(entitlement).data,
    userId,
    period,
    metadata: toMetadata(metadata),
    currentUsage: limitType === 'NONE' ? 0 : countUses(state, entitlement, now),
  };
}

export function presentBurnTable(table: BurnTable): Schemas['BurnTable'] {
  const { id, customerId, name, version, rules, isActive } = table;
  return {
    id,
    customerId,
    name,
    version,
    rules: { ...rules },
    isActive,
    validFrom: renderInstant(table.validFrom),
    validUntil: renderInstantOrNull(table.validUntil),
    createdAt: renderInstant(table.createdAt),
    updatedAt: renderInstant(table.updatedAt),
  };
}
