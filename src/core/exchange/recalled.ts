import { toCondition, toConditions, type Condition, type Match, type Matchable } from '../faults/match.ts';
import { KEPT_BODY, type JournalEntry } from '../sandbox/journal.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { Exchange, toMatchable, type Arrival, type Service } from './exchange.ts';
import { readEarly } from './parse-request.ts';

/** What an exchange of the journal must match: what fault rules match, and how it was answered. */
export interface JournalMatch extends Match {
  readonly provider?: string;
  /** One name, or several; one of them must match. */
  readonly operation?: string | readonly string[];
  readonly status?: number;
}

/** An exchange of the journal as fault rules saw it. Its request is parsed again from what was kept, when it is first read. */
export class Recalled implements Matchable {
  readonly entry: JournalEntry;
  readonly #service: Service;
  readonly #sandbox: Sandbox;
  #read: { readonly exchange: Exchange; readonly matchable: Matchable } | undefined;

  constructor(entry: JournalEntry, service: Service, sandbox: Sandbox) {
    this.entry = entry;
    this.#service = service;
    this.#sandbox = sandbox;
  }

  get subject(): string | undefined {
    return this.entry.subject;
  }

  get method(): string {
    return this.entry.method;
  }

  get headers(): Matchable['headers'] {
    return this.entry.requestHeaders;
  }

  get path(): string {
    return this.#exchange.matchable.path;
  }

  get query(): Matchable['query'] {
    return this.#exchange.matchable.query;
  }

  /** `undefined` before `readBody` was called. */
  get body(): unknown {
    return this.#exchange.matchable.body;
  }

  /** Whether the journal keeps only a part of its body, so that it cannot be parsed again. */
  get isCut(): boolean {
    return this.entry.requestSize > KEPT_BODY;
  }

  /** @returns a promise only if parsing has to wait */
  readBody(): void | Promise<void> {
    return readEarly(this.#exchange.exchange);
  }

  get #exchange(): { readonly exchange: Exchange; readonly matchable: Matchable } {
    if (this.#read) return this.#read;
    const { entry } = this;
    const arrival: Arrival = {
      service: this.#service,
      sandbox: this.#sandbox,
      request: {
        method: entry.method,
        url: entry.url,
        headers: entry.requestHeaders,
        body: this.isCut || entry.requestBody === undefined ? undefined : Buffer.from(entry.requestBody),
        onLeave: () => () => undefined,
      },
      credential: undefined,
    };
    const exchange = new Exchange(arrival, entry.id, entry.at, 0);
    this.#read = { exchange, matchable: toMatchable(exchange, entry.subject) };
    return this.#read;
  }
}

/** The most specific conditions come first. */
export function toJournalConditions(match: JournalMatch): readonly Condition<Recalled>[] {
  const { provider, operation, status } = match;
  const conditions: Condition<Recalled>[] = [];
  if (provider !== undefined) conditions.push(toCondition('provider', provider, ({ entry }) => entry.provider));
  if (operation !== undefined) {
    const names: readonly unknown[] = [operation].flat();
    conditions.push({
      place: ['operation'],
      expected: operation,
      read: ({ entry }) => entry.operation,
      accepts: (actual) => names.includes(actual),
    });
  }
  conditions.push(...toConditions(match));
  if (status !== undefined) {
    // An exchange without an answer has no status.
    conditions.push(toCondition('status', status, ({ entry }) => entry.answer.status || undefined));
  }
  return conditions;
}
