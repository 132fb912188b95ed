import { toLater, type Instant } from '../../core/values/clock.ts';
import { add, isNegative, negate, subtract, ZERO, type Amount } from '../../core/values/decimal.ts';
import type { IdSource, SeedIds } from '../../core/store/ids.ts';
import type { Working } from './operation.ts';
import { expire } from './rules.ts';
import {
  toEntryKey,
  toLotKey,
  toOwnerKey,
  type Entry,
  type Member,
  type Merchant,
  type Owner,
  type State,
} from './state.ts';

export const MANUAL = 'MANUAL';
/** FIDELITY: the reason of every expiry (vendor docs, webhooks). */
export const EXPIRED = 'EXPIRED';
/** ASSUMED: a live client shows such rows as "Credit Redemption"; how they are spelt on the wire is not known. */
export const REDEEMED = 'CREDIT_REDEMPTION';

const DAY = 86_400_000;
/** ASSUMED: numbers of Shopify orders have 13 digits, as in the docs. */
const FIRST_ORDER = 5_000_000_000_000;

/** A row to write. A field that is left out is `null`. */
export interface Row extends Partial<Pick<Entry, 'note' | 'orderId' | 'appliedBy' | 'expiresAt'>> {
  readonly amount: Amount;
  readonly reason: string;
  readonly createdAt: Instant;
}

/**
 * Writes a row to a member's ledger and returns the changed member, which the caller stores.
 *
 * @param row must not take more than the balance
 */
export function post(state: State, member: Member, row: Row): Member {
  const { merchantId, customerId } = member;
  const sequence = member.entries + 1;
  const { amount, reason, note = null, appliedBy = null, orderId = null, expiresAt = null, createdAt } = row;
  const newBalance = add(member.balance, amount);
  // Each field is named: several spreads make an object that takes a tenth longer to add credits with.
  const entry: Entry = {
    merchantId,
    customerId,
    sequence,
    amount,
    previousBalance: member.balance,
    newBalance,
    reason,
    note,
    appliedBy,
    orderId,
    expiresAt,
    createdAt,
  };
  state.entries.put(entry);
  const isTaken = isNegative(amount);
  if (isTaken) spend(state, member, negate(amount));
  else state.lots.put({ merchantId, customerId, sequence, left: amount, expiresAt });
  return {
    ...member,
    balance: newBalance,
    earned: isTaken ? member.earned : add(member.earned, amount),
    entries: sequence,
    updatedAt: createdAt,
  };
}

/** Takes an amount from the lots, in spending order. */
function spend({ lots }: State, { merchantId, customerId }: Owner, amount: Amount): void {
  let rest = amount;
  while (rest !== ZERO) {
    const lot = lots.first('spending', [merchantId, customerId]);
    if (!lot) throw new Error('The lots hold less than the balance.');
    const left = subtract(lot.left, rest);
    if (left !== ZERO && !isNegative(left)) {
      lots.put({ ...lot, left });
      return;
    }
    lots.delete(toLotKey(lot));
    rest = negate(left);
  }
}

/** FIDELITY: by the merchant's setting at that time, at the same time of day (help centre). */
export function toExpiry({ creditExpiryDays }: Merchant, grantedAt: Instant): Instant | null {
  return creditExpiryDays === null ? null : toLater(grantedAt, creditExpiryDays * DAY);
}

/** Removes expired credits, and a code that the rest does not cover. */
export function loseCredits(state: State, member: Member, lost: Amount, now: Instant): Member {
  const { reserved } = expire({ balance: member.balance, reserved: member.redemption?.value }, lost);
  const after = post(state, member, { amount: negate(lost), reason: EXPIRED, createdAt: now });
  return reserved === undefined ? { ...after, redemption: null } : after;
}

export interface Expiring extends Owner {
  readonly sequence: number;
}

/** Expires the rest of one grant. FIDELITY: each entry expires separately (help centre). */
export function expireLot({ state, now }: Pick<Working, 'state' | 'now'>, expiring: Expiring): void {
  const entry = state.entries.find(toEntryKey(expiring));
  const lot = entry && state.lots.find(toLotKey(entry));
  const member = state.members.find(toOwnerKey(expiring));
  if (!member || lot?.expiresAt == null || lot.expiresAt > now) return;
  state.members.put(loseCredits(state, member, lot.left, now));
}

export function createOrderId(ids: IdSource, taken: readonly number[]): string {
  for (;;) {
    const id = FIRST_ORDER + ids.next('order');
    if (!taken.includes(id)) return String(id);
  }
}

/** Reserves the id of a seeded order, so that it is not generated again. */
export function claimOrder(ids: SeedIds, id: number): void {
  if (id > FIRST_ORDER) ids.claim('order', id - FIRST_ORDER);
}
