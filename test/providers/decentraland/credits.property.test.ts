import fc from 'fast-check';
import { expect, it } from 'vitest';

import { propertyRuns } from '../../support/property.ts';
import {
  NOBODY,
  PARTLY,
  RICH,
  fieldOf,
  refused,
  startDecentraland,
  startWire,
  toFixtures,
  type DecentralandApi,
} from './api.ts';
import { toSalt } from './ethereum.ts';

/** A credit of the plain model. */
interface Held {
  readonly id: string;
  readonly amount: bigint;
  spent: bigint;
  readonly createdAt: number;
  /** Infinity for never. */
  readonly expiresAt: number;
  revoked: boolean;
}

/** The wallets with all their credits, and the time. */
class Model {
  readonly wallets: ReadonlyMap<string, Held[]>;
  now = START;

  constructor(addresses: readonly string[]) {
    this.wallets = new Map(addresses.map((address) => [address, []]));
  }

  of(address: string): Held[] {
    return this.wallets.get(address) ?? [];
  }

  isLeft({ amount, spent, expiresAt, revoked }: Held): boolean {
    return !revoked && this.now < expiresAt && spent < amount;
  }

  spendable(address: string): readonly Held[] {
    return this.of(address)
      .filter((held) => this.isLeft(held))
      .sort((a, b) => a.expiresAt - b.expiresAt || a.createdAt - b.createdAt);
  }

  left(address: string): bigint {
    return sum(this.spendable(address));
  }

  /** Takes a price off these credits, in order. */
  spend(credits: readonly Held[], price: bigint): void {
    let open = price;
    for (const held of credits) {
      const rest = held.amount - held.spent;
      const taken = rest < open ? rest : open;
      held.spent += taken;
      open -= taken;
    }
  }
}

const START = Date.parse('2026-01-01T00:00:00Z');
const DAY = 86_400_000;
const ADDRESSES = [RICH, PARTLY, NOBODY.toLowerCase()];
const WEI = 10n ** 18n;

function sum(credits: readonly Held[]): bigint {
  return credits.reduce((total, { amount, spent }) => total + amount - spent, 0n);
}

/** MANA in decimal notation. */
function toMana(wei: bigint): string {
  return `${wei / WEI}.${String(wei % WEI).padStart(18, '0')}`;
}

const wei = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }).map((halves) => (BigInt(halves) * WEI) / 2n) },
  { weight: 3, arbitrary: fc.bigInt({ min: 1n, max: 20n * WEI }) },
  { weight: 1, arbitrary: fc.constantFrom(1n, WEI - 1n, WEI + 1n, 10n ** 40n) },
);
const who = fc.nat({ max: ADDRESSES.length - 1 });
const which = fc.nat({ max: 30 });
const time = fc.oneof(fc.constantFrom(1, 1000, DAY, 7 * DAY), fc.integer({ min: 1, max: 20 * DAY }));
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      who,
      wei,
      life: fc.oneof(fc.constantFrom(null, 1, DAY, 10 * DAY), time),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('consume' as const), who, wei }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('empty' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('consumeOne' as const), who, which, wei }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), who, which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), time }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const tooMuch = refused('The wallet has too few credits.', 'NOT_ENOUGH_CREDITS');
const nothingLeft = refused('The credit has nothing left.', 'CREDIT_SPENT');

/** Takes a step in both, and compares the results. */
async function take(api: DecentralandApi, model: Model, taken: Step): Promise<void> {
  if (taken.kind === 'wait') {
    await api.control('post', '/clock/advance', { by: taken.time });
    model.now += taken.time;
    return;
  }
  const address = ADDRESSES[taken.who] ?? RICH;
  const held = model.of(address);
  switch (taken.kind) {
    case 'grant': {
      // No two credits of a wallet may be given at the same instant, which the model could not order.
      await api.control('post', '/clock/advance', { by: 1 });
      model.now += 1;
      const expiry = taken.life === null ? null : new Date(model.now + taken.life).toISOString();
      const answer = await api.run('grant', { address, amount: toMana(taken.wei), expiresAt: expiry });
      const id = String(fieldOf(answer, 'result', 'id'));
      const expiresAt = taken.life === null ? Infinity : model.now + taken.life;
      held.push({ id, amount: taken.wei, spent: 0n, createdAt: model.now, expiresAt, revoked: false });
      return;
    }
    case 'empty':
    case 'consume': {
      const price = taken.kind === 'empty' ? model.left(address) : taken.wei;
      if (price === 0n) return;
      const answer = await api.run('consume', { address, amount: toMana(price) });
      if (price > model.left(address)) {
        expect(answer).toEqual(tooMuch);
        return;
      }
      model.spend(model.spendable(address), price);
      expect(fieldOf(answer, 'entries', 0, 'delta')).toBe(String(-price));
      return;
    }
    case 'consumeOne':
    case 'revoke': {
      const one = held[taken.which % Math.max(held.length, 1)];
      if (!one) return;
      const price = taken.kind === 'revoke' ? {} : { amount: toMana(taken.wei) };
      const name = taken.kind === 'revoke' ? 'revoke' : 'consume';
      const answer = await api.run(name, { address, creditId: one.id, ...price });
      if (!model.isLeft(one)) expect(answer).toEqual(nothingLeft);
      else if (taken.kind === 'revoke') one.revoked = true;
      else if (taken.wei > one.amount - one.spent) expect(answer).toEqual(tooMuch);
      else model.spend([one], taken.wei);
    }
  }
}

const LAST_SECOND = 4_294_967_295;

/** The fields of a wallet's list that the model knows, in both formats. */
const readings = {
  document: {
    start: startDecentraland,
    ofCredit: ({ id, amount, spent, createdAt, expiresAt }: Held): object => ({
      id,
      amount: Number(toMana(amount)),
      status: spent === 0n ? 'AVAILABLE' : 'PARTIALLY_USED',
      createdAt: new Date(createdAt).toISOString(),
      ...(expiresAt === Infinity ? undefined : { expiresAt: new Date(expiresAt).toISOString() }),
    }),
    ofTotal: (credits: readonly Held[]): object => ({ totalCredits: Number(toMana(sum(credits))) }),
  },
  wire: {
    start: startWire,
    ofCredit: ({ id, amount, spent, createdAt, expiresAt }: Held): object => ({
      id: toSalt(id),
      amount: String(amount),
      availableAmount: String(amount - spent),
      status: spent === 0n ? 'available' : 'partially_used',
      timestamp: String(createdAt),
      expiresAt: String(expiresAt === Infinity ? LAST_SECOND : Math.floor(expiresAt / 1000)),
    }),
    ofTotal: (credits: readonly Held[]): object => ({
      totalCredits: Number(sum(credits)),
      totals: {
        expiring: Number(sum(credits.filter(({ expiresAt }) => expiresAt !== Infinity))),
        nonExpiring: Number(sum(credits.filter(({ expiresAt }) => expiresAt === Infinity))),
      },
    }),
  },
};
type Format = keyof typeof readings;

async function expectLists(api: DecentralandApi, model: Model, format: Format, who = ADDRESSES): Promise<void> {
  const { ofCredit, ofTotal } = readings[format];
  for (const address of who) {
    const credits = model.spendable(address);
    for (const status of [undefined, 'AVAILABLE', 'PARTIALLY_USED']) {
      const some = credits.filter(({ spent }) => !status || (spent === 0n) === (status === 'AVAILABLE'));
      const body = { credits: some.map(ofCredit), ...ofTotal(credits) };
      expect(await api.credits(address, status && `?status=${status}`)).toMatchObject({ status: 200, body });
    }
  }
}

type Entry = Readonly<Record<'account' | 'at' | 'delta' | 'before' | 'after', string>>;

/** Compares the balances with the model, and checks that the ledger has no gap. */
async function expectRecorded(api: DecentralandApi, model: Model): Promise<void> {
  const { entries } = (await api.control('get', '/ledger?limit=1000')) as { entries: Entry[] };
  const { accounts } = (await api.control('get', '/accounts')) as { accounts: { account: string; balance: string }[] };
  const held = new Map(ADDRESSES.map((address) => [address, model.left(address)]));
  expect(new Map(accounts.map(({ account, balance }) => [account, BigInt(balance)]))).toEqual(held);
  const balances = new Map(ADDRESSES.map((address) => [address, 0n]));
  let last = START;
  for (const { account, at, delta, before, after } of entries.toReversed()) {
    expect(BigInt(before)).toBe(balances.get(account));
    expect(BigInt(after)).toBe(BigInt(before) + BigInt(delta));
    expect(delta).not.toBe('0');
    expect(Date.parse(at)).toBeGreaterThanOrEqual(last);
    last = Date.parse(at);
    balances.set(account, BigInt(after));
  }
  expect(balances).toEqual(held);
}

it('credits and balances agree with a plain model, for any steps at any time', async () => {
  const steps = fc.array(step, { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom<Format>('document', 'wire'), async (all, format) => {
      const wallets = ADDRESSES.map((address) => ({ address }));
      const api = await readings[format].start({ fixtures: toFixtures({ wallets }) });
      const model = new Model(ADDRESSES);
      for (const taken of all) {
        await take(api, model, taken);
        await expectLists(api, model, format, 'who' in taken ? [ADDRESSES[taken.who] ?? RICH] : ADDRESSES);
      }
      await expectLists(api, model, format);
      await expectRecorded(api, model);
    }),
    // Each run signs and compares so many credits that a tenth of the usual number takes as long as the others.
    { numRuns: Math.ceil(propertyRuns(50) / 10) },
  );
});
