import {
  enrolled,
  codeInTheWay,
  notEnough,
  nothingToRedeem,
  redeemed,
  refusal,
  refusedByControl,
  submitted,
  unknownCustomer,
  type Answer,
} from './api.ts';

export const LUMEN = 'lumen';
export const RIDGE = 'ridge';
export const MERCHANTS = [LUMEN, RIDGE];
/** A member of both merchants, with two ledgers. */
export const ADA = '1';
/** Members of one merchant each. */
export const BENOIT = '2';
export const FINN = '3';
/** A customer who may become a member. */
export const GRACE = '4';
/** A customer who never becomes a member. */
export const NOBODY = '5';

const HOUR = 3_600_000;
const EXPIRY_DAYS = 2;

/** The seed of each run. Credits of the second merchant expire. */
export const fixture = {
  merchants: [
    { merchantId: LUMEN, name: 'Lumen', apiKey: LUMEN },
    { merchantId: RIDGE, name: 'Ridge', apiKey: RIDGE, creditExpiryDays: EXPIRY_DAYS },
  ],
  members: [
    {
      merchantId: LUMEN,
      customerId: ADA,
      credits: [
        { amount: 10, createdAt: 'now-P1D' },
        { amount: '5.25', createdAt: 'now-P1D', expirationDate: 'now+PT12H' },
        { amount: '2.5', createdAt: 'now-P1D', expirationDate: 'now+P1D' },
      ],
      joinedAt: 'now-P1D',
    },
    { merchantId: LUMEN, customerId: BENOIT, joinedAt: 'now-P1D' },
    { merchantId: RIDGE, customerId: ADA, credit: 1, joinedAt: 'now-P1D' },
    {
      ...{ merchantId: RIDGE, customerId: FINN, credit: 20, joinedAt: 'now-P1D' },
      redemption: { code: 'REDEEM+finn', value: 5 },
    },
  ],
};

export interface Row {
  /** In cents, like all amounts here. */
  readonly amount: bigint;
  readonly before: bigint;
  readonly reason: 'MANUAL' | 'EXPIRED' | 'CREDIT_REDEMPTION';
  readonly note: string | null;
  readonly orderId: string | null;
  readonly expiresAt: number | null;
  readonly at: number;
}

/** The rest of the credits that a row added. */
interface Grant {
  left: bigint;
  readonly expiresAt: number | null;
  /** The position among all grants. */
  readonly place: number;
}

export interface Code {
  /** `undefined` until a response has shown it. */
  text: string | undefined;
  readonly value: bigint;
}

export interface Member {
  readonly merchant: string;
  readonly customer: string;
  readonly joinedAt: number;
  updatedAt: number;
  readonly rows: Row[];
  /** Oldest first. */
  readonly grants: Grant[];
  code: Code | null;
  spent: bigint;
}

/** A row in the emulator's own ledger. */
export interface Movement {
  readonly member: Member;
  readonly row: Row;
  readonly operation: string;
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

export function toBalance({ rows }: Member): bigint {
  return sum(rows.map(({ amount }) => amount));
}

export function isRow(happened: object): happened is Row {
  return 'amount' in happened;
}

/** Plain lists of rows, and the rest of each addition. */
export class Model {
  readonly members: Member[] = [];
  readonly movements: Movement[] = [];
  /** All codes that were shown. */
  readonly codes = new Set<string>();
  #now: number;
  #places = 0;

  constructor(now: number) {
    this.#now = now - 24 * HOUR;
    const ada = this.#join(LUMEN, ADA);
    this.#post(ada, 1000n, {});
    this.#post(ada, 525n, { expiresAt: now + 12 * HOUR });
    this.#post(ada, 250n, { expiresAt: now + 24 * HOUR });
    this.#join(LUMEN, BENOIT);
    this.#post(this.#join(RIDGE, ADA), 100n, {});
    const finn = this.#join(RIDGE, FINN);
    this.#post(finn, 2000n, {});
    finn.code = { text: 'REDEEM+finn', value: 500n };
    this.movements.length = 0;
    this.#now = now;
  }

  find(merchant: string, customer: string): Member | undefined {
    return this.members.find((one) => one.merchant === merchant && one.customer === customer);
  }

  /** Credits that expire by then do so at their own instants. */
  advance(by: number): void {
    const end = this.#now + by;
    for (;;) {
      const [next] = this.members
        .flatMap((member) => member.grants.map((grant) => ({ member, grant, at: grant.expiresAt ?? Infinity })))
        .filter(({ grant, at }) => grant.left > 0n && at <= end)
        .sort((one, other) => one.at - other.at || one.grant.place - other.grant.place);
      if (!next) break;
      this.#now = next.at;
      const { left } = next.grant;
      next.grant.left = 0n;
      this.#lose(next.member, left, 'expire');
    }
    this.#now = end;
  }

  change(merchant: string, customer: string, amount: bigint, force: boolean, note: string | undefined): Answer {
    const member = this.find(merchant, customer);
    if (!member) return unknownCustomer;
    if (amount === 0n) return refusal('Amount cannot be zero');
    const after = toBalance(member) + amount;
    if (after < 0n) return notEnough;
    const isInTheWay = amount < 0n && member.code !== null && member.code.value > after;
    if (isInTheWay && !force) return codeInTheWay;
    if (isInTheWay) member.code = null;
    if (amount < 0n) this.#spend(member, -amount);
    const expiresAt = amount > 0n ? this.#toExpiry(merchant) : null;
    this.#post(member, amount, { expiresAt, note: note ?? null, operation: 'CreditsController_create' });
    return submitted;
  }

  redeem(merchant: string, customer: string, amount: bigint | undefined): Answer {
    const member = this.find(merchant, customer);
    if (!member) return unknownCustomer;
    const balance = toBalance(member);
    const reserved = member.code?.value ?? 0n;
    if (amount === undefined && reserved === balance) return nothingToRedeem;
    const value = amount === undefined ? balance : reserved + amount;
    if (value > balance) return notEnough;
    member.code = { text: undefined, value };
    member.updatedAt = this.#now;
    return redeemed;
  }

  join(merchant: string, customer: string, credits: bigint | undefined): Answer {
    const member = this.find(merchant, customer) ?? this.#join(merchant, customer);
    member.updatedAt = this.#now;
    if (credits !== undefined) {
      this.#post(member, credits, { expiresAt: this.#toExpiry(merchant), operation: 'MembersController_create' });
    }
    return enrolled;
  }

  useCode(text: string, orderId: string, spent: bigint): Row | object {
    const member = this.members.find(({ code }) => code?.text === text);
    if (!member?.code) return refusedByControl('No member has this code.');
    const { value } = member.code;
    member.code = null;
    member.spent += spent;
    this.#spend(member, value);
    const reason = 'CREDIT_REDEMPTION';
    return this.#post(member, -value, { reason, note: 'Credit Redemption', orderId, operation: 'useCode' });
  }

  expire(merchant: string, customer: string, amount: bigint | undefined): Row | object {
    const member = this.find(merchant, customer);
    if (!member) return refusedByControl('The member does not exist.');
    const balance = toBalance(member);
    const lost = amount ?? balance;
    if (lost === 0n) return refusedByControl('Amount cannot be zero');
    if (lost > balance) return refusedByControl('Not enough credits');
    this.#spend(member, lost);
    return this.#lose(member, lost, 'expireCredits');
  }

  #join(merchant: string, customer: string): Member {
    const joinedAt = this.#now;
    const nothing = { rows: [], grants: [], code: null, spent: 0n };
    const member: Member = { merchant, customer, joinedAt, updatedAt: joinedAt, ...nothing };
    this.members.push(member);
    return member;
  }

  #toExpiry(merchant: string): number | null {
    return merchant === RIDGE ? this.#now + EXPIRY_DAYS * 24 * HOUR : null;
  }

  /** Takes from the grants that expire soonest, and from the oldest of these. */
  #spend({ grants }: Member, amount: bigint): void {
    let rest = amount;
    while (rest > 0n) {
      const left = grants.filter((grant) => grant.left > 0n);
      const soonest = Math.min(...left.map(({ expiresAt }) => expiresAt ?? Infinity));
      const grant = left.find(({ expiresAt }) => (expiresAt ?? Infinity) === soonest);
      if (!grant) throw new RangeError(`There are ${rest} too few.`);
      const part = grant.left < rest ? grant.left : rest;
      grant.left -= part;
      rest -= part;
    }
  }

  #lose(member: Member, lost: bigint, operation: string): Row {
    const row = this.#post(member, -lost, { reason: 'EXPIRED', operation });
    if (member.code && member.code.value > toBalance(member)) member.code = null;
    return row;
  }

  #post(member: Member, amount: bigint, { operation = '', ...given }: Partial<Row> & { operation?: string }): Row {
    const nothing = { reason: 'MANUAL', note: null, orderId: null, expiresAt: null } as const;
    const row: Row = { ...nothing, ...given, amount, before: toBalance(member), at: this.#now };
    member.rows.push(row);
    member.updatedAt = this.#now;
    if (amount > 0n) member.grants.push({ left: amount, expiresAt: row.expiresAt, place: this.#places++ });
    this.movements.push({ member, row, operation });
    return row;
  }
}
