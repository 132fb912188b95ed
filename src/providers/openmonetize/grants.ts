import { failed, type Failed } from '../../core/wire/failure.ts';
import { assert, type ErrorCode } from './errors.ts';
import { parseWritten } from './calendar.ts';
import type { Calling } from './operation.ts';
import { findStep } from './rules.ts';
import type { Metadata, Transaction } from './state.ts';
import { post } from './transactions.ts';
import { admitReceiver, findWallet, findWalletOfUser, openWallet, toOwner } from './wallets.ts';

export interface Grant {
  readonly userId?: string;
  readonly teamId?: string;
  readonly amount: number;
  readonly reason?: string;
  readonly metadata?: Metadata;
  readonly idempotencyKey?: string;
  readonly expiresAt?: string;
}

export interface Purchase {
  readonly userId: string;
  readonly amount: number;
  readonly purchasePrice: number;
  readonly expiresAt?: string;
}

/**
 * Grants credits, or returns the transaction that has the same key.
 *
 * FIDELITY: the body is not compared with that transaction, which can be another customer's (real server). A fraction
 * or a value beyond 64 bits breaks the call, but the user and the wallet that were made for it stay.
 *
 * @throws GRANT_FAILED
 */
export function grant(call: Calling, given: Grant): Transaction | Failed<ErrorCode> {
  const { state, principal } = call;
  const { amount, metadata, teamId } = given;
  const idempotencyKey = toGiven(given.idempotencyKey);
  const earlier = idempotencyKey && state.transactions.findBy('idempotencyKey', idempotencyKey);
  if (earlier) return earlier;
  const owner = toOwner(principal.id, findHolder(call, given));
  const wallet = findWallet(state, owner) ?? openWallet(call, owner);
  const step = findStep(wallet.balance, amount);
  const expiresAt = parseWritten(given.expiresAt);
  if (!step || expiresAt === 'invalid') return failed('GRANT_FAILED');
  return post(call, wallet, step, {
    transactionType: 'GRANT',
    customerId: principal.id,
    description: toGiven(given.reason) ?? `Credit grant: ${amount} credits`,
    // FIDELITY: the caller cannot replace what the service adds (real server).
    metadata: {
      ...metadata,
      grantedBy: principal.id,
      userId: given.userId ?? null,
      teamId: teamId ?? null,
      ...(idempotencyKey !== undefined && call.options.profile === 'head' ? { idempotencyKey } : undefined),
    },
    ...(idempotencyKey === undefined ? undefined : { idempotencyKey }),
    expiresAt,
  });
}

/** FIDELITY: an empty key or reason counts as left out (real server). */
function toGiven(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** FIDELITY: with both, the user's wallet wins (real server). */
function findHolder(call: Calling, { userId, teamId }: Grant): Parameters<typeof toOwner>[1] {
  if (userId !== undefined) {
    const user = admitReceiver(call, call.principal.id, userId);
    assert(user, 'GRANT_FAILED');
    return { user };
  }
  if (teamId === undefined) return {};
  const team = call.state.teams.find(teamId);
  assert(team, 'GRANT_FAILED');
  return { team };
}

/**
 * Records a purchase of credits for a user. No payment is made.
 *
 * FIDELITY: without idempotency, so each call adds credits (real server).
 *
 * @throws PURCHASE_FAILED
 */
export function purchase(call: Calling, given: Purchase): Transaction | Failed<ErrorCode> {
  const { state, principal } = call;
  const { amount, purchasePrice } = given;
  const user = admitReceiver(call, principal.id, given.userId);
  assert(user, 'PURCHASE_FAILED');
  const wallet = findWalletOfUser(state, user.id) ?? openWallet(call, toOwner(principal.id, { user }));
  const step = findStep(wallet.balance, amount);
  const expiresAt = parseWritten(given.expiresAt);
  if (!step || expiresAt === 'invalid') return failed('PURCHASE_FAILED');
  return post(call, wallet, step, {
    transactionType: 'PURCHASE',
    customerId: principal.id,
    description: `Credit purchase: ${amount} credits`,
    metadata: { userId: user.id, priceUsd: String(purchasePrice) },
    expiresAt,
  });
}
