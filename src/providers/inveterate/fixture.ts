import { parseRelativeInstant, type Instant } from '../../core/values/clock.ts';
import { add, isNegative, subtract, toAmount, ZERO, type Amount } from '../../core/values/decimal.ts';
import { toMessage } from '../../core/values/message.ts';
import {
  FixtureMistake,
  type FixtureContext,
  type FixtureFormat,
  type FixturePath,
} from '../../core/provider/fixture.ts';
import { parseFaultField } from '../../core/provider/magic-subject.ts';
import { FAILURES, isErrorCode } from './errors.ts';
import { claimOrder } from './orders.ts';
import { dump } from './fixture-dump.ts';
import {
  schema,
  type CreditEntry,
  type MemberEntry,
  type MerchantEntry,
  type PendingEntry,
  type Section,
} from './fixture-schema.ts';
import { MANUAL, post, REDEEMED } from './ledger.ts';
import { forget, toEnrolment, toNewMember, toProfile } from './members.ts';
import {
  toOwnerKey,
  type Change,
  type CustomerId,
  type Member,
  type MerchantId,
  type Owner,
  type State,
} from './state.ts';

export const fixture: FixtureFormat<State, Section> = {
  schema,

  load({ merchants = [], members = [], pending = [] }, state, context) {
    const loading = new Loading(state, context);
    merchants.forEach((entry, index) => {
      loading.merchant(entry, ['merchants', index]);
    });
    members.forEach((entry, index) => {
      loading.member(entry, ['members', index]);
    });
    // Before any is made, so that none of those that are made is one that follows.
    for (const { id } of pending) if (id !== undefined) context.ids.claim('change', id);
    pending.forEach((entry, index) => {
      loading.pending(entry, ['pending', index]);
    });
  },

  dump,
};

const TOO_LARGE = 'An amount must be what a JSON number can hold.';

/** One section on its way into the state. */
class Loading {
  readonly #state: State;
  readonly #context: FixtureContext;
  readonly #loaded = new Set<string>();

  constructor(state: State, context: FixtureContext) {
    this.#state = state;
    this.#context = context;
  }

  merchant(entry: MerchantEntry, at: FixturePath): void {
    const merchantId = entry.merchantId as MerchantId;
    this.#assertNew(`merchant ${merchantId}`, [...at, 'merchantId']);
    const { merchants } = this.#state;
    const holder = merchants.findBy('apiKey', entry.apiKey);
    if (holder && holder.merchantId !== merchantId) {
      throw new FixtureMistake([...at, 'apiKey'], `The merchant "${holder.merchantId}" has the same apiKey.`);
    }
    merchants.put({
      merchantId,
      name: entry.name,
      shopDomain: entry.shopDomain ?? `${merchantId}.myshopify.com`,
      currency: entry.currency ?? 'USD',
      apiKey: entry.apiKey,
      creditExpiryDays: entry.creditExpiryDays ?? null,
      place: merchants.find(merchantId)?.place ?? merchants.size,
    });
  }

  /** A member who is there already goes with the whole ledger and all that waits. */
  member(entry: MemberEntry, at: FixturePath): void {
    const owner = this.#toOwner(entry, at);
    this.#assertNew(`member ${toOwnerKey(owner)}`, [...at, 'customerId']);
    const place = this.#state.members.find(toOwnerKey(owner))?.place ?? this.#state.members.size;
    forget(this.#state, owner);
    const joinedAt = this.#parse(entry.joinedAt, [...at, 'joinedAt']);
    const joined: Member = { ...toNewMember(owner, place, joinedAt), ...toProfile(entry) };
    const member = this.#loadCredits(joined, entry, at);
    const redemption = this.#toRedemption(entry, member, [...at, 'redemption']);
    this.#state.members.put({
      ...member,
      redemption,
      orderIds: entry.orderIds ?? [],
      totalSpend: parseAmount(entry.totalSpend ?? 0, [...at, 'totalSpend']),
      lastPurchaseAt: this.#parseOrNull(entry.lastPurchaseAt, [...at, 'lastPurchaseAt']),
      referrals: entry.referrals ?? 0,
      enrolment: toEnrolment(entry),
      fault: this.#parseFault(entry, at),
      updatedAt: entry.updatedAt === undefined ? member.updatedAt : this.#parse(entry.updatedAt, [...at, 'updatedAt']),
    });
    for (const id of entry.orderIds ?? []) claimOrder(this.#context.ids, id);
    this.#scheduleExpiries(owner);
  }

  pending(entry: PendingEntry, at: FixturePath): void {
    const owner = this.#toOwner(entry, at);
    if (entry.kind !== 'member' && !this.#state.members.find(toOwnerKey(owner))) {
      throw new FixtureMistake([...at, 'customerId'], `There is no member "${owner.customerId}".`);
    }
    const { refused = null } = entry;
    if (refused !== null && !isErrorCode(refused)) {
      throw new FixtureMistake([...at, 'refused'], `"${refused}" is no reason.`);
    }
    const id = entry.id ?? this.#context.ids.next('change');
    if (this.#state.pending.find(String(id))) {
      throw new FixtureMistake([...at, 'id'], `There is a change ${id} already.`);
    }
    const settlesAt = this.#parse(entry.settlesAt, [...at, 'settlesAt']);
    const acceptedAt = this.#parse(entry.acceptedAt, [...at, 'acceptedAt']);
    this.#state.pending.put({ ...owner, id, change: toChange(entry, at), acceptedAt, settlesAt, refused });
    if (refused === null) this.#context.schedule(settlesAt, 'settle', { id });
  }

  #loadCredits(joined: Member, { credit, credits }: MemberEntry, at: FixturePath): Member {
    if (credits) {
      let member = joined;
      credits.forEach((entry, index) => {
        member = this.#loadCredit(member, entry, [...at, 'credits', index]);
      });
      const known = credit === undefined ? member.balance : parseAmount(credit, [...at, 'credit']);
      if (known === member.balance) return member;
      throw new FixtureMistake([...at, 'credit'], `It says ${known}, but the entries come to ${member.balance}.`);
    }
    const balance = parseAmount(credit ?? 0, [...at, 'credit']);
    if (balance === ZERO) return joined;
    return this.#loadCredit(joined, { amount: balance }, [...at, 'credit'], joined.joinedAt);
  }

  #loadCredit(member: Member, entry: CreditEntry, at: FixturePath, joinedAt?: Instant): Member {
    const amount = parseAmount(entry.amount, at);
    if (amount === ZERO) throw new FixtureMistake(at, 'An entry adds something or takes something.');
    const balance = add(member.balance, amount);
    if (isNegative(balance)) throw new FixtureMistake(at, 'It takes more than there is.');
    if (!Number.isFinite(Number(balance))) throw new FixtureMistake(at, TOO_LARGE);
    const createdAt = joinedAt ?? this.#parse(entry.createdAt, [...at, 'createdAt']);
    const reason = entry.reason ?? MANUAL;
    const { note = null, appliedBy = null, orderId = null } = entry;
    const expiresAt = this.#parseOrNull(entry.expirationDate, [...at, 'expirationDate']);
    const posted = post(this.#state, member, { amount, reason, note, appliedBy, orderId, expiresAt, createdAt });
    if (reason !== REDEEMED) return posted;
    return { ...posted, redemptions: member.redemptions + 1, lastRedemptionAt: createdAt };
  }

  #toRedemption({ redemption = null }: MemberEntry, { balance }: Member, at: FixturePath): Member['redemption'] {
    if (redemption === null) return null;
    const { code } = redemption;
    const value = parseAmount(redemption.value, [...at, 'value']);
    if (value === ZERO || isNegative(value) || isNegative(subtract(balance, value))) {
      throw new FixtureMistake(
        [...at, 'value'],
        `A code is worth something, and no more than the balance of ${balance}.`,
      );
    }
    const holder = this.#state.members.findBy('code', code);
    if (holder) throw new FixtureMistake([...at, 'code'], `The member "${holder.customerId}" has the same code.`);
    return { code, value };
  }

  #scheduleExpiries({ merchantId, customerId }: Owner): void {
    const lots = [...this.#state.lots.list('spending', { within: [merchantId, customerId] })];
    for (const { sequence, expiresAt } of lots) {
      if (expiresAt !== null) this.#context.schedule(expiresAt, 'expire', { merchantId, customerId, sequence });
    }
  }

  #toOwner(entry: { readonly merchantId: string; readonly customerId: string }, at: FixturePath): Owner {
    const merchant = this.#state.merchants.find(entry.merchantId);
    if (!merchant) throw new FixtureMistake([...at, 'merchantId'], `There is no merchant "${entry.merchantId}".`);
    return { merchantId: merchant.merchantId, customerId: entry.customerId as CustomerId };
  }

  #assertNew(identity: string, at: FixturePath): void {
    if (this.#loaded.has(identity)) throw new FixtureMistake(at, `The ${identity} is there twice.`);
    this.#loaded.add(identity);
  }

  /** A fault is found by the customer alone, whom several merchants may have. */
  #parseFault({ fault, customerId }: MemberEntry, at: FixturePath): string | undefined {
    const parsed = parseFaultField(fault, at, { id: 'inveterate', codes: FAILURES });
    const holder = parsed === undefined ? undefined : this.#state.members.findBy('fault', customerId);
    if (!holder) return parsed;
    throw new FixtureMistake([...at, 'fault'], `The member of "${holder.merchantId}" has a fault, too.`);
  }

  #parseOrNull(written: string | null | undefined, at: FixturePath): Instant | null {
    return written == null ? null : this.#parse(written, at);
  }

  #parse(written: string | undefined, at: FixturePath): Instant {
    try {
      return parseRelativeInstant(written ?? 'now', () => this.#context.now());
    } catch (error) {
      throw new FixtureMistake(at, toMessage(error));
    }
  }
}

function toChange(entry: PendingEntry, at: FixturePath): Change {
  const { kind, amount = null, note = null, force = false, credits = 0, referrals = 0 } = entry;
  switch (kind) {
    case 'credits':
      return { kind, amount: parseAmount(amount ?? 0, [...at, 'amount']), note, force };
    case 'redemption':
      return { kind, amount: amount === null ? null : parsePositive(amount, [...at, 'amount']) };
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
  const amount = parseAmount(written, at);
  if (!isNegative(amount)) return amount;
  throw new FixtureMistake(at, 'It must not be negative.');
}

function parseAmount(written: number | string, at: FixturePath): Amount {
  const amount = toAmount(written);
  if (Number.isFinite(Number(amount))) return amount;
  throw new FixtureMistake(at, TOO_LARGE);
}
