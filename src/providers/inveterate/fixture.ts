import type { Instant } from '../../core/values/clock.ts';
import { add, isNegative, subtract, ZERO, type Amount } from '../../core/values/decimal.ts';
import { FixtureMistake, type FixtureFormat, type FixturePath } from '../../core/provider/fixture.ts';
import {
  assertUnheld,
  BEYOND_NUMBERS,
  getReferred,
  loadEach,
  Loading,
  parseNumericAmount,
} from '../../core/provider/loading.ts';
import { parseFaultField } from '../../core/provider/magic-subject.ts';
import { FAILURES, isErrorCode } from './errors.ts';
import { generate } from './generation.ts';
import { isCallback } from './operations/subscriptions.ts';
import { claimOrder } from './orders.ts';
import { dump } from './fixture-dump.ts';
import {
  schema,
  type CreditEntry,
  type MemberEntry,
  type MerchantEntry,
  type PendingEntry,
  type Section,
  type SubscriptionEntry,
} from './fixture-schema.ts';
import { MANUAL, post, REDEEMED } from './ledger.ts';
import { forget, toEnrolment, toNewMember, toProfile } from './members.ts';
import {
  toOwnerKey,
  type Change,
  type CustomerId,
  type Member,
  type Merchant,
  type MerchantId,
  type Owner,
  type State,
} from './state.ts';

export const fixture: FixtureFormat<State, Section> = {
  schema,
  generate,

  load({ merchants, members, pending = [], subscriptions }, state, context) {
    const loading = new ShopLoading(state, context);
    loadEach(merchants, ['merchants'], (entry, at) => loading.merchant(entry, at));
    loadEach(members, ['members'], (entry, at) => loading.member(entry, at));
    // Before any is made, so that none of those that are made is one that follows.
    for (const { id } of pending) if (id !== undefined) context.ids.claim('change', id);
    loadEach(pending, ['pending'], (entry, at) => loading.pending(entry, at));
    loadEach(subscriptions, ['subscriptions'], (entry, at) => loading.subscription(entry, at));
  },

  dump,
};

/** One section on its way into the state. */
class ShopLoading extends Loading<State> {
  merchant(entry: MerchantEntry, at: FixturePath): void {
    const merchantId = entry.merchantId as MerchantId;
    this.assertNew(`merchant ${merchantId}`, [...at, 'merchantId']);
    const { merchants } = this.state;
    const holder = merchants.findBy('apiKey', entry.apiKey);
    assertUnheld(holder && holder.merchantId !== merchantId && `merchant "${holder.merchantId}"`, [...at, 'apiKey']);
    merchants.put({
      merchantId,
      name: entry.name,
      shopDomain: entry.shopDomain ?? `${merchantId}.myshopify.com`,
      currency: entry.currency ?? 'USD',
      apiKey: entry.apiKey,
      creditExpiryDays: entry.creditExpiryDays ?? null,
      tiers: this.#toTiers(entry, at),
      benefits: entry.benefits ?? [],
      place: merchants.find(merchantId)?.place ?? merchants.size,
    });
  }

  /** A member who is there already goes with the whole ledger and all that waits. */
  member(entry: MemberEntry, at: FixturePath): void {
    const owner = this.#toOwner(entry, at);
    this.assertNew(`member ${toOwnerKey(owner)}`, [...at, 'customerId']);
    const place = this.state.members.find(toOwnerKey(owner))?.place ?? this.state.members.size;
    forget(this.state, owner);
    const joinedAt = this.parseInstant(entry.joinedAt, [...at, 'joinedAt']);
    const joined: Member = { ...toNewMember(owner, place, joinedAt), ...toProfile(entry) };
    const member = this.#loadCredits(joined, entry, at);
    const redemption = this.#toRedemption(entry, member, [...at, 'redemption']);
    this.state.members.put({
      ...member,
      redemption,
      orderIds: entry.orderIds ?? [],
      totalSpend: parseNumericAmount(entry.totalSpend ?? 0, [...at, 'totalSpend']),
      lastPurchaseAt: this.parseInstantOrNull(entry.lastPurchaseAt, [...at, 'lastPurchaseAt']),
      referrals: entry.referrals ?? 0,
      enrolment: toEnrolment(entry),
      contractId: entry.contractId ?? null,
      cancellation: this.#toCancellation(entry, [...at, 'cancellation']),
      fault: this.#parseFault(entry, at),
      updatedAt:
        entry.updatedAt === undefined ? member.updatedAt : this.parseInstant(entry.updatedAt, [...at, 'updatedAt']),
    });
    for (const id of entry.orderIds ?? []) claimOrder(this.context.ids, id);
    this.#scheduleExpiries(owner);
  }

  subscription(entry: SubscriptionEntry, at: FixturePath): void {
    const found = this.state.merchants.find(entry.merchantId);
    const { merchantId } = getReferred(found, `merchant "${entry.merchantId}"`, [...at, 'merchantId']);
    if (!isCallback(entry.callbackUrl))
      throw new FixtureMistake([...at, 'callbackUrl'], 'It is no URL of http or https.');
    const id = entry.id ?? this.context.text(`subscription ${this.state.subscriptions.size}`, '0123456789abcdef', 32);
    this.assertNew(`subscription ${id}`, [...at, 'id']);
    this.state.subscriptions.put({
      ...{ merchantId, id, topic: entry.topic, callbackUrl: entry.callbackUrl, name: entry.name },
      token: entry.token ?? null,
      createdAt: this.parseInstant(entry.createdAt, [...at, 'createdAt']),
      updatedAt: this.parseInstant(entry.updatedAt ?? entry.createdAt, [...at, 'updatedAt']),
    });
  }

  #toTiers({ tiers = [], benefits = [] }: MerchantEntry, at: FixturePath): Merchant['tiers'] {
    if (tiers.length > 0 && benefits.length > 0) {
      throw new FixtureMistake([...at, 'benefits'], 'A merchant with tiers has its benefits there.');
    }
    const known = new Set<string>();
    for (const [index, { segmentId }] of tiers.entries()) {
      if (known.has(segmentId)) throw new FixtureMistake([...at, 'tiers', index, 'segmentId'], 'It is there twice.');
      known.add(segmentId);
    }
    return tiers.map(({ segmentId, tierName, isPaid = false, benefits: own = [] }) => ({
      segmentId,
      tierName,
      isPaid,
      benefits: own,
    }));
  }

  #toCancellation(
    { merchantId, customerId, cancellation = null }: MemberEntry,
    at: FixturePath,
  ): Member['cancellation'] {
    if (cancellation === null) return null;
    const { status, source = 'CUSTOMER' } = cancellation;
    const endsAt = this.parseInstantOrNull(cancellation.endsAt, [...at, 'endsAt']);
    const token = cancellation.token ?? this.context.text(`cancellation ${customerId}`, '0123456789abcdef', 32);
    if (status === 'PENDING_CANCELLATION') {
      if (endsAt === null) throw new FixtureMistake([...at, 'endsAt'], 'One that is pending ends at some time.');
      this.context.schedule(endsAt, 'cancel', { merchantId, customerId, token });
    }
    return {
      status,
      source,
      requestedAt: this.parseInstant(cancellation.requestedAt, [...at, 'requestedAt']),
      endsAt,
      token,
    };
  }

  pending(entry: PendingEntry, at: FixturePath): void {
    const owner = this.#toOwner(entry, at);
    if (entry.kind !== 'member') {
      getReferred(this.state.members.find(toOwnerKey(owner)), `member "${owner.customerId}"`, [...at, 'customerId']);
    }
    const { refused = null } = entry;
    if (refused !== null && !isErrorCode(refused)) {
      throw new FixtureMistake([...at, 'refused'], `"${refused}" is no reason.`);
    }
    const id = entry.id ?? this.context.ids.next('change');
    if (this.state.pending.find(String(id))) {
      throw new FixtureMistake([...at, 'id'], `There is a change ${id} already.`);
    }
    const settlesAt = this.parseInstant(entry.settlesAt, [...at, 'settlesAt']);
    const acceptedAt = this.parseInstant(entry.acceptedAt, [...at, 'acceptedAt']);
    this.state.pending.put({ ...owner, id, change: toChange(entry, at), acceptedAt, settlesAt, refused });
    if (refused === null) this.context.schedule(settlesAt, 'settle', { id });
  }

  #loadCredits(joined: Member, { credit, credits }: MemberEntry, at: FixturePath): Member {
    if (credits) {
      let member = joined;
      loadEach(credits, [...at, 'credits'], (entry, place) => {
        member = this.#loadCredit(member, entry, place);
      });
      const known = credit === undefined ? member.balance : parseNumericAmount(credit, [...at, 'credit']);
      if (known === member.balance) return member;
      throw new FixtureMistake([...at, 'credit'], `It says ${known}, but the entries come to ${member.balance}.`);
    }
    const balance = parseNumericAmount(credit ?? 0, [...at, 'credit']);
    if (balance === ZERO) return joined;
    return this.#loadCredit(joined, { amount: balance }, [...at, 'credit'], joined.joinedAt);
  }

  #loadCredit(member: Member, entry: CreditEntry, at: FixturePath, joinedAt?: Instant): Member {
    const amount = parseNumericAmount(entry.amount, at);
    if (amount === ZERO) throw new FixtureMistake(at, 'An entry adds something or takes something.');
    const balance = add(member.balance, amount);
    if (isNegative(balance)) throw new FixtureMistake(at, 'It takes more than there is.');
    if (!Number.isFinite(Number(balance))) throw new FixtureMistake(at, BEYOND_NUMBERS);
    const createdAt = joinedAt ?? this.parseInstant(entry.createdAt, [...at, 'createdAt']);
    const reason = entry.reason ?? MANUAL;
    const { note = null, appliedBy = null, orderId = null } = entry;
    const expiresAt = this.parseInstantOrNull(entry.expirationDate, [...at, 'expirationDate']);
    const posted = post(this.state, member, { amount, reason, note, appliedBy, orderId, expiresAt, createdAt });
    if (reason !== REDEEMED) return posted;
    return { ...posted, redemptions: member.redemptions + 1, lastRedemptionAt: createdAt };
  }

  #toRedemption({ redemption = null }: MemberEntry, { balance }: Member, at: FixturePath): Member['redemption'] {
    if (redemption === null) return null;
    const { code } = redemption;
    const value = parseNumericAmount(redemption.value, [...at, 'value']);
    if (value === ZERO || isNegative(value) || isNegative(subtract(balance, value))) {
      throw new FixtureMistake(
        [...at, 'value'],
        `A code is worth something, and no more than the balance of ${balance}.`,
      );
    }
    const holder = this.state.members.findBy('code', code);
    assertUnheld(holder && `member "${holder.customerId}"`, [...at, 'code']);
    return { code, value };
  }

  #scheduleExpiries({ merchantId, customerId }: Owner): void {
    const lots = [...this.state.lots.list('spending', { within: [merchantId, customerId] })];
    for (const { sequence, expiresAt } of lots) {
      if (expiresAt !== null) this.context.schedule(expiresAt, 'expire', { merchantId, customerId, sequence });
    }
  }

  #toOwner(entry: { readonly merchantId: string; readonly customerId: string }, at: FixturePath): Owner {
    const found = this.state.merchants.find(entry.merchantId);
    const merchant = getReferred(found, `merchant "${entry.merchantId}"`, [...at, 'merchantId']);
    return { merchantId: merchant.merchantId, customerId: entry.customerId as CustomerId };
  }

  /** A fault is found by the customer alone, whom several merchants may have. */
  #parseFault({ fault, customerId }: MemberEntry, at: FixturePath): string | undefined {
    const parsed = parseFaultField(fault, at, { id: 'inveterate', codes: FAILURES });
    const holder = parsed === undefined ? undefined : this.state.members.findBy('fault', customerId);
    if (!holder) return parsed;
    throw new FixtureMistake([...at, 'fault'], `The member of "${holder.merchantId}" has a fault, too.`);
  }
}

function toChange(entry: PendingEntry, at: FixturePath): Change {
  const { kind, amount = null, note = null, force = false, credits = 0, referrals = 0 } = entry;
  switch (kind) {
    case 'credits':
      return { kind, amount: parseNumericAmount(amount ?? 0, [...at, 'amount']), note, force };
    case 'redemption':
      return { kind, amount: amount === null ? null : parsePositive(amount, [...at, 'amount']) };
    case 'cancellation':
      return { kind };
    case 'member':
      return { kind, enrolment: toEnrolment(entry), referrals, credits: parseGrant(credits, [...at, 'credits']) };
  }
}

function parsePositive(written: number | string, at: FixturePath): Amount {
  const amount = parseGrant(written, at);
  if (amount !== ZERO) return amount;
  throw new FixtureMistake(at, 'Nothing can be redeemed for a code.');
}

function parseGrant(written: number | string, at: FixturePath): Amount {
  const amount = parseNumericAmount(written, at);
  if (!isNegative(amount)) return amount;
  throw new FixtureMistake(at, 'It must not be negative.');
}
