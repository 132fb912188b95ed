import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createEmulator, type Emulator } from '../../src/compose/emulator.ts';
import { testLogger } from '../support/log.ts';
import { Account } from '../crash/account.ts';
import { checkSandbox } from '../crash/check.ts';
import { ask } from '../crash/client.ts';
import { Connection } from '../crash/connection.ts';
import { Dice } from '../crash/dice.ts';
import { Hooks } from '../crash/hooks.ts';
import { toFixture } from '../crash/kinds/index.ts';
import { toBody, type Request } from '../crash/kinds/kind.ts';
import { Tally, type Round } from '../crash/round.ts';
import { Sandbox } from '../crash/sandbox.ts';

const CLIENTS = 6;

let emulator: Emulator;
let folder: string;
let hooks: Hooks;
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'credits-emulator-'));
  const file = join(folder, 'clients.json');
  hooks = await Hooks.start();
  writeFileSync(file, JSON.stringify(toFixture(CLIENTS, hooks.url)));
  emulator = await createEmulator({ port: 0, fixtures: [file] }, testLogger);
});

afterAll(async () => {
  await emulator.close();
  hooks.close();
  rmSync(folder, { recursive: true });
});

/** A sandbox in which every client has written, with what they know of it. */
async function write(): Promise<{ readonly round: Round; readonly sandbox: Sandbox; readonly before: State }> {
  const sandbox = new Sandbox(`sandbox-${(count += 1)}`, CLIENTS);
  const round = { number: 1, connection: new Connection(emulator.url), tally: new Tally(), hooks, isOver: false };
  let before: State | undefined;
  const dice = new Dice('check');
  for (let times = 1; times <= 4; times += 1) {
    if (times === 4) before = await getState(round, sandbox);
    for (const { number, kind, account } of sandbox.holdings) {
      const [state] = account.possible;
      const order = kind.draw(dice, state, `w-${number}-${times}`, number);
      account.begin(order);
      toBody(await ask(round, sandbox, order.request), order.status);
      account.succeed();
      sandbox.owe(order);
    }
    await check(round, sandbox);
  }
  expect(round.tally.findings).toEqual([]);
  if (!before) throw new Error('Nothing was written.');
  return { round, sandbox, before };
}

async function check(round: Round, sandbox: Sandbox): Promise<void> {
  await checkSandbox(round, sandbox, sandbox.holdings, new Dice('check'));
}

interface State {
  readonly klaim: { readonly users: readonly Record<string, unknown>[] };
  readonly gamefuse: { readonly users: readonly Record<string, unknown>[] };
}

async function getState(round: Round, sandbox: Sandbox): Promise<State> {
  return toBody<State>(await ask(round, sandbox, { method: 'GET', path: '/_emulator/state', headers: {} }));
}

async function act(round: Round, sandbox: Sandbox, request: Omit<Request, 'headers'>): Promise<void> {
  const answer = await ask(round, sandbox, { ...request, path: `/_emulator/${request.path}`, headers: {} });
  expect(answer?.status).toBeLessThan(300);
}

it('finds nothing wrong where nothing was lost, with a reset whose answer did not come', async () => {
  const { round, sandbox } = await write();
  sandbox.beginReset();
  await check(round, sandbox);
  sandbox.beginReset();
  await act(round, sandbox, { method: 'POST', path: 'reset' });
  await check(round, sandbox);
  expect(round.tally.findings).toEqual([]);
});

it('takes a write without an answer for done or not done', async () => {
  const { round, sandbox } = await write();
  for (const { number, kind, account } of sandbox.holdings) {
    const order = kind.draw(new Dice(number), account.known, `in-flight-${number}`, number);
    account.begin(order);
    if (number % 2 === 0) await ask(round, sandbox, order.request);
  }
  await check(round, sandbox);
  const { found, missing, findings } = round.tally;
  expect({ found, missing, findings }).toEqual({ found: 3, missing: 3, findings: [] });
});

it('finds every account whose last write is lost', async () => {
  const { round, sandbox, before } = await write();
  await act(round, sandbox, { method: 'PUT', path: 'state', body: before });
  await check(round, sandbox);
  const complaints = round.tally.findings.filter((text) => text.includes('after the start'));
  expect(complaints.map((text) => text.split(' ').slice(0, 2).join(' ')).sort()).toEqual([
    'lost: decentraland',
    'lost: decentraland',
    'lost: gamefuse',
    'lost: inveterate',
    'lost: klaim',
    'lost: openmonetize',
  ]);
});

it('finds a write that was seen by another client before its answer, and is not there', async () => {
  const { round, sandbox } = await write();
  const [{ number, kind, account } = sandbox.getHolding(0)] = sandbox.holdings;
  const state = account.known;
  const order = kind.draw(new Dice('seen'), state, 'seen', number);
  account.begin(order);
  expect(account.observe(kind.show(order.after(state)))).toBe(true);
  await check(round, sandbox);
  expect(round.tally.half + round.tally.lost).toBeGreaterThan(0);
});

it.each<[string, string, (state: State) => State]>([
  [
    'a balance that never was',
    'half: klaim crash-0',
    (state) => ({ ...state, klaim: { ...state.klaim, users: state.klaim.users.map(withBalance) } }),
  ],
  [
    'a user who is gone',
    'crash-0 in sandbox',
    (state) => ({
      ...state,
      klaim: { ...state.klaim, users: state.klaim.users.filter(({ user_id: id }) => id !== 'crash-0') },
    }),
  ],
  [
    'one of two attributes that were set at once',
    'Half of the attributes are there',
    (state) => ({ ...state, gamefuse: { ...state.gamefuse, users: state.gamefuse.users.map(withHalf) } }),
  ],
])('finds %s', async (_, complaint, damage) => {
  const { round, sandbox } = await write();
  const state = await getState(round, sandbox);
  await act(round, sandbox, { method: 'PUT', path: 'state', body: damage(state) });
  await check(round, sandbox);
  expect(round.tally.findings.join('\n')).toContain(complaint);
});

function withBalance(user: Record<string, unknown>): Record<string, unknown> {
  return user['user_id'] === 'crash-0' ? { ...user, credit_balance: 123_456 } : user;
}

function withHalf(user: Record<string, unknown>): Record<string, unknown> {
  const attributes = [{ key: 'first', value: 'half' }];
  return user['username'] === 'crash-1' ? { ...user, game_user_attributes: attributes } : user;
}

it('finds a write of which nobody was told, and a delivery that was taken and is gone', async () => {
  const { round, sandbox, before } = await write();
  const { number, kind, account } = sandbox.getHolding(3);
  await act(round, sandbox, {
    method: 'POST',
    path: 'faults',
    body: { provider: 'inveterate', effect: { webhook: 'drop' } },
  });
  const dice = new Dice('told');
  for (let times = 1; sandbox.owed.size === 0; times += 1) {
    const order = kind.draw(dice, account.known, `untold-${times}`, number);
    account.begin(order);
    toBody(await ask(round, sandbox, order.request), order.status);
    account.succeed();
    sandbox.owe(order);
  }
  await check(round, sandbox);
  expect(round.tally.findings).toEqual([
    expect.stringMatching(/^lost: nobody in sandbox \S+ was told \S+ of untold-\d+, but nothing$/),
  ]);
  await act(round, sandbox, { method: 'PUT', path: 'state', body: before });
  await check(round, sandbox);
  expect(round.tally.findings.join('\n')).toMatch(/delivery \d+ was taken, and is gone/);
});

it('finds a clock that was moved back, a rule that is gone and an id that was given before', async () => {
  const { round, sandbox } = await write();
  sandbox.getHolding(0).rule = { id: 'gone', isCertain: true, isFired: false };
  sandbox.clock.begin({ by: 600_000 }, Date.now());
  const clock = { now: new Date(Date.now() + 600_000).toISOString(), frozen: false };
  sandbox.clock.keep(clock, Date.now());
  await check(round, sandbox);
  // Numbers begin anew, and nobody was told.
  await act(round, sandbox, { method: 'POST', path: 'reset' });
  await check(round, sandbox);
  const text = round.tally.findings.join('\n');
  expect(text).toContain('the clock is');
  expect(text).toContain('rule gone is gone');
  expect(text).toContain('was given a second time');
});

it('knows the order of a write and a reset only where they did not meet', () => {
  const account = new Account<number>(0, (state) => state);
  const toAdd = (amount: number) => ({ id: String(amount), isLate: false, after: (state: number) => state + amount });
  account.begin(toAdd(5));
  account.succeed();
  account.begin(toAdd(10));
  account.beginReset();
  account.succeed();
  account.endReset(true);
  expect(account.possible).toEqual([0, 10]);
  expect(account.settle(15)).toEqual({ verdict: 'lost', isThere: false });
});

it('knows that what comes due later may outlast a reset which it met, and no other', () => {
  const account = new Account<number>(0, (state) => state);
  const toBurn = (amount: number) => ({ id: String(amount), isLate: true, after: (state: number) => state - amount });
  account.begin(toBurn(5));
  account.beginReset();
  account.succeed();
  account.endReset(true);
  expect(account.read(0)).toBe('as expected');
  expect(account.known).toBeUndefined();
  expect(account.read(-5)).toBe('as expected');
  account.begin(toBurn(3));
  account.succeed();
  account.beginReset();
  account.endReset(true);
  expect(account.settle(-3)).toEqual({ verdict: 'half', isThere: false });
});
