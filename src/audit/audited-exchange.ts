import type { AuditTerms } from '../core/contract/audit-terms.ts';
import type { ContractOperation } from '../core/contract/contract.ts';
import { Recalled } from '../core/exchange/recalled.ts';
import { isDueItem } from '../core/sandbox/due-items.ts';
import { KEPT_BODY, toKeptText, type JournalEntry } from '../core/sandbox/journal.ts';
import type { Sandbox } from '../core/sandbox/sandbox.ts';
import { CORE } from '../core/store/due.ts';
import type { Change } from '../core/store/collection.ts';
import type { Commit } from '../core/store/commit.ts';
import { parseFields } from '../core/wire/body.ts';
import { SecretNames } from '../core/wire/secrets/names.ts';
import type { AuditedProvider } from './audited-provider.ts';
import type { ClientIdentity } from './client-identity.ts';
import { toCanonical } from './canonical.ts';

/** Whether the reply of the operation reached the client; `unsure` if the record cannot say. */
export type Told = 'told' | 'untold' | 'unsure';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** Effects that happen after the response. */
interface LaterEffects {
  /** How many scheduled items are not due yet. */
  pending: number;
  readonly effects: Commit[];
  readonly idle: Commit[];
}

/** Where an exchange took place. */
interface Surroundings {
  readonly sandbox: Sandbox;
  readonly audited: AuditedProvider | undefined;
  readonly operation: ContractOperation | undefined;
}

/** An exchange of the record. What takes time to find out is found out on request. */
export class AuditedExchange {
  readonly entry: JournalEntry;
  /** Its position among the sandbox's events. */
  readonly position: number;
  readonly who: ClientIdentity;
  readonly told: Told;
  readonly audited: AuditedProvider | undefined;
  readonly operation: ContractOperation | undefined;
  readonly #sandbox: Sandbox;
  readonly #later: LaterEffects | undefined;
  #body: { readonly value: unknown } | undefined;
  #query: Readonly<Record<string, unknown>> | undefined;
  #intent: string | undefined;

  constructor(
    entry: JournalEntry,
    position: number,
    who: ClientIdentity,
    { sandbox, audited, operation }: Surroundings,
  ) {
    this.entry = entry;
    this.position = position;
    this.who = who;
    this.told = toTold(entry);
    this.audited = audited;
    this.operation = operation;
    this.#sandbox = sandbox;
    const pending = entry.commit && operation?.audit?.settles === true ? countScheduled(entry.commit) : 0;
    if (pending > 0) this.#later = { pending, effects: [], idle: [] };
  }

  get terms(): AuditTerms | undefined {
    return this.operation?.audit;
  }

  /** Whether the service takes each parameter from path, query or body alike. */
  get isMerged(): boolean {
    return this.audited?.service.parameters === 'merged';
  }

  /** The commits that changed the provider's state: its own, or those of the items that it scheduled. */
  get effects(): readonly Commit[] {
    const { commit } = this.entry;
    return this.#later?.effects ?? (commit && isEffect(commit) ? [commit] : []);
  }

  /** The commits of scheduled items that had no effect. */
  get idle(): readonly Commit[] {
    return this.#later?.idle ?? [];
  }

  /** Whether an effect is still scheduled. */
  get isPending(): boolean {
    return this.#later !== undefined && this.#later.pending > 0;
  }

  /** Adds the commit of an item that it scheduled. */
  settle(commit: Commit): void {
    const later = this.#later;
    if (!later) return;
    later.pending -= 1;
    (isEffect(commit) && this.#changesMore(commit) ? later.effects : later.idle).push(commit);
  }

  /** Whether a commit changes more than the records that the exchange wrote when it scheduled the item. */
  #changesMore({ changes }: Commit): boolean {
    const noted = new Set(this.entry.commit?.changes.filter(isOwn).map(toRecordName));
    return noted.size === 0 || changes.some((change) => isOwn(change) && !noted.has(toRecordName(change)));
  }

  get client(): string {
    return this.who.client;
  }

  get subject(): string | undefined {
    return this.entry.subject;
  }

  /** Identifies its client at its provider. */
  get clientKey(): string {
    return `${this.entry.provider} ${this.client}`;
  }

  /** Identifies a subject of its provider as its client sees it. */
  accountKey(subject = this.subject ?? ''): string {
    return `${this.entry.provider} ${subject} ${this.client}`;
  }

  get status(): number {
    return this.entry.answer.status;
  }

  get began(): number {
    return this.entry.began;
  }

  /** When the response was handed over or the client left, on the scale of `began`. */
  get ended(): number {
    return this.entry.leftAt ?? this.entry.began + this.entry.duration;
  }

  get isWrite(): boolean {
    return this.terms !== undefined && this.terms.kind !== 'read';
  }

  /** Whether it succeeded and its client was told. */
  get isToldSuccess(): boolean {
    return this.told === 'told' && this.status < 400;
  }

  get hasLedger(): boolean {
    return this.effects.some(({ entries }) => entries > 0);
  }

  header(name: string): string | undefined {
    const value = this.entry.requestHeaders[name];
    return typeof value === 'string' ? value : undefined;
  }

  isSecret(name: string): boolean {
    return this.audited?.isSecret(name) ?? SECRET_ANYWHERE.has(name);
  }

  /** The query parameters by name. */
  get query(): Readonly<Record<string, unknown>> {
    const { url } = this.entry;
    const at = url.indexOf('?');
    if (at < 0 || !this.audited) return NOTHING;
    return (this.#query ??= parseFields(url.slice(at + 1), this.audited.service.body));
  }

  /** The path as it was sent, without the query. */
  get path(): string {
    const { url } = this.entry;
    const at = url.indexOf('?');
    return at < 0 ? url : url.slice(0, at);
  }

  /** The path without secrets. */
  get shownPath(): string {
    return this.audited?.hide(this.path, this.entry.requestHeaders) ?? this.path;
  }

  /** The body if it can be read, with the query of a service that merges its parameters. */
  get body(): unknown {
    return (this.#body ??= { value: this.#readBody() }).value;
  }

  #readBody(): unknown {
    const { entry, audited, isMerged } = this;
    const { requestBody } = entry;
    if (!audited || !this.operation || entry.requestSize > KEPT_BODY) return undefined;
    if (requestBody === undefined || requestBody.length === 0) {
      return isMerged && entry.url.includes('?') ? this.query : undefined;
    }
    try {
      // Read even if the operation takes no body: it may hold a secret.
      if (typeof requestBody === 'string' && JSON_TYPE.test(this.header('content-type') ?? '')) {
        const body: unknown = JSON.parse(requestBody);
        return isMerged && entry.url.includes('?') ? { ...this.query, ...(body as object) } : body;
      }
      const recalled = new Recalled(entry, audited.service, this.#sandbox);
      // A multipart body takes time to read and is compared as text.
      return recalled.readBody() instanceof Promise ? undefined : recalled.body;
    } catch {
      return undefined;
    }
  }

  /** Forgets what can be read from the entry again: a rule may keep the exchange for long. */
  forgetBody(): void {
    this.#body = undefined;
    this.#query = undefined;
  }

  /** What the client means, without the key and the fields that differ with each attempt. Equal texts are one intent. */
  get intent(): string {
    return (this.#intent ??= this.#toIntent());
  }

  #toIntent(): string {
    const { entry, terms, isMerged, body } = this;
    const left = new Set([...(terms?.attemptFields ?? []), ...(isMerged ? [''] : [])]);
    const key = terms?.key?.split('[].').at(-1);
    if (key !== undefined) left.add(key);
    const written =
      body === undefined
        ? (entry.bodyHash ?? (entry.requestBody === undefined ? '' : toKeptText(entry.requestBody)))
        : toCanonical(body, (name) => left.has(name) || this.isSecret(name));
    // A merged body includes the query.
    const isInBody = isMerged && body !== undefined;
    const query = isInBody ? '' : toCanonical(this.query, (name) => this.isSecret(name));
    return `${entry.provider} ${entry.operation ?? entry.method} ${this.path} ${query} ${written}`;
  }

  /** The body of the response if it is JSON and was kept whole. */
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
const SECRET_ANYWHERE = new SecretNames([]);

/** Whether an operation itself changed its provider's state. */
function isEffect({ changes }: Commit): boolean {
  return changes.some(isOwn);
}

function isOwn({ part, provider }: Change): boolean {
  return part === 'own' && provider !== CORE;
}

function toRecordName({ provider, collection, key }: Change): string {
  return `${provider} ${collection} ${key}`;
}

/** The number of items that a commit scheduled; 0 if it changed a balance already. */
export function countScheduled({ changes, entries }: Commit): number {
  return entries > 0 ? 0 : changes.filter((change) => isDueItem(change) && change.after).length;
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
