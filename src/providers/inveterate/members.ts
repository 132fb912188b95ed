import { ZERO, type Amount } from '../../core/values/decimal.ts';
import type { Instant } from '../../core/values/clock.ts';
import { assert } from './errors.ts';
import { MANUAL, post, toExpiry } from './ledger.ts';
import type { Working } from './operation.ts';
import {
  toEntryKey,
  toLotKey,
  toOwnerKey,
  type CustomerId,
  type Enrolment,
  type Member,
  type Merchant,
  type Owner,
  type Profile,
  type State,
  type Tier,
} from './state.ts';

/** Fills in `null` for each field that is not given. */
export function toProfile(given: Partial<Profile>): Profile {
  const { email = null, firstName = null, lastName = null, phoneNumber = null, notes = null } = given;
  return { email, firstName, lastName, phoneNumber, notes };
}

/** Creates a member without credits. Fields are listed one by one, so that copies are one object in memory each. */
export function toNewMember(owner: Owner, place: number, joinedAt: Instant): Member {
  return {
    merchantId: owner.merchantId,
    customerId: owner.customerId,
    email: null,
    firstName: null,
    lastName: null,
    phoneNumber: null,
    notes: null,
    balance: ZERO,
    earned: ZERO,
    redemption: null,
    entries: 0,
    redemptions: 0,
    lastRedemptionAt: null,
    orderIds: [],
    totalSpend: ZERO,
    lastPurchaseAt: null,
    referrals: 0,
    enrolment: {},
    contractId: null,
    cancellation: null,
    joinedAt,
    updatedAt: joinedAt,
    place,
    fault: undefined,
  };
}

/** FIDELITY: only its own merchant's key finds a customer (published document). @throws NO_SUCH_MEMBER */
export function getMember(state: State, { merchantId }: Merchant, id: string): Member {
  const member = state.members.find(toOwnerKey({ merchantId, customerId: id as CustomerId }));
  assert(member, 'NO_SUCH_MEMBER');
  return member;
}

/** Returns the tier of a member. ASSUMED: a `segmentId` that the merchant does not have counts as no tier. */
export function findTier({ merchants }: State, { merchantId, enrolment }: Member): Tier | undefined {
  return merchants.find(merchantId)?.tiers.find(({ segmentId }) => segmentId === enrolment.segmentId);
}

/** Adds credits with the merchant's expiry and returns the changed member, which the caller stores. */
export function grant(
  { state, now, schedule }: Working,
  member: Member,
  { amount, note = null }: { readonly amount: Amount; readonly note?: string | null },
): Member {
  const merchant = state.merchants.find(member.merchantId);
  const expiresAt = merchant ? toExpiry(merchant, now) : null;
  const after = post(state, member, { amount, reason: MANUAL, note, expiresAt, createdAt: now });
  const { merchantId, customerId, entries: sequence } = after;
  if (expiresAt !== null) schedule(expiresAt, 'expire', { merchantId, customerId, sequence });
  return after;
}

/**
 * Makes a customer a member. ASSUMED: an existing member keeps ledger and profile, and gets the credits, too.
 * FIDELITY: it may change the tier of a member (vendor docs).
 */
export function enrol(
  context: Working,
  owner: Owner,
  joining: { readonly enrolment: Enrolment; readonly referrals: number; readonly credits: Amount },
): void {
  const { state, now } = context;
  const known = state.members.find(toOwnerKey(owner));
  const member = known ?? toNewMember(owner, state.members.size, now);
  const { enrolment, referrals, credits } = joining;
  const enrolled: Member = {
    ...member,
    enrolment: { ...member.enrolment, ...enrolment },
    referrals: Math.max(member.referrals, referrals),
    // ASSUMED: a customer that joins again after the end is a member as before.
    cancellation: member.cancellation?.status === 'CANCELLED' ? null : member.cancellation,
    updatedAt: now,
  };
  state.members.put(credits === ZERO ? enrolled : grant(context, enrolled, { amount: credits }));
}

/** Copies only the given fields, so that the others stay unchanged. */
export function toEnrolment(fields: Enrolment): Enrolment {
  const { segmentId, overrideSpendThreshold, keepInSpendBasedTier, dateOfBirth } = fields;
  const given = Object.entries({ segmentId, overrideSpendThreshold, keepInSpendBasedTier, dateOfBirth });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** Deletes a member and all its records, so that another with the same id can be added. */
export function forget(state: State, { merchantId, customerId }: Owner): void {
  const within = [merchantId, customerId];
  for (const entry of [...state.entries.list('ledger', { within })]) state.entries.delete(toEntryKey(entry));
  for (const lot of [...state.lots.list('spending', { within })]) state.lots.delete(toLotKey(lot));
  for (const { id } of [...state.pending.list('member', { within })]) state.pending.delete(String(id));
  state.members.delete(toOwnerKey({ merchantId, customerId }));
}
