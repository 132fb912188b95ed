import { toMessage } from '../../src/core/values/message.ts';
import { ask, look, toComplaint } from './client.ts';
import type { ClockAnswer } from './clock.ts';
import type { Dice } from './dice.ts';
import { toBody, type Order } from './kinds/kind.ts';
import type { Round } from './round.ts';
import { findFault, type Holding, type Sandbox } from './sandbox.ts';

/** Long enough for every event that was taken to have burned its credits. */
const UNTIL_BURNED = 1000;

/**
 * Holds a sandbox of an emulator that has just started against what its clients know. What is wrong goes
 * to the tally.
 *
 * @param holdings whose accounts are read by their providers' own calls; the others are looked up in `/accounts`
 */
export async function checkSandbox(
  round: Round,
  sandbox: Sandbox,
  holdings: readonly Holding[],
  dice: Dice,
): Promise<void> {
  // Nobody can say whether a reset that was under way has happened.
  if (sandbox.isResetting) sandbox.endReset(false);
  const checks = [
    () => checkClock(round, sandbox),
    () => checkRules(round, sandbox),
    ...holdings.map((holding) => () => checkHolding(round, sandbox, holding)),
    () => checkHooks(round, sandbox),
    () => checkAccounts(round, sandbox),
    () => checkStream(round, sandbox, dice.pick(sandbox.holdings.filter(({ kind }) => kind.stream))),
  ];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      round.tally.find(`sandbox ${sandbox.name}: ${toMessage(error)}`);
    }
  }
}

async function get<T>(round: Round, sandbox: Sandbox, path: string): Promise<T> {
  return toBody<T>(await ask(round, sandbox, { method: 'GET', path: `/_emulator/${path}`, headers: {} }));
}

/** Then moves it, so that what was to come due has happened in every account that is read. */
async function checkClock(round: Round, sandbox: Sandbox): Promise<void> {
  const clock = await get<ClockAnswer>(round, sandbox, 'clock');
  if (!sandbox.clock.allows(clock, Date.now())) {
    round.tally.find(`sandbox ${sandbox.name}: the clock is ${JSON.stringify(clock)}, may be ${String(sandbox.clock)}`);
  }
  await advance(round, sandbox, UNTIL_BURNED);
}

async function advance(round: Round, sandbox: Sandbox, by: number): Promise<void> {
  const path = '/_emulator/clock/advance';
  const moved = await ask(round, sandbox, { method: 'POST', path, headers: {}, body: { by } });
  sandbox.clock.keep(toBody<ClockAnswer>(moved), Date.now());
}

interface Rule {
  readonly id: string;
  readonly fired: number;
}

/** Then takes back those that have fired. */
async function checkRules(round: Round, sandbox: Sandbox): Promise<void> {
  const { faults } = await get<{ faults: readonly Rule[] }>(round, sandbox, 'faults');
  for (const holding of sandbox.holdings) {
    const { rule, account } = holding;
    if (!rule) continue;
    const found = faults.find(({ id }) => id === rule.id);
    if (!found) {
      if (rule.isCertain) round.tally.find(`sandbox ${sandbox.name}: rule ${rule.id} is gone`);
      holding.rule = undefined;
      continue;
    }
    if (found.fired > (rule.isFired || account.pending ? 1 : 0)) {
      round.tally.find(`sandbox ${sandbox.name}: rule ${rule.id} has fired ${found.fired} times`);
    }
    if (rule.isFired && found.fired === 0) round.tally.rulesBehind += 1;
    if (rule.isFired || found.fired > 0 || !rule.isCertain) {
      toBody(await ask(round, sandbox, { method: 'DELETE', path: `/_emulator/faults/${rule.id}`, headers: {} }), 204);
      holding.rule = undefined;
    }
  }
}

/** Then asks again for a grant that was on its way: with its key, it must have its effect once in all. */
async function checkHolding(round: Round, sandbox: Sandbox, holding: Holding): Promise<void> {
  const { account } = holding;
  const { tally } = round;
  // What was drawn for the account is what was begun.
  const pending = account.pending as Order<unknown> | undefined;
  const view = await look(round, sandbox, holding);
  const complaint = toComplaint(sandbox, holding, view, 'after the start');
  const { verdict, isThere } = account.settle(view);
  if (verdict !== 'as expected') {
    tally[verdict] += 1;
    tally.find(`${verdict}: ${complaint}`);
  } else if (pending) {
    tally[isThere ? 'found' : 'missing'] += 1;
    if (isThere) sandbox.owe(pending);
    else if (pending.told && round.hooks.find(pending.told.note) !== undefined) {
      tally.find(`${pending.id} is not there, and somebody was told of it.`);
    }
    if (pending.isRepeatable && !isThere) account.begin(pending);
    if (pending.isRepeatable) await repeat(round, sandbox, holding, pending);
  }
}

async function repeat(round: Round, sandbox: Sandbox, holding: Holding, order: Order<unknown>): Promise<void> {
  const answer = await ask(round, sandbox, order.request);
  const fault = answer && findFault(answer);
  if (fault && fault.name === holding.rule?.id) holding.rule.isFired = true;
  else toBody(answer, order.status);
  if (holding.account.pending) holding.account.succeed();
  const view = await look(round, sandbox, holding);
  const complaint = toComplaint(sandbox, holding, view, `after ${order.id} was asked for again`);
  if (holding.account.read(view) !== 'as expected') round.tally.find(complaint);
}

interface Webhook {
  readonly id: string;
  readonly state: string;
}

/** How many deliveries are looked at that were taken. */
const TAKEN = 200;
/** Milliseconds of the sandbox's clock within which each that waits is tried once more. */
const RETRY = 1500;

/** Of whatever happened somebody is told, at last; and nobody forgets that they were. */
async function checkHooks(round: Round, sandbox: Sandbox): Promise<void> {
  const { tally, hooks } = round;
  const count = async (state: string): Promise<number> =>
    (await get<{ total: number }>(round, sandbox, `webhooks?state=${state}&limit=1&count=true`)).total;
  const waiting = await count('waiting');
  if (waiting > 0) await advance(round, sandbox, (waiting + 1) * RETRY);
  const [left, failed] = [await count('waiting'), await count('failed')];
  if (left > 0) tally.find(`sandbox ${sandbox.name}: ${left} of ${waiting} deliveries wait however long one waits`);
  if (failed > 0) tally.find(`sandbox ${sandbox.name}: ${failed} deliveries were given up`);
  for (const [note, amount] of sandbox.owed) {
    const told = hooks.find(note);
    if (told === amount) tally.told += 1;
    else {
      tally.lost += 1;
      tally.find(`lost: nobody in sandbox ${sandbox.name} was told ${amount} of ${note}, but ${told ?? 'nothing'}`);
    }
  }
  sandbox.owed.clear();
  for (const finding of hooks.takeFindings()) tally.find(finding);

  const { webhooks } = await get<{ webhooks: readonly Webhook[] }>(round, sandbox, `webhooks?limit=${TAKEN}`);
  const states = new Map(webhooks.map(({ id, state }) => [id, state]));
  for (const id of sandbox.taken) {
    // Older ones than are listed may be forgotten.
    const state = states.get(id) ?? (Number(id) < Number(webhooks.at(-1)?.id ?? 0) ? 'delivered' : 'gone');
    if (state !== 'delivered') tally.find(`sandbox ${sandbox.name}: delivery ${id} was taken, and is ${state}`);
  }
  sandbox.taken.clear();
  for (const { id, state } of webhooks) if (state === 'delivered') sandbox.taken.add(id);
}

interface Balance {
  readonly provider: string;
  readonly account: string;
  readonly unit: string;
}

/** Every balance in its one form; and the ledger, where it has something of an account, ends with the same. */
async function checkAccounts(round: Round, sandbox: Sandbox): Promise<void> {
  const accounts = await list<Balance & { readonly balance: string }>(round, sandbox, 'accounts');
  const balances = new Map(accounts.map((one) => [toKey(one), one.balance]));
  for (const { kind, number, account } of sandbox.holdings) {
    const is = balances.get(toKey({ provider: kind.provider, account: kind.toId(number), unit: kind.unit }));
    const may = account.possible.map((state) => kind.toBalance(state));
    if (is !== undefined && may.includes(is)) continue;
    round.tally.lost += 1;
    round.tally.find(
      `lost: ${kind.provider} ${kind.toId(number)} in sandbox ${sandbox.name} is ${is ?? 'not there'} in /accounts, ` +
        `may be ${may.join(' or ')}`,
    );
  }
  const entries = await list<Balance & { readonly before: string; readonly after: string }>(round, sandbox, 'ledger');
  const newer = new Map(balances);
  for (const entry of entries) {
    const key = toKey(entry);
    const after = newer.get(key);
    if (after !== entry.after) {
      round.tally.find(
        `sandbox ${sandbox.name}: the ledger leads to another balance than ${after ?? 'none'}: ${JSON.stringify(entry)}`,
      );
    }
    newer.set(key, entry.before);
  }
}

/** All pages of a list of the control API. */
async function list<T>(round: Round, sandbox: Sandbox, name: 'accounts' | 'ledger'): Promise<readonly T[]> {
  const items: T[] = [];
  const field = name === 'ledger' ? 'entries' : name;
  let cursor = '';
  do {
    const page = await get<Record<string, unknown>>(round, sandbox, `${name}?limit=1000${cursor}`);
    items.push(...(page[field] as readonly T[]));
    cursor = typeof page['next'] === 'string' ? `&cursor=${encodeURIComponent(page['next'])}` : '';
  } while (cursor !== '');
  return items;
}

function toKey({ provider, account, unit }: Balance): string {
  return JSON.stringify([provider, account, unit]);
}

/** A stream begins with what a read shows. */
async function checkStream(round: Round, sandbox: Sandbox, holding: Holding): Promise<void> {
  const { stream } = holding.kind;
  if (!stream) return;
  const keep = sandbox.expectId();
  let first: unknown;
  const opened = await round.connection.follow(sandbox.name, stream.path(holding.number), (event) => {
    first ??= stream.toView(event);
  });
  keep(opened?.requestId);
  opened?.close();
  const view = await look(round, sandbox, holding);
  if (JSON.stringify(first) !== JSON.stringify(view)) {
    round.tally.find(
      `sandbox ${sandbox.name}: a stream begins with ${JSON.stringify(first)}, not ${JSON.stringify(view)}`,
    );
  }
}
