import { expect } from 'vitest';

import { MEMBERS, anyCode, ledgerOf, ok, stranger, unknownCustomer, type InveterateApi } from './api.ts';
import { isRow, sum, toBalance, type Member, type Model, type Movement, type Row } from './ledger-model.ts';

/** A number of cents, the balance, the part of it that no code reserves, or a cent more than either. */
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

/** In the format of the emulator's own ledger: "-5.25", "5.5", "5". */
function toText(cents: bigint): string {
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

/** Performs an act on the emulator and on the model, and compares the responses. */
export async function take(api: InveterateApi, model: Model, act: Act): Promise<void> {
  switch (act.kind) {
    case 'add':
    case 'remove': {
      const { merchant, customer } = act;
      const { note, force } = { note: undefined, force: undefined, ...act };
      const amount = act.kind === 'add' ? BigInt(act.cents) : -resolve(model, act, act.cents);
      const answer = await api.as(merchant).add(customer, { amount: toNumber(amount), note, force });
      return expect(answer).toEqual(model.change(merchant, customer, amount, force ?? false, note));
    }
    case 'redeem': {
      const { merchant, customer, cents } = act;
      const amount = cents === undefined ? undefined : atLeastOne(resolve(model, act, cents));
      const body = amount === undefined ? undefined : { amount: toNumber(amount) };
      const answer = await api.as(merchant).redeem(customer, body);
      return expect(answer).toEqual(model.redeem(merchant, customer, amount));
    }
    case 'join': {
      const { merchant, customer, cents } = act;
      const credits = cents === undefined ? undefined : BigInt(cents);
      const answer = await api.as(merchant).enrol({ customerId: customer, credits: credits && toNumber(credits) });
      return expect(answer).toEqual(model.join(merchant, customer, credits));
    }
    case 'expire': {
      const { merchant, customer, cents } = act;
      const amount = cents === undefined ? undefined : atLeastOne(resolve(model, act, cents));
      const args = { merchantId: merchant, customerId: customer, amount: amount && toNumber(amount) };
      const answer = await api.control('expireCredits', args);
      return expectControlled(model, answer, model.expire(merchant, customer, amount));
    }
    case 'use':
      return takeUse(api, model, act);
    case 'advance':
      await api.emulator('post', '/clock/advance', { by: act.by });
      return model.advance(act.by);
    case 'read':
      return readAll(api, model);
  }
}

/** Uses the code of a member, or an earlier one, or an unknown one. */
async function takeUse(api: InveterateApi, model: Model, act: Extract<Act, { readonly kind: 'use' }>): Promise<void> {
  const member = model.find(act.merchant, act.customer);
  if (member) await readLedger(api, model, member);
  const [first = 'REDEEM+none'] = model.codes;
  const code = act.old ? first : (member?.code?.text ?? 'REDEEM+none');
  const spent = BigInt(act.spent);
  const args = { code, orderId: act.order === undefined ? undefined : String(act.order), orderTotal: toNumber(spent) };
  const answer = await api.control('useCode', args);
  const made = (answer as { readonly result?: { readonly orderId?: unknown } }).result?.orderId;
  expectControlled(model, answer, model.useCode(code, args.orderId ?? String(made), spent));
}

function expectControlled(model: Model, answer: unknown, happened: object): void {
  if (!isRow(happened)) return expect(answer).toEqual(happened);
  const [movement] = model.movements.slice(-1);
  if (!movement) throw new Error('Nothing was moved.');
  const entries = [expect.objectContaining(toMovement(movement)) as unknown];
  expect(answer).toEqual({ result: toEntry(movement.member, happened), entries });
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
  return stranger(customer, {
    ...{ merchantId: merchant, joinedAt: toTime(joinedAt), createdAt: toTime(joinedAt), updatedAt: toTime(updatedAt) },
    credit: toNumber(toBalance(member)),
    creditsEarned: toNumber(sum(added.map(({ amount }) => amount))),
    ...{ numberOfCreditRedemptions: used.length, lastCreditRedemptionAt: lastUse, lastPurchaseAt: lastUse },
    ...{ orderCount: used.length, orderIds: used.map(({ orderId }) => Number(orderId)) },
    ...{ revenue: toNumber(spent), totalSpend: toNumber(spent) },
  });
}

function toMovement({ member, row, operation }: Movement): object {
  const { amount, before, at, note } = row;
  return {
    ...{ tenant: member.merchant, account: member.customer, operation, at: toTime(at) },
    ...{ delta: toText(amount), before: toText(before), after: toText(before + amount) },
    memo: operation === 'CreditsController_create' ? note : null,
  };
}

/** Reads a ledger and compares it. The model learns a new code. */
async function readLedger(api: InveterateApi, model: Model, member: Member): Promise<void> {
  const { merchant, customer, rows, code } = member;
  const answer = await api.as(merchant).ledger(customer);
  const redemption = code && { code: code.text ?? anyCode, value: toNumber(code.value) };
  expect(answer).toEqual(ledgerOf(rows.map((row) => toEntry(member, row)).reverse(), redemption));
  if (!code || code.text !== undefined) return;
  const { data } = answer.body as { readonly data: { readonly redemption: { readonly code: string } } };
  code.text = data.redemption.code;
  expect(model.codes).not.toContain(code.text);
  model.codes.add(code.text);
}

/** Compares each ledger and all members, and checks that no code is worth more than the balance. */
export async function readAll(api: InveterateApi, model: Model): Promise<void> {
  for (const member of model.members) {
    await readLedger(api, model, member);
    expect(member.code === null || member.code.value <= toBalance(member)).toBe(true);
  }
  for (const merchant of new Set(model.members.map((member) => member.merchant))) {
    const members = model.members.filter((member) => member.merchant === merchant).map(toMember);
    expect(await api.as(merchant).call('get', MEMBERS)).toEqual(ok('Members found', { members }));
  }
  expect(await api.as('lumen').member('5')).toEqual(unknownCustomer);
}

interface Shown {
  readonly account: string;
  readonly tenant: string;
  readonly balance: string;
}

/** Compares the emulator's own records of balances. */
export async function expectRecorded(api: InveterateApi, model: Model): Promise<void> {
  const { accounts } = (await api.emulator('get', '/accounts?limit=1000')) as { readonly accounts: Shown[] };
  expect(new Map(accounts.map(({ tenant, account, balance }) => [`${tenant} ${account}`, balance]))).toEqual(
    new Map(model.members.map((member) => [`${member.merchant} ${member.customer}`, toText(toBalance(member))])),
  );
  expect((await api.emulatorLedger()).toReversed()).toMatchObject(model.movements.map(toMovement));
}
