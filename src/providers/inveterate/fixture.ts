import type { LoadedOf } from '../../core/provider/fields.ts';
import { defineFixture, defineList } from '../../core/provider/fixture-list.ts';
import { FixtureMistake, type FixtureContext, type FixturePath } from '../../core/provider/fixture.ts';
import {
  assertOnly,
  assertUnheld,
  BEYOND_NUMBERS,
  getReferred,
  listByPlace,
  type Loading,
} from '../../core/provider/loading.ts';
import { add, isNegative, subtract, ZERO, type Amount } from '../../core/values/decimal.ts';
import { generate } from './generation.ts';
import { isCallback } from './operations/subscriptions.ts';
import { claimOrder, MANUAL, post, REDEEMED, type Row } from './ledger.ts';
import { forget, toEnrolment, toNewMember, toProfile } from './members.ts';
import {
  memberFields,
  merchantFields,
  pendingFields,
  subscriptionFields,
  toOwnerKey,
  type Cancellation,
  type Change,
  type Member,
  type Merchant,
  type Owner,
  type State,
} from './state.ts';

type LoadedMember = LoadedOf<typeof memberFields>;

const merchants = defineList({
  fields: merchantFields,
  load(entry, at, loading) {
    const { state } = loading;
    const { merchantId } = entry;
    loading.assertNew(`merchant ${merchantId}`, [...at, 'merchantId']);
    const shopDomain = entry.shopDomain ?? `${merchantId}.myshopify.com`;
    const place = state.merchants.find(merchantId)?.place ?? state.merchants.size;
    const merchant: Merchant = { ...entry, shopDomain, place };
    assertOnly(state.merchants.findBy('apiKey', entry.apiKey), merchant, toMerchantName, [...at, 'apiKey']);
    assertTiers(merchant, at);
    state.merchants.put(merchant);
  },
  dump: (state: State) => state.merchants.list('place'),
});

/** An existing member is replaced, with its whole ledger and all pending changes. */
const members = defineList({
  fields: memberFields,
  load(entry, at, loading) {
    const { state, context } = loading;
    assertMerchant(entry, at, state);
    const key = toOwnerKey(entry);
    loading.assertNew(`member ${key}`, [...at, 'customerId']);
    const place = state.members.find(key)?.place ?? state.members.size;
    forget(state, entry);
    const member = loadCredits({ ...toNewMember(entry, place, entry.joinedAt), ...toProfile(entry) }, entry, at, state);
    assertRedeemable(entry, member, [...at, 'redemption'], state);
    assertOnlyMagic(entry, [...at, 'fault'], state);
    state.members.put({
      ...member,
      redemption: entry.redemption,
      orderIds: entry.orderIds,
      totalSpend: entry.totalSpend,
      lastPurchaseAt: entry.lastPurchaseAt,
      referrals: entry.referrals,
      enrolment: toEnrolment(entry),
      contractId: entry.contractId,
      cancellation: toCancellation(entry, [...at, 'cancellation'], context),
      fault: entry.fault,
      updatedAt: entry.updatedAt ?? member.updatedAt,
    });
    for (const id of entry.orderIds) claimOrder(context.ids, id);
    scheduleExpiries(entry, loading);
  },
  dump: (state: State) =>
    listByPlace(state.members).map((member) => {
      const credits = [...state.entries.list('ledger', { within: [member.merchantId, member.customerId] })];
      return { ...member, ...member.enrolment, credit: member.balance, credits };
    }),
});

const pending = defineList({
  fields: pendingFields,
  description: 'Accepted changes that have not had their effect yet.',
  // Reserves the given ids first, so that a generated id does not equal one that follows.
  begin(entries, { context }) {
    for (const { id } of entries) if (id !== undefined) context.ids.claim('change', id);
  },
  load(entry, at, { state, context }) {
    const { merchantId, customerId, acceptedAt, settlesAt, refused } = entry;
    assertMerchant(entry, at, state);
    if (entry.kind !== 'member') {
      getReferred(state.members.find(toOwnerKey(entry)), `member "${customerId}"`, [...at, 'customerId']);
    }
    const id = entry.id ?? context.ids.next('change');
    if (state.pending.find(String(id))) throw new FixtureMistake([...at, 'id'], `Change ${id} already exists.`);
    state.pending.put({ merchantId, customerId, id, change: toChange(entry, at), acceptedAt, settlesAt, refused });
    if (refused === null) context.schedule(settlesAt, 'settle', { id });
  },
  dump: (state: State) =>
    Array.from(state.pending.list('settling'), ({ change, ...waiting }) => ({
      ...waiting,
      ...change,
      ...('enrolment' in change && change.enrolment),
    })),
});

const subscriptions = defineList({
  fields: subscriptionFields,
  description: 'URLs that receive the events of a topic.',
  load(entry, at, loading) {
    const { state, context } = loading;
    assertMerchant(entry, at, state);
    if (!isCallback(entry.callbackUrl))
      throw new FixtureMistake([...at, 'callbackUrl'], 'It must be an http or https URL.');
    const id = entry.id ?? context.text(`subscription ${state.subscriptions.size}`, '0123456789abcdef', 32);
    loading.assertNew(`subscription ${id}`, [...at, 'id']);
    state.subscriptions.put({ ...entry, id, updatedAt: entry.updatedAt ?? entry.createdAt });
  },
  dump: (state: State) => state.subscriptions.list('making'),
});

export const fixture = defineFixture({ lists: { merchants, members, pending, subscriptions }, generate });

function toMerchantName({ merchantId }: Pick<Merchant, 'merchantId'>): string {
  return `merchant "${merchantId}"`;
}

function assertMerchant(entry: Pick<Merchant, 'merchantId'>, at: FixturePath, state: State): void {
  getReferred(state.merchants.find(entry.merchantId), toMerchantName(entry), [...at, 'merchantId']);
}

function assertTiers({ tiers, benefits }: Merchant, at: FixturePath): void {
  if (tiers.length > 0 && benefits.length > 0) {
    throw new FixtureMistake([...at, 'benefits'], 'A merchant with tiers must list benefits in its tiers.');
  }
  const known = new Set<string>();
  for (const [index, { segmentId }] of tiers.entries()) {
    if (known.has(segmentId)) throw new FixtureMistake([...at, 'tiers', index, 'segmentId'], 'It occurs twice.');
    known.add(segmentId);
  }
}

function loadCredits(joined: Member, { credit, credits }: LoadedMember, at: FixturePath, state: State): Member {
  if (!credits) {
    if (credit === undefined || credit === ZERO) return joined;
    const entry = { amount: credit, reason: MANUAL, createdAt: joined.joinedAt };
    return loadCredit(joined, entry, [...at, 'credit'], state);
  }
  let member = joined;
  for (const [index, entry] of credits.entries()) member = loadCredit(member, entry, [...at, 'credits', index], state);
  if (credit === undefined || credit === member.balance) return member;
  throw new FixtureMistake([...at, 'credit'], `It is ${credit}, but the entries add up to ${member.balance}.`);
}

function loadCredit(member: Member, row: Row, at: FixturePath, state: State): Member {
  if (row.amount === ZERO) throw new FixtureMistake(at, 'An entry cannot be 0.');
  const balance = add(member.balance, row.amount);
  if (isNegative(balance)) throw new FixtureMistake(at, 'It takes more than the balance.');
  if (!Number.isFinite(Number(balance))) throw new FixtureMistake(at, BEYOND_NUMBERS);
  const posted = post(state, member, row);
  if (row.reason !== REDEEMED) return posted;
  return { ...posted, redemptions: member.redemptions + 1, lastRedemptionAt: row.createdAt };
}

function assertRedeemable(
  { redemption }: LoadedMember,
  { balance }: Member,
  at: FixturePath,
  { members: known }: State,
): void {
  if (redemption === null) return;
  const { code, value } = redemption;
  if (value === ZERO || isNegative(value) || isNegative(subtract(balance, value))) {
    throw new FixtureMistake(
      [...at, 'value'],
      `A code must be worth more than 0 and at most the balance of ${balance}.`,
    );
  }
  const holder = known.findBy('code', code);
  assertUnheld(holder && `member "${holder.customerId}"`, [...at, 'code']);
}

/** A fault is found by the customer alone, and several merchants may have the same customer. */
function assertOnlyMagic({ fault, customerId }: LoadedMember, at: FixturePath, { members: known }: State): void {
  const holder = fault === undefined ? undefined : known.findBy('fault', customerId);
  if (holder) throw new FixtureMistake(at, `The member of "${holder.merchantId}" already has a fault.`);
}

function toCancellation(
  { merchantId, customerId, cancellation }: LoadedMember,
  at: FixturePath,
  context: FixtureContext,
): Cancellation | null {
  if (cancellation === null) return null;
  const { status, endsAt } = cancellation;
  const token = cancellation.token ?? context.text(`cancellation ${customerId}`, '0123456789abcdef', 32);
  if (status === 'PENDING_CANCELLATION') {
    if (endsAt === null) throw new FixtureMistake([...at, 'endsAt'], 'A pending cancellation needs an end.');
    context.schedule(endsAt, 'cancel', { merchantId, customerId, token });
  }
  return { ...cancellation, token };
}

function scheduleExpiries({ merchantId, customerId }: Owner, { state, context }: Loading<State>): void {
  const lots = [...state.lots.list('spending', { within: [merchantId, customerId] })];
  for (const { sequence, expiresAt } of lots) {
    if (expiresAt !== null) context.schedule(expiresAt, 'expire', { merchantId, customerId, sequence });
  }
}

function toChange(entry: LoadedOf<typeof pendingFields>, at: FixturePath): Change {
  const { kind, amount = null, note = null, force = false, credits = ZERO, referrals = 0 } = entry;
  switch (kind) {
    case 'credits':
      return { kind, amount: amount ?? ZERO, note, force };
    case 'redemption':
      if (amount === ZERO) throw new FixtureMistake([...at, 'amount'], 'The amount of a code must be more than 0.');
      assertNotNegative(amount, [...at, 'amount']);
      return { kind, amount };
    case 'cancellation':
      return { kind };
    case 'member':
      assertNotNegative(credits, [...at, 'credits']);
      return { kind, enrolment: toEnrolment(entry), referrals, credits };
  }
}

function assertNotNegative(amount: Amount | null, at: FixturePath): void {
  if (amount !== null && isNegative(amount)) throw new FixtureMistake(at, 'It must not be negative.');
}
