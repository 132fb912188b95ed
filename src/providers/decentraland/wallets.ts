import type { Change } from '../../core/store/collection.ts';
import type { Instant } from '../../core/values/clock.ts';
import type { Context, ParsedRequest } from '../../core/provider/call.ts';
import { assert } from './errors.ts';
import { toWeiAmount } from './mana.ts';
import type { Decentraland } from './operation.ts';
import { findRunningSeason, isAlive, sumRemaining, toRemaining } from './rules.ts';
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

/** Returns the wallet, and creates a missing one. */
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

/** Lists the spendable credits in spending order. */
export function listSpendable(state: State, address: Address, now: Instant): readonly Credit[] {
  const open = [...state.credits.list('spending', { within: [address, OPEN] })];
  return open.filter((credit) => isAlive(credit, now));
}

/** @returns the first expiry, if any, of credits in spending order */
export function findFirstExpiry([first]: readonly Credit[]): Instant | undefined {
  return first?.terms.expiresAt ?? undefined;
}

/** Adds or changes a credit, and updates the balance of its wallet. */
export function putCredit(state: State, credit: Credit): Wallet {
  const before = state.credits.find(credit.id);
  const delta = toOpenWei(credit) - (before ? toOpenWei(before) : 0n);
  const wallet = getWallet(state, credit.address);
  const changed = { ...wallet, balance: toWeiAmount(BigInt(wallet.balance) + delta) };
  state.credits.put(credit);
  state.wallets.put(changed);
  return changed;
}

/** Recalculates the wallet's balance after credits were stored directly. */
export function recount(state: State, address: Address): void {
  const open = [...state.credits.list('spending', { within: [address, OPEN] })];
  state.wallets.put({ ...getWallet(state, address), balance: toWeiAmount(sumRemaining(open)) });
}

function toOpenWei(credit: Credit): bigint {
  return isOpen(credit) ? toRemaining(credit) : 0n;
}

/** Finds the current season. */
export function findSeason(state: State, now: Instant): Season | undefined {
  return findRunningSeason([...state.seasons.list('start')], now);
}

/** @throws SEASON_NOT_FOUND */
export function getCurrentSeason(state: State, now: Instant): Season {
  const season = findSeason(state, now);
  assert(season, 'SEASON_NOT_FOUND');
  return season;
}

/** Finds the addresses whose wallets or credits changed. Streams show nothing else. */
export function* findAddresses(changes: readonly Change[]): Iterable<string> {
  for (const { collection, before, after } of changes) {
    if (collection !== 'wallets' && collection !== 'credits') continue;
    const record = after ?? before;
    if (record && 'address' in record) yield String(record.address);
  }
}

/** Runs the scheduled item `expire`. */
export function expire({ state, now }: Context<Decentraland>, payload: object): void {
  // Scheduled only by a grant or a fixture's credit.
  const credit = state.credits.find((payload as { readonly id: string }).id);
  if (!credit || credit.ended || isAlive(credit, now)) return;
  if (!isOpen(credit)) putCredit(state, { ...credit, ended: true });
  // All credits that expire at the same instant are one ledger entry.
  for (const expired of listExpired(state, credit.address, now)) putCredit(state, { ...expired, ended: true });
}

/** Reads only the credits that it returns, because the list is in expiry order. */
function listExpired(state: State, address: Address, now: Instant): readonly Credit[] {
  const expired: Credit[] = [];
  for (const credit of state.credits.list('spending', { within: [address, OPEN] })) {
    if (isAlive(credit, now)) break;
    expired.push(credit);
  }
  return expired;
}

/** Runs the scheduled item `unflag`. */
export function endFlag({ state, now }: Context<Decentraland>, payload: object): void {
  const wallet = state.wallets.find((payload as { readonly address: string }).address);
  if (!wallet?.flag || findFlag(wallet, now)) return;
  state.wallets.put({ ...wallet, flag: null });
}

/** Flags an existing wallet, until the given instant, if any. */
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

/** FIDELITY: a captcha flag ends after 24 hours (documentation site). */
export function findFlag({ flag }: Wallet, now: Instant): Wallet['flag'] {
  return flag && (flag.until === null || now < flag.until) ? flag : null;
}

/** Returns the address that the path or the body names, in lower case. */
export function findSubject({ path, body }: Pick<ParsedRequest, 'path' | 'body'>): string | undefined {
  if ('address' in path) return toAddress(String(path.address));
  if (typeof body !== 'object' || body === null || !('address' in body)) return undefined;
  return typeof body.address === 'string' ? toAddress(body.address) : undefined;
}

/** Returns the fault of a magic subject. */
export function findFault(state: State, subject: string): string | undefined {
  return state.wallets.findBy('fault', subject)?.fault;
}
