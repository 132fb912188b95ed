import type { AuditedExchange } from './audited-exchange.ts';

/** Milliseconds of real time within which an equal intent counts as another attempt. */
const ATTEMPT_WINDOW = 60_000;
/** Lost writes of one client that are followed; older ones are forgotten. */
const OF_CLIENT = 64;
/** Lost writes of all clients that are followed; older ones are forgotten. */
const FOLLOWED = 10_000;
/** Recent exchanges to look back at: an attempt may end before the write that it repeats. */
const LOOKED_BACK = 256;
/** Showings of one write that are kept. */
const SHOWINGS = 16;

/** When something showed the client the state. */
interface Showing {
  readonly ended: number;
  /** The newest commit that was shown. */
  readonly seen: number;
}

/** A write whose response did not reach its client. */
export class LostWrite {
  readonly exchange: AuditedExchange;
  /** A later write of its client to the same subject. */
  writtenAgain: AuditedExchange | undefined;
  /** Another attempt came to an end, so an equal intent after it is a new one. */
  isSettled = false;
  readonly #showings: Showing[] = [];
  #newestSeen = 0;

  constructor(exchange: AuditedExchange) {
    this.exchange = exchange;
  }

  /** Its first commit. If it made none, the newest commit at that time. */
  get #seq(): number {
    return this.exchange.effects[0]?.seq ?? this.exchange.entry.seen;
  }

  show(showing: Showing): void {
    if (this.#showings.length < SHOWINGS) this.#showings.push(showing);
    this.#newestSeen = Math.max(this.#newestSeen, showing.seen);
  }

  /** Whether the client was shown its result before it sent another attempt. */
  wasShownBefore({ began, entry }: AuditedExchange): boolean {
    const first = entry.commit?.seq ?? Infinity;
    return this.#showings.some(({ ended, seen }) => seen >= this.#seq && ended <= began && seen < first);
  }

  /** Whether the client was ever shown every effect of the exchange. */
  get wasShown(): boolean {
    return this.#newestSeen >= (this.exchange.effects.at(-1)?.seq ?? 0);
  }

  /** Whether the response of an exchange shows what it changed. */
  isShownBy({ terms, who: { tenant }, subject: shown }: AuditedExchange): boolean {
    const { who, subject, effects, entry } = this.exchange;
    const shows = terms?.shows ?? 'none';
    if (shows === 'none') return false;
    if (tenant !== '' && who.tenant !== '' && tenant !== who.tenant) return false;
    if (shows === 'tenant' || shown === undefined || subject === undefined || subject === shown) return true;
    const { provider } = entry;
    return effects.some(({ ledger }) => ledger.some((one) => one.provider === provider && one.account === shown));
  }
}

/** Follows lost writes until something shows their result to the client. */
export class LostWrites {
  /** By client and provider, oldest first. */
  readonly #byClient = new Map<string, LostWrite[]>();
  /** In order of their ends. */
  readonly #all = new Set<LostWrite>();
  readonly #recent: AuditedExchange[] = [];
  /** By client and provider: the open streams with the newest commit that each has shown. */
  readonly #streams = new Map<string, Map<AuditedExchange, number>>();
  readonly #onRetry: (lost: LostWrite, again: AuditedExchange) => void;

  /** @param onRetry called for each attempt that the client sent without having been shown the result of the first */
  constructor(onRetry: (lost: LostWrite, again: AuditedExchange) => void) {
    this.#onRetry = onRetry;
  }

  [Symbol.iterator](): IterableIterator<LostWrite> {
    return this.#all.values();
  }

  take(exchange: AuditedExchange): void {
    const { isWrite, told, clientKey } = exchange;
    const open = this.#byClient.get(clientKey) ?? [];
    if (isWrite) this.#attempt(open, exchange);
    if (told === 'told') show(open, exchange);
    if (isWrite && told === 'untold') this.#add(exchange);
    this.#recent.push(exchange);
    if (this.#recent.length > LOOKED_BACK) this.#recent.shift();
  }

  /** A stream sent its client an event. @param seen the newest commit at that time */
  push(stream: AuditedExchange, seen: number): void {
    const { clientKey } = stream;
    const streams = this.#streams.get(clientKey) ?? new Map<AuditedExchange, number>();
    this.#streams.set(clientKey, streams.set(stream, seen));
    for (const lost of this.#byClient.get(clientKey) ?? []) push(lost, stream, seen);
  }

  /** A stream ended. */
  close(stream: AuditedExchange): void {
    this.#streams.get(stream.clientKey)?.delete(stream);
  }

  /** A webhook about a subject was delivered; `null` for one that is about all subjects. */
  notify(provider: string, subject: string | null, seen: number): void {
    for (const lost of this.#all) {
      const { entry, ended } = lost.exchange;
      if (entry.provider !== provider || (subject !== null && entry.subject !== subject)) continue;
      lost.show({ ended, seen });
    }
  }

  #attempt(open: readonly LostWrite[], exchange: AuditedExchange): void {
    let isTaken = false;
    for (const lost of open.toReversed()) {
      if (exchange.began < lost.exchange.ended) continue;
      noteWrite(lost, exchange);
      const isAttempt = exchange.began <= lost.exchange.ended + ATTEMPT_WINDOW;
      if (isTaken || lost.isSettled || !isAttempt || !isSameIntent(lost.exchange, exchange)) continue;
      isTaken = true;
      if (!lost.wasShownBefore(exchange)) this.#onRetry(lost, exchange);
      lost.isSettled = exchange.isToldSuccess || exchange.told === 'untold';
    }
  }

  #add(exchange: AuditedExchange): void {
    const lost = new LostWrite(exchange);
    const { clientKey } = exchange;
    const open = this.#byClient.get(clientKey) ?? [];
    const oldest = open.length === OF_CLIENT ? open.shift() : undefined;
    if (oldest) this.#all.delete(oldest);
    open.push(lost);
    this.#byClient.set(clientKey, open);
    this.#all.add(lost);
    const [first] = this.#all;
    if (first && this.#all.size > FOLLOWED) this.#all.delete(first);
    for (const [stream, seen] of this.#streams.get(clientKey) ?? []) push(lost, stream, seen);
    // A client that does not wait may have sent another attempt, and received its response, before this one ended.
    const later = this.#recent.filter((other) => other.began >= exchange.ended && other.clientKey === clientKey);
    for (const other of later) if (other.told === 'told') show([lost], other);
    for (const other of later) if (other.isWrite) this.#attempt([lost], other);
  }
}

function noteWrite(lost: LostWrite, exchange: AuditedExchange): void {
  const { subject, entry } = lost.exchange;
  if (subject !== undefined && subject === exchange.subject && entry.provider === exchange.entry.provider) {
    lost.writtenAgain ??= exchange;
  }
}

function show(open: readonly LostWrite[], exchange: AuditedExchange): void {
  const { terms, ended, entry, status } = exchange;
  if (!terms || terms.shows === 'none' || status >= 400) return;
  for (const lost of open) if (lost.isShownBy(exchange)) lost.show({ ended, seen: entry.seen });
}

function push(lost: LostWrite, stream: AuditedExchange, seen: number): void {
  if (lost.isShownBy(stream)) lost.show({ ended: lost.exchange.ended, seen });
}

function isSameIntent(one: AuditedExchange, other: AuditedExchange): boolean {
  const [first, second] = [one.entry, other.entry];
  if (first.provider !== second.provider || first.operation !== second.operation) return false;
  return first.subject === second.subject && one.intent === other.intent;
}
