import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Emulator } from '../../../src/compose/emulator.ts';
import { START, startEmulator } from '../../support/emulator.ts';
import { createFiles } from '../../support/folder.ts';
import { propertyRuns } from '../../support/property.ts';
import { Api, readPage, take, type Shown } from './wallets-calls.ts';
import {
  ADA,
  BENOIT,
  BURN,
  CHIYO,
  CREW,
  FINN,
  HARBOR,
  LANTERN,
  Model,
  NOBODY,
  NO_TEAM,
  fixture,
  type Settings,
  type Wallet,
} from './wallets-model.ts';

const USERS = [ADA, BENOIT, CHIYO, FINN, NOBODY];
/** Seeded: 1000 of the customer's own, and what Ada's two transactions come to. */
const OPENING = [
  [`${LANTERN} ${LANTERN}`, '1000'],
  [`${LANTERN} ${ADA}`, '507'],
] as const;

const often = { weight: 9 };
const caller = fc.constantFrom(LANTERN, LANTERN, HARBOR);
const user = fc.constantFrom(ADA, ADA, ...USERS);
const isForeign = fc.oneof({ ...often, arbitrary: fc.constant(false) }, fc.constant(true));
const paying = {
  amount: fc.oneof(
    { ...often, arbitrary: fc.integer({ min: 1, max: 10_000 }) },
    fc.integer({ min: 1, max: 1_000_000_000_000 }),
    fc.constantFrom(0, 0.5, 1.5, 1e19),
  ),
  asText: fc.oneof({ ...often, arbitrary: fc.constant(false) }, fc.constant(true)),
  expiresAt: fc.constantFrom(undefined, undefined, undefined, '2030-01-01T00:00:00Z', '2020-06-01T12:00:00.5Z'),
};
const event = fc.record({
  id: fc.nat({ max: 7 }).map((digit) => `3f2504e0-4f89-41d3-9a0c-0305e82c330${digit}`),
  key: fc.constantFrom(undefined, undefined, 'first', 'second'),
  user: fc.option(user, { nil: undefined }),
  team: fc.constantFrom(undefined, undefined, undefined, CREW, NO_TEAM),
  quantity: fc.constantFrom(1, 3, 700, 0.5, 0.25),
});
const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      user: fc.option(user, { nil: undefined }),
      team: fc.constantFrom(undefined, undefined, CREW, NO_TEAM),
      key: fc.constantFrom(undefined, undefined, '', 'old', 'first', 'second'),
      reason: fc.constantFrom(undefined, '', 'Spring gift'),
      ...paying,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('purchase' as const),
      user,
      price: fc.constantFrom(0, 0.99, 5),
      ...paying,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('ingest' as const),
      events: fc.array(event, { minLength: 1, maxLength: 2 }),
    }),
  },
  fc.record({ kind: fc.constant('advance' as const), by: fc.integer({ min: 0, max: 150 }) }),
  fc.record({ kind: fc.constant('readOwn' as const) }),
  fc.record({ kind: fc.constant('readUser' as const), user }),
  fc.record({
    kind: fc.constant('readHistory' as const),
    user,
    limit: fc.integer({ min: 1, max: 100 }),
    offset: fc.nat({ max: 8 }),
  }),
);
const step = fc
  .record({ caller, isForeign, isUnsigned: isForeign, act })
  .map(({ caller, isForeign, isUnsigned, act }) => {
    const other = caller === LANTERN ? HARBOR : LANTERN;
    return { calling: { caller, named: isForeign ? other : caller, signed: !isUnsigned }, act };
  });
const settings: fc.Arbitrary<Settings> = fc.record({
  profile: fc.constantFrom('seed' as const, 'head' as const),
  autoCreateUsers: fc.constantFrom(undefined, undefined, true, false),
  burnDelay: fc.constantFrom(0, 100),
});

interface LedgerEntry {
  readonly tenant: string;
  readonly account: string;
  readonly delta: string;
  readonly before: string;
  readonly after: string;
  readonly key: string | null;
  readonly memo: string | null;
}

const toAccount = ({ customer, user, team }: Wallet): string => `${customer} ${user ?? team ?? customer}`;

/** Every page of every history, compared, and all their transactions by id. */
async function readAll(api: Api, model: Model): Promise<ReadonlyMap<string, Shown>> {
  const all = new Map<string, Shown>();
  const limit = model.settings.profile === 'head' ? 50 : 3;
  for (const caller of [LANTERN, HARBOR]) {
    const calling = { caller, named: caller, signed: true };
    await take(api, model, calling, { kind: 'readOwn' });
    for (const user of USERS) {
      await take(api, model, calling, { kind: 'readUser', user });
      for (let offset = 0, full = true; full; offset += limit) {
        const page = await readPage(api, model, calling, { user, limit, offset });
        for (const transaction of page) all.set(transaction.id, transaction);
        full = page.length === limit;
      }
    }
  }
  return all;
}

/** That every balance follows without a gap from what was seeded, in both records of it. */
async function expectRecorded(api: Api, model: Model): Promise<void> {
  await take(api, model, { caller: LANTERN, named: LANTERN, signed: true }, { kind: 'advance', by: 1000 });
  const shown = await readAll(api, model);
  const ofUsers = model.entries.filter(({ wallet }) => wallet.user !== null);
  expect(shown.size).toBe(ofUsers.length);

  const { accounts } = (await api.control('/accounts?limit=1000')) as { accounts: Record<string, string>[] };
  const held = new Map(accounts.map(({ tenant, account, balance }) => [`${tenant} ${account}`, balance]));
  expect(held).toEqual(new Map(model.wallets.map((wallet) => [toAccount(wallet), `${wallet.balance}`])));

  const sums = new Map<Wallet, number>();
  for (const { wallet, id = '' } of ofUsers) {
    const { balanceBefore, balanceAfter, amount } = shown.get(id) ?? {};
    expect(balanceBefore).toBe(sums.get(wallet) ?? 0);
    expect(balanceAfter).toBe(Number(balanceBefore) + Number(amount));
    sums.set(wallet, Number(balanceAfter));
  }
  for (const [wallet, sum] of sums) expect(held.get(toAccount(wallet))).toBe(`${sum}`);

  const { entries } = (await api.control('/ledger?limit=1000')) as { entries: LedgerEntry[] };
  // Events that came together may be one entry.
  const paid = entries.filter(({ memo }) => memo !== BURN);
  expect(paid.map(({ tenant, account, delta, key, memo }) => [`${tenant} ${account}`, delta, key, memo])).toEqual(
    model.entries
      .slice(fixture.openmonetize.transactions.length)
      .filter(({ type }) => type !== 'BURN')
      .map(({ wallet, amount, key, description }) => [toAccount(wallet), `${amount}`, key, description])
      .reverse(),
  );
  const balances = new Map<string, string>(OPENING);
  for (const { tenant, account, delta, before, after } of entries.reverse()) {
    const name = `${tenant} ${account}`;
    expect(before).toBe(balances.get(name) ?? '0');
    expect(after).toBe(`${BigInt(before) + BigInt(delta)}`);
    balances.set(name, after);
  }
  for (const [name, balance] of held) expect(balances.get(name) ?? '0').toBe(balance);
}

it('holds what a plain list of transactions comes to, whatever customers do', async () => {
  const { 'world.json': world } = createFiles({ 'world.json': JSON.stringify(fixture) });
  const emulators = new Map<string, Emulator>();
  const start = async ({ profile, autoCreateUsers, burnDelay }: Settings): Promise<string> => {
    const set = [`openmonetize.profile=${profile}`, `openmonetize.burnDelay=PT${burnDelay / 1000}S`];
    if (autoCreateUsers !== undefined) set.push(`openmonetize.autoCreateUsers=${autoCreateUsers}`);
    const options = { providers: ['openmonetize'], providerPorts: false, fixtures: [world], set };
    const emulator = emulators.get(set.join()) ?? (await startEmulator(options));
    emulators.set(set.join(), emulator);
    emulator.reset();
    return emulator.url;
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), settings, async (steps, settings) => {
      const api = new Api(await start(settings), settings.profile);
      const model = new Model(settings, Date.parse(START));
      for (const { calling, act } of steps) await take(api, model, calling, act);
      await expectRecorded(api, model);
    }),
    { numRuns: propertyRuns(10) },
  );
});
