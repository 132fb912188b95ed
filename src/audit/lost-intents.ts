import { Ring } from '../core/values/ring.ts';
import type { AuditedExchange } from './audited-exchange.ts';

/** Milliseconds of real time within which an equal intent is taken for another attempt. */
export const ATTEMPT_WINDOW = 60_000;
/** Of one client, beside those that are older than that. */
const OPEN = 64;
/** Of all clients; the oldest are forgotten. */
const MOST = 10_000;
/** Exchanges that are looked back at, for those which ended before one that they are attempts of. */
const LOOKED_BACK = 256;

/** When something showed a client what it had not been told. */
interface Showing {
  readonly ended: number;
  /** Up to which commit. */
  readonly seen: number;
}

/** A write whose answer did not reach its client. */
export class Lost {
  readonly exchange: AuditedExchange;
  /** Equal intents that came again, oldest first. */
  readonly again: AuditedExchange[] = [];
  /** A later write of its client about the same subject. */
  writtenAgain: AuditedExchange | undefined;
  /** What it meant came to an end with another attempt, so that the next equal one is meant anew. */
  isSettled = false;
  /** There are too many others behind it, and it is not judged. */
  isForgotten = false;
  readonly #showings: Showing[] = [];
  /** Up to which commit it was shown something at all. */
  #latest = 0;
  /** Accounts whose balances so many effects have changed, by provider and account. */
  #accounts: { readonly effects: number; readonly names: ReadonlySet<string> } | undefined;

  constructor(exchange: AuditedExchange) {
    this.exchange = exchange;
  }

  /** The first commit that nobody was told of, or the newest that it could have made where it made none. */
  get seq(): number {
    return this.exchange.effects[0]?.seq ?? this.exchange.entry.seen;
  }

  show(showing: Showing): void {
    if (this.#showings.length < SHOWINGS) this.#showings.push(showing);
    this.#latest = Math.max(this.#latest, showing.seen);
  }

  /** Whether its client was shown what became of it before it began again. */
  wasShownBefore({ began, entry }: AuditedExchange): boolean {
    const first = entry.commit?.seq ?? Infinity;
    return this.#showings.some(({ ended, seen }) => seen >= this.seq && ended <= began && seen < first);
  }

  /** Whether its client was ever shown all that it did. */
  get wasShown(): boolean {
    return this.#latest >= (this.exchange.effects.at(-1)?.seq ?? 0);
  }

  /** Whether an answer tells of its subject. */
  isShownBy({ terms, who: { tenant }, subject: shown }: AuditedExchange): boolean {
    const { who, subject } = this.exchange;
    const shows = terms?.shows ?? 'none';
    if (shows === 'none') return false;
    if (tenant !== '' && who.tenant !== '' && tenant !== who.tenant) return false;
    if (shows === 'tenant' || shown === undefined || subject === undefined || subject === shown) return true;
    return this.#listAccounts().has(shown);
  }

  /** Entries of the ledger are dear to derive. */
  #listAccounts(): ReadonlySet<string> {
    const { effects, entry } = this.exchange;
    if (this.#accounts?.effects === effects.length) return this.#accounts.names;
    const own = effects.flatMap(({ ledger }) => ledger).filter(({ provider }) => provider === entry.provider);
    const names = new Set(own.map(({ account }) => account));
    this.#accounts = { effects: effects.length, names };
    return names;
  }
}

const SHOWINGS = 16;

const NONE: ReadonlySet<Lost> = new Set();

/** Follows what clients were not told of, until something shows it to them. */
export class LostIntents {
  /** By client and provider. */
  readonly #open = new Map<string, Lost[]>();
  /** Oldest first, forgotten ones among them. */
  readonly #all = new Ring<Lost>();
  #size = 0;
  /** By provider, then by subject. */
  readonly #bySubject = new Map<string, Map<string | undefined, Set<Lost>>>();
  readonly #recent: AuditedExchange[] = [];
  #place = 0;
  /** By client and provider, then by the exchanges that opened streams: the newest commit of which each was sent something. */
  readonly #pushed = new Map<string, Map<AuditedExchange, number>>();
  readonly #retried: (lost: Lost, again: AuditedExchange) => void;

  /** @param retried is told of each equal intent that came again, unless its client had been shown what became of the first */
  constructor(retried: (lost: Lost, again: AuditedExchange) => void) {
    this.#retried = retried;
  }

  *[Symbol.iterator](): IterableIterator<Lost> {
    for (let place = 0; place < this.#all.size; place += 1) {
      const lost = this.#all.at(place);
      if (lost && !lost.isForgotten) yield lost;
    }
  }

  take(exchange: AuditedExchange): void {
    const { isWrite, told } = exchange;
    const open = this.#open.size === 0 ? undefined : this.#open.get(exchange.who.place);
    if (open) {
      if (isWrite) this.#attempt(open, exchange);
      if (told === 'told') show(open, exchange);
    }
    if (isWrite && told === 'untold') this.#add(exchange);
    this.#recent[this.#place] = exchange;
    this.#place = (this.#place + 1) % LOOKED_BACK;
  }

  /** A client was sent something of a subject. @param seen the newest commit by then */
  push(stream: AuditedExchange, seen: number): void {
    const { place } = stream.who;
    const pushed = this.#pushed.get(place) ?? new Map<AuditedExchange, number>();
    this.#pushed.set(place, pushed.set(stream, seen));
    for (const lost of this.#open.get(place) ?? []) push(lost, stream, seen);
  }

  /** A stream has ended. */
  close(stream: AuditedExchange): void {
    this.#pushed.get(stream.who.place)?.delete(stream);
  }

  /** Whoever has subscribed was sent something of a subject, and took it. */
  notify(provider: string, subject: string | null, seen: number): void {
    const own = this.#bySubject.get(provider);
    if (!own) return;
    const about = subject === null ? own.values() : [own.get(subject) ?? NONE];
    for (const some of about) for (const lost of some) lost.show({ ended: lost.exchange.ended, seen });
  }

  #attempt(open: readonly Lost[], exchange: AuditedExchange): void {
    let isTaken = false;
    for (let index = open.length - 1; index >= 0; index -= 1) {
      const lost = open[index];
      if (!lost || exchange.began < lost.exchange.ended) continue;
      this.#noteWrite(lost, exchange);
      const isAttempt = exchange.began <= lost.exchange.ended + ATTEMPT_WINDOW;
      if (isTaken || lost.isSettled || !isAttempt || !isSameIntent(lost.exchange, exchange)) continue;
      isTaken = true;
      if (!lost.wasShownBefore(exchange)) {
        lost.again.push(exchange);
        this.#retried(lost, exchange);
      }
      lost.isSettled = exchange.isToldSuccess || exchange.told === 'untold';
    }
  }

  #noteWrite(lost: Lost, exchange: AuditedExchange): void {
    const { subject, entry } = lost.exchange;
    if (subject !== undefined && subject === exchange.subject && entry.provider === exchange.entry.provider) {
      lost.writtenAgain ??= exchange;
    }
  }

  #add(exchange: AuditedExchange): void {
    const lost = new Lost(exchange);
    const { place } = exchange.who;
    const open = this.#open.get(place) ?? [];
    if (open.length === OPEN) this.#forget(open.shift());
    open.push(lost);
    this.#open.set(place, open);
    this.#all.push(lost);
    this.#size += 1;
    this.#note(lost);
    if (this.#size > MOST) this.#forget(this.#all.oldest);
    for (const [stream, seen] of this.#pushed.get(place) ?? []) push(lost, stream, seen);
    // Who did not wait for it may have come again, and been answered, before it was over.
    const later = this.#recent.filter((other) => other.began >= exchange.ended && other.who.place === place);
    for (const other of later) if (other.told === 'told') show([lost], other);
    for (const other of later) if (other.isWrite) this.#attempt([lost], other);
  }

  /** What is not followed any more is not judged either. */
  #forget(lost: Lost | undefined): void {
    if (!lost || lost.isForgotten) return;
    lost.isForgotten = true;
    this.#size -= 1;
    const { provider, subject } = lost.exchange.entry;
    const own = this.#bySubject.get(provider);
    const some = own?.get(subject);
    some?.delete(lost);
    if (some?.size === 0) own?.delete(subject);
    while (this.#all.oldest?.isForgotten === true) this.#all.shift();
    if (this.#all.size > 2 * MOST) this.#compact();
  }

  #compact(): void {
    const kept = [...this];
    this.#all.clear();
    for (const lost of kept) this.#all.push(lost);
  }

  #note(lost: Lost): void {
    const { provider, subject } = lost.exchange.entry;
    const own = this.#bySubject.get(provider) ?? new Map<string | undefined, Set<Lost>>();
    const some = own.get(subject) ?? new Set();
    this.#bySubject.set(provider, own.set(subject, some.add(lost)));
  }
}

function show(open: readonly Lost[], exchange: AuditedExchange): void {
  const { terms, ended, entry, status } = exchange;
  if (!terms || terms.shows === 'none' || status >= 400) return;
  for (const lost of open) if (lost.isShownBy(exchange)) lost.show({ ended, seen: entry.seen });
}

function push(lost: Lost, stream: AuditedExchange, seen: number): void {
  if (lost.isShownBy(stream)) lost.show({ ended: lost.exchange.ended, seen });
}

function isSameIntent(one: AuditedExchange, other: AuditedExchange): boolean {
  const [first, second] = [one.entry, other.entry];
  if (first.provider !== second.provider || first.operation !== second.operation) return false;
  return first.subject === second.subject && one.hasIntentOf(other);
}
