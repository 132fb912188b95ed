import { expect } from 'vitest';

import {
  isRow,
  sum,
  toBalance,
  unknownCustomer,
  type Answer,
  type Member,
  type Model,
  type Movement,
  type Row,
} from './ledger-model.ts';

/** So many cents, or what a member has, or what of it no code holds, or a cent more than that. */
export type Cents = number | 'all' | 'free' | 'all and one' | 'free and one';

interface Whose {
  readonly merchant: string;
  readonly customer: string;
}

export type Act =
  | (Whose & { readonly kind: 'add'; readonly cents: number; readonly note: string | undefined })
  | (Whose & { readonly kind: 'remove'; readonly cents: Cents; readonly force: boolean | undefined })
  | (Whose & { readonly kind: 'redeem'; readonly cents: Cents | undefined })
  | (Whose & { readonly kind: 'join'; readonly cents: number | undefined })
  | (Whose & { readonly kind: 'expire'; readonly cents: Cents | undefined })
  | (Whose & {
      readonly kind: 'use';
      readonly old: boolean;
      readonly order: number | undefined;
      readonly spent: number;
    })
  | { readonly kind: 'advance'; readonly by: number }
  | { readonly kind: 'read' };

/** One emulator, called as a merchant's server does. */
export class Api {
  readonly #url: string;
  /** Codes that there have been. */
  readonly codes = new Set<string>();

  constructor(url: string) {
    this.#url = url;
  }

  get(merchant: string, path: string): Promise<Answer> {
    return this.#send('GET', `/inveterate/v2.0${path}`, merchant);
  }

  post(merchant: string, path: string, body: object | undefined): Promise<Answer> {
    return this.#send('POST', `/inveterate/v2.0${path}`, merchant, body);
  }

  /** What of it an act of the control API answers. */
  control(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Answer> {
    return this.#send(method, `/_emulator${path}`, '', body);
  }

  async #send(method: string, path: string, key: string, sent?: object): Promise<Answer> {
    const headers = { 'X-Inveterate-Api-Key': key };
    const withBody = sent && {
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(sent),
    };
    const response = await fetch(`${this.#url}${path}`, { method, headers, ...withBody });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }
}

/** As the emulator's own ledger has it: "-5.25", "5.5", "5". */
export function toText(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
  return cents < 0n ? `-${text}` : text;
}

function toNumber(cents: bigint): number {
  return Number(toText(cents));
}

function toTime(instant: number | null | undefined): string | null {
  return instant == null ? null : new Date(instant).toISOString();
}

/** Does what is to be done, here and in the model, and compares the answers. */
export async function take(api: Api, model: Model, act: Act): Promise<void> {
  switch (act.kind) {
    case 'add':
    case 'remove': {
      const { merchant, customer } = act;
      const { note, force } = { note: undefined, force: undefined, ...act };
      const amount = act.kind === 'add' ? BigInt(act.cents) : -resolve(model, act, act.cents);
      const body = { amount: toNumber(amount), note, force };
      const answer = await api.post(merchant, `/admin/members/${customer}/credits`, body);
      return expect(answer).toEqual(model.change(merchant, customer, amount, force ?? false, note));
    }
    case 'redeem': {
      const { merchant, customer, cents } = act;
      const amount = cents === undefined ? undefined : atLeastOne(resolve(model, act, cents));
      const body = amount === undefined ? undefined : { amount: toNumber(amount) };
      const answer = await api.post(merchant, `/storefront/members/${customer}/credits/redemption`, body);
      return expect(answer).toEqual(model.redeem(merchant, customer, amount));
    }
    case 'join': {
      const { merchant, customer, cents } = act;
      const credits = cents === undefined ? undefined : BigInt(cents);
      const body = { customerId: customer, credits: credits && toNumber(credits) };
      const answer = await api.post(merchant, '/admin/members', body);
      return expect(answer).toEqual(model.join(merchant, customer, credits));
    }
    case 'expire': {
      const { merchant, customer, cents } = act;
      const amount = cents === undefined ? undefined : atLeastOne(resolve(model, act, cents));
      const args = { merchantId: merchant, customerId: customer, amount: amount && toNumber(amount) };
      const answer = await api.control('POST', '/controls/inveterate/expireCredits', args);
      const happened = model.expire(merchant, customer, amount);
      return expectControlled(model, answer, happened);
    }
    case 'use':
      return takeUse(api, model, act);
    case 'advance': {
      const { status } = await api.control('POST', '/clock/advance', { by: act.by });
      expect(status).toBe(200);
      model.advance(act.by);
      return;
    }
    case 'read':
      return readAll(api, model);
  }
}

/** Uses the code of a member, or one that there was before; or one that there never was. */
async function takeUse(api: Api, model: Model, act: Extract<Act, { readonly kind: 'use' }>): Promise<void> {
  const member = model.find(act.merchant, act.customer);
  if (member) await readLedger(api, member);
  const [first = 'REDEEM+none'] = api.codes;
  const code = act.old ? first : (member?.code?.text ?? 'REDEEM+none');
  const spent = BigInt(act.spent);
  const args = { code, orderId: act.order === undefined ? undefined : String(act.order), orderTotal: toNumber(spent) };
  const answer = await api.control('POST', '/controls/inveterate/useCode', args);
  const made = (answer.body as { readonly result?: { readonly orderId?: unknown } }).result?.orderId;
  expectControlled(model, answer, model.useCode(code, args.orderId ?? String(made), spent));
}

function expectControlled(model: Model, answer: Answer, happened: Row | Answer): void {
  if (!isRow(happened)) return expect(answer).toEqual(happened);
  const [movement] = model.movements.slice(-1);
  if (!movement) throw new Error('Nothing was moved.');
  const entries = [expect.objectContaining(toMovement(movement)) as unknown];
  expect(answer).toEqual({ status: 200, body: { result: toEntry(movement.member, happened), entries } });
}

function resolve(model: Model, { merchant, customer }: Whose, cents: Cents): bigint {
  if (typeof cents === 'number') return BigInt(cents);
  const member = model.find(merchant, customer);
  const balance = member ? toBalance(member) : 0n;
  const amount = cents.startsWith('all') ? balance : balance - (member?.code?.value ?? 0n);
  return cents.endsWith('one') ? amount + 1n : amount;
}

function atLeastOne(cents: bigint): bigint {
  return cents === 0n ? 1n : cents;
}

function toEntry({ merchant, customer }: Member, row: Row): object {
  const { amount, before, reason, note, orderId } = row;
  return {
    ...{ merchantId: merchant, customerId: customer, reason, note, appliedBy: null, orderId },
    ...{ amount: toNumber(amount), previousBalance: toNumber(before), newBalance: toNumber(before + amount) },
    ...{ expirationDate: toTime(row.expiresAt), createdAt: toTime(row.at), updatedAt: toTime(row.at) },
  };
}

function toMember(member: Member): object {
  const { merchant, customer, joinedAt, updatedAt, rows, spent } = member;
  const used = rows.filter(({ reason }) => reason === 'CREDIT_REDEMPTION');
  const added = rows.filter(({ amount }) => amount > 0n);
  const lastUse = toTime(used.at(-1)?.at);
  return {
    ...{ merchantId: merchant, customerId: customer, accountState: 'ENABLED', status: 'ACTIVE', anonymized: false },
    ...{ email: null, firstName: null, lastName: null, notes: null, phoneNumber: null },
    ...{ contractId: null, paymentId: null, referredBy: null, referrals: 0 },
    ...{ joinedAt: toTime(joinedAt), createdAt: toTime(joinedAt), updatedAt: toTime(updatedAt) },
    credit: toNumber(toBalance(member)),
    creditsEarned: toNumber(sum(added.map(({ amount }) => amount))),
    ...{ numberOfCreditRedemptions: used.length, lastCreditRedemptionAt: lastUse, lastPurchaseAt: lastUse },
    ...{ orderCount: used.length, orderIds: used.map(({ orderId }) => Number(orderId)) },
    ...{ revenue: toNumber(spent), totalSpend: toNumber(spent) },
    ...{ tierId: null, tierName: null, trigger: null, currencyCode: 'USD', freeTrialActive: false },
  };
}

function toMovement({ member, row, operation }: Movement): object {
  const { amount, before, at, note } = row;
  return {
    ...{ tenant: member.merchant, account: member.customer, operation, at: toTime(at) },
    ...{ delta: toText(amount), before: toText(before), after: toText(before + amount) },
    memo: operation === 'CreditsController_create' ? note : null,
  };
}

/** Reads a ledger and compares it, and has the model know a code that it did not know. */
async function readLedger(api: Api, member: Member): Promise<void> {
  const { merchant, customer, rows, code } = member;
  const answer = await api.get(merchant, `/admin/members/${customer}/credits`);
  const text = code?.text ?? (expect.stringMatching(/^REDEEM\+[\da-f]{16}$/) as string);
  const redemption = code && { code: text, value: toNumber(code.value) };
  const credits = rows.map((row) => toEntry(member, row)).reverse();
  expect(answer).toEqual({ status: 200, body: { message: 'Credits found', data: { credits, redemption } } });
  if (!code || code.text !== undefined) return;
  const { data } = answer.body as { readonly data: { readonly redemption: { readonly code: string } } };
  code.text = data.redemption.code;
  expect(api.codes).not.toContain(code.text);
  api.codes.add(code.text);
}

/** Every ledger and all members, compared; and that no code is worth more than there is. */
export async function readAll(api: Api, model: Model): Promise<void> {
  for (const member of model.members) {
    await readLedger(api, member);
    expect(member.code === null || member.code.value <= toBalance(member)).toBe(true);
  }
  for (const merchant of new Set(model.members.map((member) => member.merchant))) {
    const members = model.members.filter((member) => member.merchant === merchant).map(toMember);
    const found = { status: 200, body: { message: 'Members found', data: { members } } };
    expect(await api.get(merchant, '/admin/members')).toEqual(found);
  }
  expect(await api.get('lumen', '/admin/members/5')).toEqual(unknownCustomer);
}

interface Shown {
  readonly account: string;
  readonly tenant: string;
  readonly balance: string;
}

/** That the emulator's own records of balances are the same. */
export async function expectRecorded(api: Api, model: Model): Promise<void> {
  const { accounts } = (await api.control('GET', '/accounts?limit=1000')).body as { readonly accounts: Shown[] };
  expect(new Map(accounts.map(({ tenant, account, balance }) => [`${tenant} ${account}`, balance]))).toEqual(
    new Map(model.members.map((member) => [`${member.merchant} ${member.customer}`, toText(toBalance(member))])),
  );
  const { entries } = (await api.control('GET', '/ledger?limit=1000')).body as { readonly entries: object[] };
  expect(entries.reverse()).toMatchObject(model.movements.map(toMovement));
}

/** Takes the whole state out and puts it back, which changes nothing. */
export async function putBack(api: Api): Promise<void> {
  const { body } = await api.control('GET', '/state');
  expect(await api.control('PUT', '/state', body as object)).toEqual({ status: 204, body: undefined });
  expect(await api.control('GET', '/state')).toEqual({ status: 200, body });
}
