import type { AuditTerms } from '../core/contract/audit-terms.ts';
import type { ContractOperation } from '../core/contract/contract.ts';
import { Recalled } from '../core/exchange/recalled.ts';
import { KEPT_BODY, toKeptText, type JournalEntry } from '../core/sandbox/journal.ts';
import { CORE } from '../core/store/due.ts';
import type { Change } from '../core/store/collection.ts';
import type { Commit } from '../core/store/commit.ts';
import { parseFields } from '../core/wire/body.ts';
import type { Audited } from './audited.ts';
import type { Glimpse } from './body-forms.ts';
import type { ClientIdentity } from './client-identity.ts';
import { toCanonical } from './canonical.ts';
import type { Kind } from './kinds.ts';

/** Whether the reply of the operation reached the client; `unsure` is all that the record cannot tell. */
export type Told = 'told' | 'untold' | 'unsure';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** What of an exchange comes later. */
interface Later {
  pending: number;
  readonly effects: Commit[];
  readonly idle: Commit[];
  /** The names of the records by which the exchange itself remembered what is to be done. */
  put?: ReadonlySet<string>;
}

/** What is found out of an exchange when it is first asked for. */
interface Findings {
  body?: { readonly value: unknown };
  glimpse?: Glimpse | undefined;
  query?: Readonly<Record<string, unknown>>;
  intent?: string;
  /** Of one whose effect comes later: how much of it is yet to come, and what has. */
  later?: Later;
}

/**
 * An exchange of the record, with what can be told of it. There are many, and of most nobody asks much, so that whatever takes
 * time or room is made when it is first asked for.
 */
export class AuditedExchange {
  readonly entry: JournalEntry;
  /** Among all that the sandbox told. */
  readonly position: number;
  readonly who: ClientIdentity;
  readonly told: Told;
  readonly #kind: Kind;
  #found: Findings | undefined;

  constructor(entry: JournalEntry, position: number, who: ClientIdentity, kind: Kind) {
    this.entry = entry;
    this.position = position;
    this.who = who;
    this.told = toTold(entry);
    this.#kind = kind;
    if (!entry.commit || kind.terms?.settles !== true) return;
    const pending = countScheduled(entry.commit);
    if (pending > 0) this.#found = { later: { pending, effects: [], idle: [] } };
  }

  get audited(): Audited | undefined {
    return this.#kind.audited;
  }

  get operation(): ContractOperation | undefined {
    return this.#kind.operation;
  }

  get terms(): AuditTerms | undefined {
    return this.#kind.terms;
  }

  get seeds(): Kind['seeds'] {
    return this.#kind.seeds;
  }

  /** That its body may have; none where any would do. */
  get fieldNames(): ReadonlySet<string> {
    return this.#kind.fieldNames;
  }

  get isMerged(): boolean {
    return this.#kind.isMerged;
  }

  /** What it did to the state: at once, and later by what it had scheduled. */
  get effects(): readonly Commit[] {
    const { commit } = this.entry;
    return this.#found?.later?.effects ?? (commit && isEffect(commit) ? [commit] : NO_COMMITS);
  }

  /** Of what it had scheduled, that which was due and did nothing. */
  get idle(): readonly Commit[] {
    return this.#found?.later?.idle ?? NO_COMMITS;
  }

  /** Whether its effect is yet to come. */
  get isPending(): boolean {
    return (this.#found?.later?.pending ?? 0) > 0;
  }

  /** What it had scheduled was due. */
  settle(commit: Commit): void {
    const later = this.#found?.later;
    if (!later) return;
    later.pending -= 1;
    (isEffect(commit) && this.#changesMore(commit, later) ? later.effects : later.idle).push(commit);
  }

  /** Whether it changed more than what the exchange had put down in order to remember what is to be done. */
  #changesMore({ changes }: Commit, later: Later): boolean {
    const put = (later.put ??= new Set(this.entry.commit?.changes.filter(isOwn).map(toRecordName)));
    return put.size === 0 || changes.some((change) => isOwn(change) && !put.has(toRecordName(change)));
  }

  get client(): string {
    return this.who.client;
  }

  get subject(): string | undefined {
    return this.entry.subject;
  }

  /** Stands for its client at its provider with its subject. */
  get account(): string {
    return this.who.accountOf(this.entry.subject ?? '');
  }

  get status(): number {
    return this.entry.answer.status;
  }

  get began(): number {
    return this.entry.began;
  }

  /** When the client knew no more of it: it was answered, or left. On the scale of `began`. */
  get ended(): number {
    return this.entry.leftAt ?? this.entry.began + this.entry.duration;
  }

  get isWrite(): boolean {
    return this.terms !== undefined && this.terms.kind !== 'read';
  }

  /** Whether it succeeded, and its client knows. */
  get isToldSuccess(): boolean {
    return this.told === 'told' && this.status < 400;
  }

  get hasLedger(): boolean {
    return this.effects.some(({ entries }) => entries > 0);
  }

  /** Whether all of its body is kept. */
  get isWhole(): boolean {
    return this.entry.requestSize <= KEPT_BODY;
  }

  header(name: string): string | undefined {
    const value = this.entry.requestHeaders[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** All of the query, by name. */
  get query(): Readonly<Record<string, unknown>> {
    const { url } = this.entry;
    const at = url.indexOf('?');
    if (at < 0 || !this.audited) return NOTHING;
    return ((this.#found ??= {}).query ??= parseFields(url.slice(at + 1), this.audited.service.body));
  }

  /** The path as it came, without the query. */
  get path(): string {
    const { url } = this.entry;
    const at = url.indexOf('?');
    return at < 0 ? url : url.slice(0, at);
  }

  /**
   * What can be told of a body that needs no reading: whose names the contract knows, none of which is secret, and none
   * of whose values holds others.
   */
  get glimpse(): Glimpse | undefined {
    const found = (this.#found ??= {});
    if (!('glimpse' in found)) found.glimpse = this.#glance();
    return found.glimpse;
  }

  #glance(): Glimpse | undefined {
    const { forms, isMerged } = this.#kind;
    const { requestBody, url } = this.entry;
    // What the operation itself answered well it has read.
    if (!forms || !this.isToldSuccess || typeof requestBody !== 'string') return undefined;
    if (isMerged && url.includes('?')) return undefined;
    if (!this.#isPlainJson) return undefined;
    return forms.glimpse(requestBody) ?? forms.learn(requestBody, () => this.body);
  }

  /** What the body holds, as far as it can be read: of a service that merges its parameters, those of the path and query, too. */
  get body(): unknown {
    return ((this.#found ??= {}).body ??= { value: this.#readBody() }).value;
  }

  #readBody(): unknown {
    const { entry, audited } = this;
    const { requestBody } = entry;
    if (!audited || !this.operation || !this.isWhole) return undefined;
    const { isMerged } = this.#kind;
    if (requestBody === undefined || requestBody.length === 0) {
      return isMerged && entry.url.includes('?') ? this.query : undefined;
    }
    // The quick way for what nearly all clients send. What is in the path is told by the path.
    if (typeof requestBody === 'string' && JSON_TYPE.test(entry.requestHeaders['content-type'] ?? '')) {
      try {
        const body: unknown = JSON.parse(requestBody);
        return isMerged && entry.url.includes('?') ? { ...this.query, ...(body as object) } : body;
      } catch {
        return undefined;
      }
    }
    // What the operation itself answered well it has read in the same way.
    if (Buffer.isBuffer(requestBody) && this.isToldSuccess && this.#isPlainJson) {
      return JSON.parse(requestBody.toString());
    }
    const recalled = new Recalled(entry, audited.service, this.#kind.sandbox);
    try {
      // What takes time to be read, such as a multipart body, is compared as it came.
      if (recalled.readBody() instanceof Promise) return undefined;
      return recalled.body;
    } catch {
      return undefined;
    }
  }

  get #isPlainJson(): boolean {
    const { 'content-type': type, 'content-encoding': encoding } = this.entry.requestHeaders;
    return type === 'application/json' && encoding === undefined;
  }

  /** It can be read again from what the journal keeps. */
  forgetBody(): void {
    if (!this.#found) return;
    const { later, intent } = this.#found;
    const isLeft = later !== undefined || intent !== undefined;
    this.#found = isLeft ? { ...(later && { later }), ...(intent !== undefined && { intent }) } : undefined;
  }

  /** Whether they are the same request but for what is made anew for each attempt. */
  hasIntentOf(other: AuditedExchange): boolean {
    return this.#isCopyOf(other) || this.intent === other.intent;
  }

  /** What was sent to the letter is meant as it was. */
  #isCopyOf(other: AuditedExchange): boolean {
    const { entry } = other;
    const { url, requestBody, requestHeaders, bodyHash } = this.entry;
    if (this.#kind !== other.#kind || bodyHash !== undefined) return false;
    if (entry.url !== url || entry.requestBody !== requestBody || entry.bodyHash !== undefined) return false;
    return (
      entry.method === this.entry.method &&
      entry.requestHeaders['content-type'] === requestHeaders['content-type'] &&
      entry.requestHeaders['content-encoding'] === requestHeaders['content-encoding']
    );
  }

  /** What its client means by it, without the key and whatever is made anew for each attempt. Equal texts are one intent. */
  get intent(): string {
    return ((this.#found ??= {}).intent ??= this.#toIntent());
  }

  #toIntent(): string {
    const { entry, terms, who, isMerged } = this;
    const left = new Set([...(terms?.attemptFields ?? []), ...(isMerged ? [''] : [])]);
    const key = terms?.key?.split('[].').at(-1);
    if (key !== undefined) left.add(key);
    const { body } = this;
    const written =
      body === undefined
        ? (entry.bodyHash ?? (entry.requestBody === undefined ? '' : toKeptText(entry.requestBody)))
        : toCanonical(body, (name) => left.has(name) || who.isSecret(name));
    // Its parameters are in the body as it was read.
    const isInBody = isMerged && body !== undefined;
    const query = isInBody ? '' : toCanonical(this.query, (name) => who.isSecret(name));
    return `${entry.provider} ${entry.operation ?? entry.method} ${this.path} ${query} ${written}`;
  }

  /** The answer's body, where it is JSON that was kept whole. */
  readAnswer(): unknown {
    const { body, cutFrom } = this.entry.answer;
    if (cutFrom !== undefined || body === '') return undefined;
    try {
      return JSON.parse(body) as unknown;
    } catch {
      return undefined;
    }
  }
}

const NOTHING: Readonly<Record<string, unknown>> = {};
const NO_COMMITS: readonly Commit[] = [];

/** Whether an operation itself changed something of its provider's. */
export function isEffect({ changes }: Commit): boolean {
  return changes.some(isOwn);
}

function isOwn({ part, provider }: Change): boolean {
  return part === 'own' && provider !== CORE;
}

function toRecordName({ provider, collection, key }: Change): string {
  return `${provider} ${collection} ${key}`;
}

/** How much of what an operation does is yet to come: nothing, where it has changed a balance already. */
export function countScheduled({ changes, entries }: Commit): number {
  if (entries > 0) return 0;
  let count = 0;
  for (const change of changes) if (isDueItem(change) && change.after) count += 1;
  return count;
}

export function isDueItem({ provider, collection }: Change): boolean {
  return provider === CORE && collection === 'due';
}

function toTold({ fate, answer, leftAt, bug }: JournalEntry): Told {
  if (leftAt !== undefined || bug !== undefined) return 'untold';
  switch (fate) {
    case 'whole':
      return answer.status >= 500 ? 'untold' : 'told';
    case 'replaced':
    case 'cut':
    case 'none':
      return 'untold';
    case 'unsure':
      return 'unsure';
  }
}
