import type { AuditTerms } from '../../core/contract/audit-terms.ts';
import type { ContractOperation } from '../../core/contract/contract.ts';
import { Recalled } from '../../core/exchange/recalled.ts';
import { KEPT_BODY, toKeptText, type JournalEntry } from '../../core/sandbox/journal.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import { CORE } from '../../core/store/due.ts';
import type { Change } from '../../core/store/collection.ts';
import type { Commit } from '../../core/store/commit.ts';
import { parseFields } from '../../core/wire/body.ts';
import type { Audited } from './audited.ts';
import type { Who } from './clients.ts';
import { toCanonical } from './canonical.ts';

/** Whether the reply of the operation reached the client; `unsure` is all that the record cannot tell. */
export type Told = 'told' | 'untold' | 'unsure';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** An exchange of the record, with what can be told of it. What takes time is found out when it is first asked for. */
export class Recorded {
  readonly entry: JournalEntry;
  /** Among all that the sandbox told. */
  readonly position: number;
  readonly who: Who;
  readonly audited: Audited | undefined;
  readonly operation: ContractOperation | undefined;
  readonly terms: AuditTerms | undefined;
  readonly told: Told;
  /** What it did to the state: at once, and later by what it had scheduled. */
  readonly effects: Commit[] = [];
  /** Of what it had scheduled, that which was due and did nothing. */
  readonly idle: Commit[] = [];
  #pending: number;
  readonly #sandbox: Sandbox;
  #body: { readonly value: unknown } | undefined;
  #query: Readonly<Record<string, unknown>> | undefined;
  #intent: string | undefined;
  /** The names of the records that it changed itself. */
  #put: ReadonlySet<string> | undefined;

  constructor(entry: JournalEntry, position: number, who: Who, audited: Audited | undefined, sandbox: Sandbox) {
    this.entry = entry;
    this.position = position;
    this.who = who;
    this.audited = audited;
    this.operation = entry.operation === undefined ? undefined : audited?.operations.get(entry.operation);
    this.terms = this.operation?.audit;
    this.told = toTold(entry);
    this.#sandbox = sandbox;
    const { commit } = entry;
    this.#pending = commit && this.terms?.settles === true ? countScheduled(commit) : 0;
    if (commit && this.#pending === 0 && isEffect(commit)) this.effects.push(commit);
  }

  /** Whether its effect is yet to come. */
  get isPending(): boolean {
    return this.#pending > 0;
  }

  /** What it had scheduled was due. */
  settle(commit: Commit): void {
    this.#pending -= 1;
    if (isEffect(commit) && this.#changesMore(commit)) this.effects.push(commit);
    else this.idle.push(commit);
  }

  /** Whether it changed more than what the exchange had put down in order to remember what is to be done. */
  #changesMore({ changes }: Commit): boolean {
    const put = (this.#put ??= new Set(this.entry.commit?.changes.filter(isOwn).map(toRecordName)));
    return put.size === 0 || changes.some((change) => isOwn(change) && !put.has(toRecordName(change)));
  }

  get client(): string {
    return this.who.client;
  }

  get subject(): string | undefined {
    return this.entry.subject;
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
    if (this.#query) return this.#query;
    const { url } = this.entry;
    const at = url.indexOf('?');
    return (this.#query =
      at < 0 || !this.audited ? NOTHING : parseFields(url.slice(at + 1), this.audited.service.body));
  }

  /** The path as it came, without the query. */
  get path(): string {
    const { url } = this.entry;
    const at = url.indexOf('?');
    return at < 0 ? url : url.slice(0, at);
  }

  /** What the body holds, as far as it can be read: of a service that merges its parameters, those of the path and query, too. */
  get body(): unknown {
    return (this.#body ??= { value: this.#readBody() }).value;
  }

  #readBody(): unknown {
    const { entry, audited } = this;
    const { requestBody } = entry;
    if (!audited || !this.operation || !this.isWhole) return undefined;
    const isMerged = audited.service.parameters === 'merged';
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
    const recalled = new Recalled(entry, audited.service, this.#sandbox);
    try {
      // What takes time to be read, such as a multipart body, is compared as it came.
      if (recalled.readBody() instanceof Promise) return undefined;
      return recalled.body;
    } catch {
      return undefined;
    }
  }

  /** It can be read again from what the journal keeps. */
  forgetBody(): void {
    this.#body = undefined;
    this.#query = undefined;
  }

  /** What its client means by it, without the key and whatever is made anew for each attempt. Equal texts are one intent. */
  get intent(): string {
    return (this.#intent ??= this.#toIntent());
  }

  #toIntent(): string {
    const { entry, terms, who, audited } = this;
    const left = new Set([...(terms?.attemptFields ?? []), ...(audited?.service.parameters === 'merged' ? [''] : [])]);
    const key = terms?.key?.split('[].').at(-1);
    if (key !== undefined) left.add(key);
    const { body } = this;
    const written =
      body === undefined
        ? (entry.bodyHash ?? (entry.requestBody === undefined ? '' : toKeptText(entry.requestBody)))
        : toCanonical(body, (name) => left.has(name) || who.isSecret(name));
    // Its parameters are in the body as it was read.
    const query =
      audited?.service.parameters === 'merged' && body !== undefined
        ? ''
        : toCanonical(this.query, (name) => who.isSecret(name));
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
