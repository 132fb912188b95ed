import { setImmediate } from 'node:timers/promises';

import type { Contract } from '../core/contract/contract.ts';
import type { Service } from '../core/exchange/exchange.ts';
import type { Provider } from '../core/provider/provider.ts';
import { monotonic } from '../core/values/clock.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import { toMessage } from '../core/values/message.ts';
import type { LoggedEvent } from '../core/sandbox/event-log.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { allow, type Allowance } from './allowance.ts';
import { createAuditedProvider, type AuditedProvider } from './audited-provider.ts';
import { sortFindings, type KeptFinding, type RuleName } from './finding.ts';
import { judge, type AuditParts, type AuditRecord, type Verdict } from './judge.ts';
import { RULES } from './rules/index.ts';

/** Milliseconds after which the audit lets other work run. */
const TURN = 5;
/** Cleared records that may wait. While more wait, the audit lets no other work run, because no bound counts them. */
const MOST_WAITING = 4;
/** Bytes of the findings whose records were cleared; the oldest are dropped. */
const MOST_BYTES = 8_388_608;

interface AuditsOptions {
  /** The contracts of a provider's other variants. */
  readonly others: (provider: Provider) => readonly Contract[];
  readonly redaction: Redaction;
}

export function createAudits(
  providers: readonly Provider[],
  services: ReadonlyMap<string, Service>,
  { others, redaction }: AuditsOptions,
): Audits {
  const audited = providers.flatMap((provider): [string, AuditedProvider][] => {
    const service = services.get(provider.id);
    return service
      ? [[provider.id, createAuditedProvider(provider, service, { others: () => others(provider), redaction })]]
      : [];
  });
  return new Audits({ audited: new Map(audited), rules: RULES });
}

/** The audit of one sandbox: findings with the most severe first. */
export interface Report extends Verdict {
  /** The id of the first exchange that was judged, if older ones are no longer kept. */
  readonly from: string | undefined;
}

/** What is known of the cleared records of one sandbox name. */
interface Past {
  readonly findings: KeptFinding[];
  waived: number;
  /** Why one of the records could not be judged. */
  bug?: string;
}

/** Judges sandboxes on request, and every record before it is cleared. */
export class Audits {
  readonly #parts: AuditParts;
  /** By name of the sandbox, the one that was cleared last at the end. */
  readonly #past = new Map<string, Past>();
  /** The position up to which the events of a sandbox are not judged again. */
  readonly #settled = new WeakMap<Sandbox, number>();
  /** Oldest first. */
  readonly #allowances = new WeakMap<Sandbox, readonly Allowance[]>();
  /** Resolves when all work so far is done. One after another, so a report knows of everything cleared before it. */
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #bytes = 0;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** Judges the record of a sandbox that is about to be cleared, and keeps the findings. */
  keep(sandbox: Sandbox): void {
    const record = this.#toRecord(sandbox);
    this.#settle(sandbox);
    if (record.events.length === 0) return;
    this.#waiting += 1;
    void this.#enqueue(async () => {
      this.#waiting -= 1;
      try {
        this.#remember(sandbox.name, await this.#judge(record));
      } catch (error) {
        this.#openPast(sandbox.name).bug ??= toMessage(error);
      }
    });
  }

  /** Judges a sandbox as it is now, and adds what is known of its cleared records. */
  read(sandbox: Sandbox): Promise<Report> {
    const { name, journal, feed } = sandbox;
    const record = this.#toRecord(sandbox);
    const isCut = journal.from !== undefined || feed.hasForgotten;
    const from = isCut ? record.events.find((event) => 'method' in event)?.id : undefined;
    return this.#enqueue(async () => this.#toReport(name, await this.#judge(record), from));
  }

  /** Reads all sandboxes and those that were deleted. */
  async readEvery(sandboxes: Iterable<Sandbox>): Promise<readonly Report[]> {
    const reports = new Map<string, Report>();
    for (const sandbox of sandboxes) reports.set(sandbox.name, await this.read(sandbox));
    return this.#enqueue(() => {
      for (const name of this.#past.keys()) {
        if (!reports.has(name)) reports.set(name, this.#toReport(name, { findings: [], waived: 0 }, undefined));
      }
      return [...reports.values()];
    });
  }

  /** Waives the findings of these rules in exchanges that end from now on, until the record is cleared. */
  allow(sandbox: Sandbox, rules: ReadonlySet<RuleName>): void {
    const allowance = { after: sandbox.events.position, rules };
    this.#allowances.set(sandbox, allow(this.#allowances.get(sandbox) ?? [], allowance, this.#firstOf(sandbox)));
  }

  /** Drops all findings of a sandbox. Only what happens from now on is judged. */
  clear(sandbox: Sandbox): void {
    this.#settle(sandbox);
    void this.#enqueue(() => {
      const past = this.#past.get(sandbox.name);
      for (const kept of past?.findings ?? []) this.#bytes -= countBytes(kept);
      this.#past.delete(sandbox.name);
    });
  }

  /** Drops all findings, also those of deleted sandboxes. */
  clearEvery(sandboxes: Iterable<Sandbox>): void {
    for (const sandbox of sandboxes) this.#settle(sandbox);
    void this.#enqueue(() => {
      this.#past.clear();
      this.#bytes = 0;
    });
  }

  #settle(sandbox: Sandbox): void {
    this.#settled.set(sandbox, sandbox.events.position);
    this.#allowances.delete(sandbox);
  }

  #firstOf(sandbox: Sandbox): number {
    return Math.max(sandbox.events.forgotten, this.#settled.get(sandbox) ?? 0) + 1;
  }

  /** A copy, because the sandbox may change or forget its events while they are judged. */
  #toRecord(sandbox: Sandbox): AuditRecord {
    const first = this.#firstOf(sandbox);
    const events: LoggedEvent[] = [];
    for (let position = first; position <= sandbox.events.position; position += 1) {
      const event = sandbox.events.at(position);
      if (event) events.push(event);
    }
    return { sandbox, first, events, allowances: this.#allowances.get(sandbox) ?? [] };
  }

  #enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #judge(record: AuditRecord): Promise<Verdict> {
    const work = judge(record, this.#parts);
    let began = monotonic();
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      if (monotonic() - began < TURN || this.#waiting > MOST_WAITING) continue;
      await setImmediate();
      began = monotonic();
    }
  }

  #toReport(name: string, { findings, waived }: Verdict, from: string | undefined): Report {
    const past = this.#past.get(name) ?? { findings: [], waived: 0 };
    if (past.bug !== undefined) throw new Error(`A cleared record of "${name}" could not be judged: ${past.bug}`);
    const all = [...past.findings, ...withNewIds(findings, past)];
    return { findings: sortFindings(all), waived: past.waived + waived, from };
  }

  #remember(name: string, { findings, waived }: Verdict): void {
    if (findings.length === 0 && waived === 0) return;
    const past = this.#openPast(name);
    past.waived += waived;
    for (const kept of withNewIds(findings, past)) {
      past.findings.push(kept);
      this.#bytes += countBytes(kept);
    }
    this.#fit();
  }

  #openPast(name: string): Past {
    const past = this.#past.get(name) ?? { findings: [], waived: 0 };
    this.#past.delete(name);
    this.#past.set(name, past);
    return past;
  }

  #fit(): void {
    for (const [name, { findings }] of this.#past) {
      while (this.#bytes > MOST_BYTES && findings.length > 0) {
        const oldest = findings.shift();
        if (oldest) this.#bytes -= countBytes(oldest);
      }
      if (this.#bytes <= MOST_BYTES) return;
      this.#past.delete(name);
    }
  }
}

/** Bytes of a finding without its texts. */
const FINDING = 400;

function countBytes({ finding: { what, advice, requests, entries, client } }: KeptFinding): number {
  return FINDING + what.length + advice.length + client.length + 30 * (requests.length + entries.length);
}

/** Makes ids unique: a sandbox that was deleted and created again counts from the start. */
function withNewIds(findings: readonly KeptFinding[], past: Past): readonly KeptFinding[] {
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
