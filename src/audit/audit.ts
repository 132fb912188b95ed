import { setImmediate } from 'node:timers/promises';

import type { Contract } from '../core/contract/contract.ts';
import type { Service } from '../core/exchange/exchange.ts';
import type { Provider } from '../core/provider/provider.ts';
import { monotonic } from '../core/values/clock.ts';
import type { LoggedEvent } from '../core/sandbox/event-log.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { createAudited, type Audited } from './audited.ts';
import { sortFindings, type Draft, type Finding, type KeptFinding, type RuleName } from './finding.ts';
import { Judgement, type Judged, type Telling } from './judge.ts';
import { allow, isAllowed, type Allowance } from './permission.ts';
import type { AuditRule } from './audit-rule.ts';
import { RULES } from './rules/index.ts';

/** Milliseconds in which nobody else has a turn. */
const TURN = 5;
/** Milliseconds between turns of what nobody waits for. */
const PAUSE = 20;
/** Sandboxes of which it is known how far they were judged. Few, since that holds on to a part of their records. */
const KNOWN = 4;
/** Happenings that are judged at once where their record is taken away; more are judged a little later. */
const AT_ONCE = 2000;

/** Bytes of findings that outlive the records which they were found in. */
const FINDINGS = 8_388_608;

/** @param others the contracts of a provider's other variants */
export function createAudits(
  providers: readonly Provider[],
  services: ReadonlyMap<string, Service>,
  others: (provider: Provider) => readonly Contract[],
): Audits {
  const audited = providers.flatMap((provider): [string, Audited][] => {
    const service = services.get(provider.id);
    return service ? [[provider.id, createAudited(provider, service, () => others(provider))]] : [];
  });
  return new Audits({ audited: new Map(audited), rules: RULES, limit: FINDINGS });
}

export interface AuditParts {
  readonly audited: ReadonlyMap<string, Audited>;
  readonly rules: readonly AuditRule[];
  /** Bytes of findings that are kept of records that are there no more; the oldest go. */
  readonly limit: number;
}

/** What is said of a sandbox. */
export interface Report {
  /** Gravest first. */
  readonly findings: readonly KeptFinding[];
  /** How many there were besides, of exchanges that allowed them. */
  readonly waived: number;
  /** The id of the first exchange that was judged, where others had been before it for which there was no room. */
  readonly from: string | undefined;
}

interface Presented {
  readonly findings: readonly KeptFinding[];
  readonly waived: number;
}

/** What is left of the records of one name that were taken away. */
interface Past {
  readonly findings: KeptFinding[];
  waived: number;
}

/** Says of each sandbox what is wrong with its clients, and remembers it when the record is taken away. */
export class Audits {
  readonly #parts: AuditParts;
  readonly #past = new Map<string, Past>();
  /** The position up to which what a sandbox told is judged no more. */
  readonly #settled = new WeakMap<Sandbox, number>();
  /** What each sandbox allows, oldest first. */
  readonly #allowances = new WeakMap<Sandbox, readonly Allowance[]>();
  /** Records that were taken away and are yet to be judged. */
  readonly #pending = new Set<Promise<void>>();
  /** How far sandboxes were judged with which nobody is under way, the last one behind all others. */
  readonly #known = new Map<Sandbox, Judgement>();
  /** What is being judged before anybody asks. */
  #ahead: { readonly sandbox: Sandbox; readonly over: Promise<void>; readonly leisure: BackgroundRunner } | undefined;
  /** Who is being judged because somebody asked. */
  #asked: Sandbox | undefined;
  /** Resolves when nobody is being judged. */
  #turn: Promise<void> = Promise.resolve();
  #bytes = 0;
  /** Grows whenever findings are dropped, so that what is judged by then is not kept. */
  #clearings = 0;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** Names of sandboxes of which something is known that are not there any more, or not as they were. */
  get names(): readonly string[] {
    return [...this.#past.keys()];
  }

  /** Resolves when all that was taken away is judged. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** The record of a sandbox is about to be taken away. */
  keep(sandbox: Sandbox): void {
    const { events, name } = sandbox;
    const judgement = this.#take(sandbox);
    const { position } = events;
    const allowances = this.#allowancesOf(sandbox);
    this.#allowances.delete(sandbox);
    if (position < judgement.from) return;
    this.#settled.set(sandbox, position);
    if (position - judgement.next < AT_ONCE) {
      this.#remember(name, atOnce(present(sandbox, atOnce(judgement.judge(events)), allowances)));
      return;
    }
    const telling = toCopy(events, judgement.next);
    const clearings = this.#clearings;
    const work = inTurns(judgement.judge(telling))
      .then((judged) => inTurns(present(sandbox, judged, allowances)))
      .then((presented) => {
        if (clearings === this.#clearings) this.#remember(name, presented);
      })
      .finally(() => this.#pending.delete(work));
    // Whoever asks meanwhile is told what was wrong.
    work.catch(ignore);
    this.#pending.add(work);
  }

  /** What is to be said of a sandbox by now. Nobody waits for it for more than a moment. */
  async read(sandbox: Sandbox): Promise<Report> {
    const { name, journal, feed } = sandbox;
    let judged: Judged;
    let presented: Presented;
    let settled: number | undefined;
    do {
      settled = this.#settled.get(sandbox);
      await this.settle();
      judged = await this.#judgeOn(sandbox);
      presented = await inTurns(present(sandbox, judged, this.#allowancesOf(sandbox)));
      // What follows is one turn, up to the text of the answer.
      await setImmediate();
      // Where its record was taken away meanwhile, what was in it is being judged by itself.
    } while (settled !== this.#settled.get(sandbox));
    const isCut = journal.from !== undefined || feed.hasForgotten;
    const past = this.#past.get(name);
    return {
      findings: sortFindings([...(past?.findings ?? []), ...withNewIds(presented.findings, past)]),
      waived: (past?.waived ?? 0) + presented.waived,
      from: isCut ? judged.first : undefined,
    };
  }

  /**
   * Judges what has come, a little at a time, so that who asks later waits for the rest only. Only where much is told and
   * kept, since requests are slower for it.
   */
  judgeAhead(sandbox: Sandbox): void {
    // It comes again, when there is more.
    if (this.#ahead || this.#asked === sandbox) return;
    // Of a record that loses its beginning with each exchange all would have to be judged again.
    if (sandbox.events.forgotten > (this.#settled.get(sandbox) ?? 0)) {
      this.#known.delete(sandbox);
      return;
    }
    const judgement = this.#take(sandbox);
    const leisure = new BackgroundRunner();
    const over = leisure
      .run(judgement.take(sandbox.events))
      .then(() => {
        this.#putBack(sandbox, judgement);
      })
      // Who asks is told what was wrong.
      .catch(ignore)
      .finally(() => {
        this.#ahead = undefined;
      });
    this.#ahead = { sandbox, over, leisure };
  }

  /** What is to be said of one that is not there any more, once all is judged that was taken away. */
  readPast(name: string): Report {
    const past = this.#past.get(name);
    return { findings: sortFindings(past?.findings ?? []), waived: past?.waived ?? 0, from: undefined };
  }

  /** Has what these rules find be counted only, of exchanges that end from now on; until the record is taken away. */
  allow(sandbox: Sandbox, rules: ReadonlySet<RuleName>): void {
    const allowance = { after: sandbox.events.position, rules };
    this.#allowances.set(sandbox, allow(this.#allowancesOf(sandbox), allowance, this.#beginOf(sandbox)));
  }

  /** Forgets all findings of a sandbox, and judges it by what comes from now on. */
  clear(sandbox: Sandbox): void {
    this.#clearings += 1;
    this.#settled.set(sandbox, sandbox.events.position);
    this.#allowances.delete(sandbox);
    const past = this.#past.get(sandbox.name);
    if (!past) return;
    for (const kept of past.findings) this.#bytes -= countBytes(kept);
    this.#past.delete(sandbox.name);
  }

  /** The same of all of them, and of those that are not there any more. */
  clearEvery(sandboxes: Iterable<Sandbox>): void {
    for (const sandbox of sandboxes) this.clear(sandbox);
    this.#past.clear();
    this.#bytes = 0;
  }

  #beginOf(sandbox: Sandbox): number {
    return Math.max(sandbox.events.forgotten, this.#settled.get(sandbox) ?? 0) + 1;
  }

  #allowancesOf(sandbox: Sandbox): readonly Allowance[] {
    return this.#allowances.get(sandbox) ?? [];
  }

  /** Goes on from where it was the last time, one after the other. */
  #judgeOn(sandbox: Sandbox): Promise<Judged> {
    const turn = this.#turn.then(async () => {
      if (this.#ahead?.sandbox === sandbox) {
        this.#ahead.leisure.end();
        await this.#ahead.over;
      }
      const judgement = this.#take(sandbox);
      this.#asked = sandbox;
      try {
        const judged = await inTurns(judgement.judge(sandbox.events));
        this.#putBack(sandbox, judgement);
        return judged;
      } finally {
        this.#asked = undefined;
      }
    });
    this.#turn = turn.then(ignore, ignore);
    return turn;
  }

  /** How far it was judged, for one who goes on from there; a new beginning where what was said then is not so any more. */
  #take(sandbox: Sandbox): Judgement {
    const from = this.#beginOf(sandbox);
    const known = this.#known.get(sandbox);
    this.#known.delete(sandbox);
    const isKnown = known?.from === from && known.isStillSo(sandbox.events);
    return isKnown ? known : new Judgement({ ...this.#parts, sandbox }, from);
  }

  /** But not of one whose record was taken away meanwhile, which may be gone itself. */
  #putBack(sandbox: Sandbox, judgement: Judgement): void {
    this.#known.delete(sandbox);
    if (judgement.from !== this.#beginOf(sandbox)) return;
    this.#known.set(sandbox, judgement);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN && oldest) this.#known.delete(oldest);
  }

  #remember(name: string, { findings, waived }: Presented): void {
    if (findings.length === 0 && waived === 0) return;
    const past = this.#past.get(name) ?? { findings: [], waived: 0 };
    // Last, so that those go first of which nothing was said for the longest.
    this.#past.delete(name);
    this.#past.set(name, past);
    past.waived += waived;
    for (const kept of withNewIds(findings, past)) {
      past.findings.push(kept);
      this.#bytes += countBytes(kept);
    }
    this.#fit();
  }

  #fit(): void {
    for (const [name, { findings }] of this.#past) {
      while (this.#bytes > this.#parts.limit && findings.length > 0) {
        const oldest = findings.shift();
        if (oldest) this.#bytes -= countBytes(oldest);
      }
      if (this.#bytes <= this.#parts.limit) return;
      this.#past.delete(name);
    }
  }
}

/** Bytes of a finding beside its texts. */
const FINDING = 400;

function countBytes({ finding: { what, advice, requests, entries, client } }: KeptFinding): number {
  return FINDING + what.length + advice.length + client.length + 30 * (requests.length + entries.length);
}

/** A sandbox that was made again counts its exchanges anew. */
function withNewIds(findings: readonly KeptFinding[], past: Past | undefined): readonly KeptFinding[] {
  if (!past || findings.length === 0) return findings;
  const ids = new Set(past.findings.map(({ finding }) => finding.id));
  return findings.map(({ finding, isExtra }) => {
    const id = toNewId(finding.id, ids);
    ids.add(id);
    return { finding: { ...finding, id }, isExtra };
  });
}

function toNewId(id: string, known: ReadonlySet<string>): string {
  if (!known.has(id)) return id;
  let number = 2;
  while (known.has(`${id}-${number}`)) number += 1;
  return `${id}-${number}`;
}

/** Of what was found, after so many of which somebody else may have a turn: each looks at exchanges all over the memory. */
const FEW = 20;

/** What was found and is not allowed. */
function* present(
  { name }: Sandbox,
  { drafts }: Judged,
  allowances: readonly Allowance[],
): Generator<void, Presented, undefined> {
  const findings: KeptFinding[] = [];
  let waived = 0;
  for (const [index, draft] of drafts.entries()) {
    const { rule, exchanges, isExtra = false } = draft;
    if (!exchanges.some((one) => isAllowed(one, rule, allowances))) {
      findings.push({ finding: toFinding(draft, name), isExtra });
    } else if (!isExtra) waived += 1;
    if (index % FEW === FEW - 1) yield;
  }
  return { findings, waived };
}

/** Of one finding that are named. */
const NAMED = 100;

function toFinding(draft: Draft, sandbox: string): Finding {
  const { rule, certainty, severity, exchanges, entries = [], subject, what, advice } = draft;
  const last = exchanges.at(-1);
  if (!last) throw new Error(`"${rule}" has found something without an exchange.`);
  return {
    id: `${sandbox}-${rule}-${exchanges[0]?.position ?? 0}`,
    ...{ sandbox, rule, certainty, severity },
    client: last.who.label,
    provider: last.entry.provider,
    subject: subject ?? null,
    requests: exchanges.slice(0, NAMED).map(({ entry }) => entry.id),
    entries: [...entries].slice(0, NAMED).map(String),
    what: `${what}.`,
    advice,
  };
}

/** What was told, for who judges it when it is not there any more. */
function toCopy(events: Sandbox['events'], from: number): Telling {
  const { position } = events;
  const items: (LoggedEvent | undefined)[] = [];
  for (let place = from; place <= position; place += 1) items.push(events.at(place));
  return { forgotten: 0, position, at: (place) => items[place - from] };
}

const ignore = (): void => undefined;

function atOnce<T>(work: Generator<void, T, undefined>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

async function inTurns<T>(work: Generator<void, T, undefined>): Promise<T> {
  let began = monotonic();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (monotonic() - began < TURN) continue;
    await setImmediate();
    began = monotonic();
  }
}

/** As `inTurns`, with pauses until somebody waits for it. In these the process may end. */
class BackgroundRunner {
  #isOver = false;
  #wake = ignore;

  async run(work: Generator<void, void, undefined>): Promise<void> {
    for (;;) {
      await (this.#isOver ? setImmediate() : this.#pause());
      const began = monotonic();
      while (monotonic() - began < TURN) if (work.next().done === true) return;
    }
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, PAUSE).unref();
    });
  }
}
