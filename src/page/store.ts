import { batch, computed, signal } from '@preact/signals';

import {
  connect,
  EmulatorError,
  type Account,
  type ArmedFault,
  type Connection,
  type Finding,
  type ProviderDescription,
  type Sandbox,
  type SandboxDescription,
  type SandboxEvent,
  type Webhook,
} from '../client.ts';
import { addEntries, toAccountKey, type BalanceSeriesByAccount } from './balance-series.ts';
import { toMillis } from './instant.ts';
import { Rows, toNumber, toRow } from './rows.ts';

/** How it stands with the emulator: `token` where it asks for one. */
export type Link = 'opening' | 'live' | 'gone' | 'token';

export type Control = Awaited<ReturnType<Sandbox['controls']['list']>>['controls'][number];
export type World = Awaited<ReturnType<Sandbox['fixtures']['list']>>['fixtures'][number];
export type OpenStream = Awaited<ReturnType<Sandbox['streams']>>['streams'][number];

export type Audit = Awaited<ReturnType<Sandbox['audit']>>;

/** The page's own URL up to `/_emulator`, by which its prefix and sandbox are known. */
const BASE = location.href.replace(/\/_emulator\/.*$/s, '');
const LABEL = /^(.+)--[^.]+\.localhost$/.exec(location.hostname)?.[1];

/** What was typed in; a reload asks again. */
let token: string | undefined;

const first = connect(BASE);
export const sandboxName = signal(findSandboxName());

export const link = signal<Link>('opening');
/** When it was lost, as the clock on the wall said. */
export const goneSince = signal('');
export const connection = signal<Connection>(open());
export const sandbox = computed<Sandbox>(() => connection.value.sandbox(sandboxName.value));

export const providers = signal<readonly ProviderDescription[]>([]);
export const urls = signal<Readonly<Record<string, string>>>({});
export const version = signal('');
export const sandboxes = signal<readonly SandboxDescription[]>([]);
export const rules = signal<readonly ArmedFault[]>([]);
export const accounts = signal<ReadonlyMap<string, Account>>(new Map());
export const courses = signal<BalanceSeriesByAccount>(new Map());
/** What providers have sent or will send, by id; the oldest of the last ones first. */
export const webhooks = signal<ReadonlyMap<string, Webhook>>(new Map());
export const streams = signal<readonly OpenStream[]>([]);
/** What is wrong with the clients of the sandbox, as the audit told last. */
export const audit = signal<Audit>({ findings: [], waived: 0 });
/** Findings from before the sandbox was reset: exchanges have had other ids since. */
const past = signal<ReadonlySet<string>>(new Set());
/** @property read when it was told, by the browser's own clock */
export const clock = signal({ now: 0, frozen: true, read: 0 });

/** The same rows in something new, whenever they have changed. */
const journal = signal({ rows: new Rows() });
/** Where the older rows go on. */
let older: string | undefined;
export const hasOlder = signal(false);

export function readRows(): Rows {
  return journal.value.rows;
}

function findSandboxName(): string {
  const asked = new URLSearchParams(location.search).get('sandbox');
  return asked ?? LABEL ?? first.sandbox().name;
}

function open(): Connection {
  return connect(BASE, { token, sandbox: sandboxName.value });
}

/** Another sandbox is looked at, and the address of the page says so. */
export function chooseSandbox(name: string): void {
  const url = new URL(location.href);
  url.searchParams.set('sandbox', name);
  history.pushState(null, '', url);
  turnTo(name);
}

addEventListener('popstate', () => {
  const name = findSandboxName();
  if (name !== sandboxName.value) turnTo(name);
});

/** Nothing of another sandbox stands under its name, not even where its lists do not come. */
function turnTo(name: string): void {
  batch(() => {
    sandboxName.value = name;
    link.value = 'opening';
    urls.value = {};
    rules.value = [];
    accounts.value = new Map();
    courses.value = new Map();
    webhooks.value = new Map();
    streams.value = [];
    audit.value = { findings: [], waived: 0 };
    past.value = new Set();
    isAnew = false;
    clock.value = { now: 0, frozen: true, read: 0 };
    journal.value = { rows: new Rows() };
    older = undefined;
    hasOlder.value = false;
    connection.value = open();
  });
}

export function useToken(typed: string): void {
  token = typed;
  link.value = 'opening';
  connection.value = open();
}

/** Tries again at once. */
export function reconnect(): void {
  connection.value = open();
}

export function lose(how: 'gone' | 'token', since: string): void {
  batch(() => {
    if (link.value !== how) goneSince.value = since;
    link.value = how;
  });
}

/** How long the emulator that is shown had run, and when it said so, by the browser's own clock. */
let run = { uptime: 0, read: 0 };
/** Milliseconds by which the browser's clock may be ahead; how long the answer takes does not count. */
const LEEWAY = 250;

/**
 * Goes on with what is shown, of which events tell what is missing.
 *
 * @returns whether it is still the same emulator that answers: in another one numbers mean something else
 */
export async function resume(isCurrent: () => boolean): Promise<boolean> {
  const since = performance.now() - run.read;
  const health = await sandbox.value.health();
  if (health.uptime < run.uptime + since - LEEWAY) return false;
  // What was about to be asked for when the connection went.
  await Promise.all([
    refresh({ all: false, audit: false, accounts: true, rules: true, streams: true }, isCurrent),
    refreshSandboxes(),
  ]);
  if (isCurrent()) link.value = 'live';
  return true;
}

const PAGE = 200;
/** Deliveries that are shown: the last ones. */
const WEBHOOKS = 200;

/** How often everything was asked for anew: what was asked for before is older. */
let reloads = 0;

/** Everything anew, from the lists. */
export async function reload(isCurrent: () => boolean): Promise<void> {
  const here = sandbox.value;
  reloads += 1;
  const [health, known, all, faults, balances, ledger, page, reading, open, sent] = await Promise.all([
    here.health(),
    connection.value.providers.list(),
    connection.value.sandboxes.list(),
    here.faults.list(),
    listAccounts(here),
    here.ledger.list({ limit: 2000 }),
    here.requests.list({ limit: PAGE, brief: true }),
    here.clock.get(),
    here.streams(),
    here.webhooks.list({ limit: WEBHOOKS }),
  ]);
  if (!isCurrent()) return;
  batch(() => {
    run = { uptime: health.uptime, read: performance.now() };
    version.value = health.version;
    urls.value = health.providers;
    providers.value = known.providers;
    sandboxes.value = all.sandboxes;
    rules.value = faults.faults;
    accounts.value = balances;
    courses.value = addEntries(new Map(), [...ledger.entries].reverse());
    streams.value = open.streams;
    webhooks.value = new Map([...sent.webhooks].reverse().map((webhook) => [webhook.id, webhook]));
    readClock(reading);
    const rows = new Rows();
    for (const entry of page.requests) rows.put(toRow(entry));
    journal.value = { rows };
    older = page.next;
    hasOlder.value = older !== undefined;
    link.value = 'live';
  });
}

async function listAccounts(here: Sandbox): Promise<ReadonlyMap<string, Account>> {
  const all = new Map<string, Account>();
  let cursor: string | undefined;
  do {
    const { accounts: page, next } = await here.accounts.list({
      limit: 10_000,
      ...(cursor !== undefined && { cursor }),
    });
    for (const account of page) all.set(toAccountKey(account), account);
    cursor = next;
  } while (cursor !== undefined && all.size < 100_000);
  return all;
}

let isLoadingOlder = false;

/** The page of rows before those that are there. */
export async function loadOlder(): Promise<void> {
  if (older === undefined || isLoadingOlder) return;
  isLoadingOlder = true;
  const [from, { rows }] = [older, journal.value];
  try {
    const { requests, next } = await sandbox.value.requests.list({ limit: PAGE, brief: true, cursor: from });
    if (rows !== journal.value.rows) return;
    for (const entry of requests) rows.put(toRow(entry));
    older = next;
    hasOlder.value = next !== undefined;
    journal.value = { rows };
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
  } finally {
    isLoadingOlder = false;
  }
}

function readClock({ now, frozen }: { readonly now: string; readonly frozen: boolean }): void {
  clock.value = { now: toMillis(now), frozen, read: performance.now() };
}

/** What findings there are about an exchange that is in the journal. */
export const findingsOf = computed<ReadonlyMap<string, readonly Finding[]>>(() => {
  const byRequest = new Map<string, readonly Finding[]>();
  for (const finding of audit.value.findings) {
    if (isPast(finding)) continue;
    for (const id of finding.requests) byRequest.set(id, [...(byRequest.get(id) ?? []), finding]);
  }
  return byRequest;
});

export function isPast({ id }: Finding): boolean {
  return past.value.has(id);
}

/** Exchanges begin to be numbered anew. */
function closeFindings(): void {
  close(audit.value.findings);
  isAnew = true;
}

function close(findings: readonly Finding[]): void {
  past.value = new Set([...past.value, ...findings.map(({ id }) => id)]);
}

/** Whether exchanges are numbered anew and nothing was found since. */
let isAnew = false;
/** Looks at findings that were begun, and which of them told last: an older one is not put over a newer one. */
const looks = { begun: 0, told: 0 };

export async function refreshAudit(): Promise<void> {
  const [here, lists, look] = [sandbox.value, reloads, looks.begun + 1];
  looks.begun = look;
  const told = await here.audit();
  if (here !== sandbox.value || lists !== reloads || look < looks.told) return;
  looks.told = look;
  batch(() => {
    // What exchanges did that the new journal does not have was found of the one before.
    if (isAnew) close(told.findings.filter(({ requests }) => !requests.every(isInJournal)));
    isAnew = false;
    audit.value = told;
  });
}

function isInJournal(id: string): boolean {
  return journal.peek().rows.find(toNumber(id)) !== undefined;
}

/** What has to be asked for anew because of events. */
export interface Stale {
  all: boolean;
  audit: boolean;
  accounts: boolean;
  rules: boolean;
  streams: boolean;
}

/** What gives a sandbox another state and leaves its journal and its numbers. */
const KEEPING_JOURNAL: ReadonlySet<string> = new Set(['import', 'restore']);

/** Takes in what happened; says what it does not tell itself. */
export function takeIn(event: SandboxEvent, stale: Stale): void {
  if (event.event === 'request') {
    journal.peek().rows.put(toRow(event.data.entry));
    stale.audit = true;
  } else if (event.event === 'change') takeChange(event.data, stale);
  else if (event.event === 'clock') readClock(event.data);
  else if (event.event === 'fault') stale.rules = true;
  else if (event.event === 'stream') stale.streams = true;
  else if (event.event === 'webhook') putWebhook(event.data.webhook);
  else {
    if (event.event === 'reset' && !KEEPING_JOURNAL.has(event.data.how)) closeFindings();
    stale.all = true;
  }
}

/** In its place, or behind the others. */
function putWebhook(webhook: Webhook): void {
  const all = new Map(webhooks.value).set(webhook.id, webhook);
  const [oldest] = all.keys();
  if (all.size > WEBHOOKS && oldest !== undefined) all.delete(oldest);
  webhooks.value = all;
}

type Change = Extract<SandboxEvent, { event: 'change' }>['data'];

let waiting: Change['ledger'] = [];

function takeChange({ ledger, leftOut, changes }: Change, stale: Stale): void {
  if ((leftOut?.ledger ?? 0) > 0) stale.accounts = true;
  // Names and accounts without a balance that moved are told by the list only.
  if (changes.some(({ before, after }) => before === null || after === null)) stale.accounts = true;
  waiting = waiting.concat(ledger);
}

/** Has what was taken in be shown. */
export function show(): void {
  batch(() => {
    const { rows } = journal.peek();
    rows.trim();
    journal.value = { rows };
    if (waiting.length === 0) return;
    const balances = new Map(accounts.value);
    for (const entry of waiting) {
      const key = toAccountKey(entry);
      const { provider, tenant, account, unit, after } = entry;
      balances.set(key, { ...(balances.get(key) ?? { provider, tenant, account, unit }), balance: after });
    }
    accounts.value = balances;
    courses.value = addEntries(courses.value, waiting);
    waiting = [];
  });
}

/** Asks for what events do not tell. An answer that comes when all is another's, or told anew, changes nothing. */
export async function refresh(stale: Stale, isCurrent: () => boolean): Promise<void> {
  const [here, begun] = [sandbox.value, reloads];
  const isLate = (): boolean => !isCurrent() || begun !== reloads;
  if (stale.rules) {
    const { faults } = await here.faults.list();
    if (isLate()) return;
    rules.value = faults;
  }
  if (stale.streams) {
    const open = await here.streams();
    if (isLate()) return;
    streams.value = open.streams;
  }
  if (stale.accounts) {
    const before = courses.value;
    const listed = await listAccounts(here);
    if (!isLate()) accounts.value = putOver(listed, before);
  }
}

/** A list of accounts, but with the balances that events have told since. @param before the courses when it was asked for */
function putOver(listed: ReadonlyMap<string, Account>, before: BalanceSeriesByAccount): ReadonlyMap<string, Account> {
  const all = new Map(listed);
  for (const [key, course] of courses.value) {
    const told = accounts.value.get(key);
    if (told && course !== before.get(key)) all.set(key, { ...told, ...all.get(key), balance: told.balance });
  }
  return all;
}

export async function refreshSandboxes(): Promise<void> {
  sandboxes.value = (await connection.value.sandboxes.list()).sandboxes;
}
