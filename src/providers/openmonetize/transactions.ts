import type { Instant } from '../../core/values/clock.ts';
import type { Context } from '../../core/provider/call.ts';
import { createUuid } from './identifiers.ts';
import type { OpenMonetize } from './operation.ts';
import type { Step } from './rules.ts';
import {
  toHistory,
  type CustomerId,
  type Metadata,
  type State,
  type Transaction,
  type UserId,
  type Wallet,
} from './state.ts';

export interface Posting {
  readonly transactionType: Transaction['transactionType'];
  readonly customerId: CustomerId;
  readonly description: string;
  readonly metadata: Metadata;
  readonly idempotencyKey?: string;
  /** The wallet's new expiry. Default: unchanged. */
  readonly expiresAt?: Instant | undefined;
}

/** Applies a step to a wallet: transaction, balance and the owner's history. */
export function post(context: Context<OpenMonetize>, wallet: Wallet, step: Step, posting: Posting): Transaction {
  const { state, now, random, ids } = context;
  const { transactionType, customerId, description, metadata, idempotencyKey, expiresAt } = posting;
  const transaction: Transaction = {
    id: createUuid((alphabet, length) => random.text('transaction', alphabet, length)),
    walletId: wallet.id,
    customerId,
    userId: wallet.userId,
    transactionType,
    amount: step.amount,
    balanceBefore: step.before,
    balanceAfter: step.after,
    description,
    metadata,
    idempotencyKey: idempotencyKey ?? null,
    createdAt: now,
    place: toNextPlace(state, customerId, wallet.userId),
    sequence: ids.next('transaction'),
  };
  state.transactions.put(transaction);
  state.wallets.put({ ...wallet, balance: step.after, expiresAt: expiresAt ?? wallet.expiresAt });
  context.note({ key: idempotencyKey, memo: description });
  return transaction;
}

/** The position of one more transaction. */
export function toNextPlace(state: State, customerId: CustomerId, userId: UserId | null): number {
  return countHistory(state, customerId, userId) + 1;
}

function countHistory(state: State, customerId: CustomerId, userId: UserId | null): number {
  return state.transactions.last('history', toHistory(customerId, userId))?.place ?? 0;
}

/**
 * Lists a page of the transactions that a customer caused in a user's wallets, newest first. Reads only the records of
 * the page.
 */
export function listHistory(
  state: State,
  owner: { readonly customerId: CustomerId; readonly userId: UserId },
  { limit, offset }: { readonly limit: number; readonly offset: number },
): { readonly transactions: readonly Transaction[]; readonly total: number } {
  const { customerId, userId } = owner;
  const total = countHistory(state, customerId, userId);
  const transactions: Transaction[] = [];
  if (offset >= total) return { transactions, total };
  const within = toHistory(customerId, userId);
  const after = [...within, total - offset + 1];
  for (const transaction of state.transactions.list('history', { within, after, reverse: true })) {
    transactions.push(transaction);
    if (transactions.length === limit) break;
  }
  return { transactions, total };
}
