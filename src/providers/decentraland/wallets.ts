import type { Change } from '../../core/store/collection.ts';
import type { Instant } from '../../core/values/clock.ts';
import type { Context, ParsedRequest } from '../../core/provider/call.ts';
import { assert } from './errors.ts';
import { toWeiAmount } from './mana.ts';
import type { Decentraland } from './operation.ts';
import { findRunningSeason, isAlive, toRemaining } from './rules.ts';
import {
  isOpen,
  OPEN,
  toAddress,
  type Address,
  type Credit,
  type Flag,
  type Season,
  type State,
  type Wallet,
} from './state.ts';

export function findWallet(state: State, written: string): Wallet | undefined {
  return state.wallets.find(toAddress(written));
}

/** @throws USER_NOT_FOUND */
export function getWallet(state: State, written: string): Wallet {
  const wallet = findWallet(state, written);
  assert(wallet, 'USER_NOT_FOUND');
  return wallet;
}

/** The wallet, which is made where there is none. */
export function register({ state, now, ids }: Context<Decentraland>, address: Address): Wallet {
  const known = state.wallets.find(address);
  if (known) return known;
  const wallet: Wallet = {
    address,
    registeredAt: now,
    balance: toWeiAmount(0n),
    flag: null,
    optedOutAt: null,
    place: ids.next('wallet'),
  };
  state.wallets.put(wallet);
  return wallet;
}

/** Credits that can be spent, in the order in which they are. */
export function listSpendable(state: State, address: Address, now: Instant): readonly Credit[] {
  return listOpen(state, address).filter((credit) => isAlive(credit, now));
}

/** When the first of them expires, if any does; they are in the order in which they are spent. */
export function findFirstExpiry([first]: readonly Credit[]): Instant | undefined {
  return first?.terms.expiresAt ?? undefined;
}

function listOpen(state: State, address: Address): readonly Credit[] {
  return [...state.credits.list('spending', { within: [address, OPEN] })];
}

/** Adds or changes a credit, and the balance of its wallet by what that makes. */
export function putCredit(state: State, credit: Credit): Wallet {
  const before = state.credits.find(credit.id);
  const delta = toOpenWei(credit) - (before ? toOpenWei(before) : 0n);
  const wallet = getWallet(state, credit.address);
  const changed = { ...wallet, balance: toWeiAmount(BigInt(wallet.balance) + delta) };
  state.credits.put(credit);
  state.wallets.put(changed);
  return changed;
}

function toOpenWei(credit: Credit): bigint {
  return isOpen(credit) ? toRemaining(credit) : 0n;
}

/** Makes the wallet's balance that of its credits, for who has put credits by themselves. */
export function recount(state: State, address: Address): void {
  const wei = listOpen(state, address).reduce((sum, credit) => sum + toRemaining(credit), 0n);
  state.wallets.put({ ...getWallet(state, address), balance: toWeiAmount(wei) });
}

/** The season that runs, if one does. */
export function findSeason(state: State, now: Instant): Season | undefined {
  return findRunningSeason([...state.seasons.list('start')], now);
}

/** Whose wallets and credits these changes are about, which is all that a stream tells. */
export function* findAddresses(changes: readonly Change[]): Iterable<string> {
  for (const { collection, before, after } of changes) {
    if (collection !== 'wallets' && collection !== 'credits') continue;
    const record = after ?? before;
    if (record && 'address' in record) yield String(record.address);
  }
}

/** A due item of kind `expire`. */
export function expire({ state, now }: Context<Decentraland>, payload: object): void {
  // Only a grant, or a fixture's credit, schedules it.
  const credit = state.credits.find((payload as { readonly id: string }).id);
  if (!credit || credit.ended || isAlive(credit, now)) return;
  if (!isOpen(credit)) putCredit(state, { ...credit, ended: true });
  // All that expire at the same instant are one entry of the ledger.
  for (const expired of listExpired(state, credit.address, now)) putCredit(state, { ...expired, ended: true });
}

/** Costs what it returns, for what expires first is listed first. */
function listExpired(state: State, address: Address, now: Instant): readonly Credit[] {
  const expired: Credit[] = [];
  for (const credit of state.credits.list('spending', { within: [address, OPEN] })) {
    if (isAlive(credit, now)) break;
    expired.push(credit);
  }
  return expired;
}

/** A due item of kind `unflag`. */
export function endFlag({ state, now }: Context<Decentraland>, payload: object): void {
  const wallet = state.wallets.find((payload as { readonly address: string }).address);
  if (!wallet?.flag || findFlag(wallet, now)) return;
  state.wallets.put({ ...wallet, flag: null });
}

/** Flags a wallet that is there, until an instant where one is given. */
export function flagWallet(
  { state, schedule }: Pick<Context<Decentraland>, 'state' | 'schedule'>,
  address: Address,
  { cause, until, ip = null, linkedAddresses = [] }: Pick<Flag, 'cause' | 'until'> & Partial<Flag>,
): Flag {
  const flag: Flag = { cause, until, ip, linkedAddresses };
  state.wallets.put({ ...getWallet(state, address), flag });
  if (until !== null) schedule(until, 'unflag', { address });
  return flag;
}

/** FIDELITY: a flag of the captcha's ends after 24 hours (documentation site). */
export function findFlag({ flag }: Wallet, now: Instant): Wallet['flag'] {
  return flag && (flag.until === null || now < flag.until) ? flag : null;
}

/** The address that the path or the body names, in the form in which it is kept. */
export function findSubject({ path, body }: Pick<ParsedRequest, 'path' | 'body'>): string | undefined {
  if ('address' in path) return toAddress(String(path.address));
  if (typeof body !== 'object' || body === null || !('address' in body)) return undefined;
  return typeof body.address === 'string' ? toAddress(body.address) : undefined;
}

/** Of a magic subject. */
export function findFault(state: State, subject: string): string | undefined {
  return state.wallets.findBy('fault', subject)?.fault;
}
