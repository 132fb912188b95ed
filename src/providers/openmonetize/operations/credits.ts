import { assertOwn } from '../auth.ts';
import { Failed, refused } from '../../../core/wire/failure.ts';
import { assert } from '../errors.ts';
import { grant, purchase } from '../grants.ts';
import type { Calling, HeadOperation, SeedOperation } from '../operation.ts';
import {
  presentCustomerBalance,
  presentGrant,
  presentNoBalance,
  presentPurchase,
  presentTransaction,
  presentUserBalance,
} from '../present.ts';
import { findInt64 } from '../rules.ts';
import type { UserId, Wallet } from '../state.ts';
import { listHistory } from '../transactions.ts';
import { findWallet, findWalletOfUser, toOwner } from '../wallets.ts';

function findOwnWallet({ state, principal }: Calling): Wallet | undefined {
  return findWallet(state, toOwner(principal.id, {}));
}

export const getCreditBalance: SeedOperation<'getCreditBalance'> = (call) => {
  const wallet = findOwnWallet(call);
  return wallet ? { status: 200, body: presentCustomerBalance(wallet) } : refused('NO_WALLET');
};

export const getCreditBalanceOrZero: HeadOperation<'getCreditBalance'> = (call) => {
  const wallet = findOwnWallet(call);
  return { status: 200, body: wallet ? presentCustomerBalance(wallet) : presentNoBalance() };
};

/** FIDELITY: the customer is checked before the idempotency key (real server). */
export const grantCredits: SeedOperation<'grantCredits'> = (call) => {
  assertOwn(call.principal, call.body.customerId);
  return answerGrant(call);
};

/** FIDELITY: a customerId in the body is ignored (real server). */
export const grantOwnCredits: HeadOperation<'grantCredits'> = (call) => answerGrant(call);

function answerGrant(call: Calling & { readonly body: Parameters<typeof grant>[1] }) {
  const granted = grant(call, call.body);
  return granted instanceof Failed ? granted : { status: 200 as const, body: presentGrant(granted) };
}

export const purchaseCredits: SeedOperation<'purchaseCredits'> = (call) => {
  assertOwn(call.principal, call.body.customerId);
  return answerPurchase(call);
};

export const purchaseOwnCredits: HeadOperation<'purchaseCredits'> = (call) => answerPurchase(call);

function answerPurchase(call: Calling & { readonly body: Parameters<typeof purchase>[1] }) {
  const purchased = purchase(call, call.body);
  return purchased instanceof Failed ? purchased : { status: 200 as const, body: presentPurchase(purchased) };
}

/** FIDELITY: the customer is checked before the wallet (real server). */
export const getUserCredits: SeedOperation<'getUserCredits'> = (call) => {
  assertOwn(call.principal, call.path.customerId);
  return answerUserCredits(call);
};

export const getOwnUserCredits: HeadOperation<'getUserCredits'> = (call) => answerUserCredits(call);

function answerUserCredits({ state, path }: Pick<Calling, 'state'> & { readonly path: { readonly userId: string } }) {
  const wallet = findWalletOfUser(state, path.userId);
  assert(wallet, 'NO_WALLET');
  return { status: 200 as const, body: presentUserBalance(wallet) };
}

const DEFAULT_LIMIT = 50;

/** FIDELITY: an unknown user has an empty history, although its balance is a 404 (real server). */
export const getUserTransactions: SeedOperation<'getUserTransactions'> = ({ path, query, state, principal }) => {
  assertOwn(principal, path.customerId);
  const { limit = DEFAULT_LIMIT, offset = 0 } = query;
  // FIDELITY: a value beyond 64 bits breaks the call (real server). ASSUMED: an infinite one does, too.
  assert(findInt64(limit) !== undefined && findInt64(offset) !== undefined, 'HISTORY_FAILED');
  return { status: 200, body: presentPage({ state, principal }, path.userId, { limit, offset }) };
};

/** FIDELITY: only the first page can be read, because every `limit` and `offset` is refused (real server). */
export const getOwnUserTransactions: HeadOperation<'getUserTransactions'> = ({ path, state, principal }) => ({
  status: 200,
  body: presentPage({ state, principal }, path.userId, { limit: DEFAULT_LIMIT, offset: 0 }),
});

function presentPage(
  { state, principal }: Pick<Calling, 'state' | 'principal'>,
  userId: string,
  page: { readonly limit: number; readonly offset: number },
) {
  const owner = { customerId: principal.id, userId: userId as UserId };
  const { transactions, total } = listHistory(state, owner, page);
  return { data: transactions.map(presentTransaction), pagination: { ...page, total } };
}
