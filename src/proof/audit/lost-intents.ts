import type { AuditTerms } from '../../core/contract/audit-terms.ts';
import type { Recorded } from './recorded.ts';

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
  readonly exchange: Recorded;
  /** Equal intents that came again, oldest first. */
  readonly again: Recorded[] = [];
  /** A later write of its client about the same subject. */
  writtenAgain: Recorded | undefined;
  /** What it meant came to an end with another attempt, so that the next equal one is meant anew. */
  isSettled = false;
  readonly #showings: Showing[] = [];
  /** Up to which commit it was shown something at all. */
  #latest = 0;

  constructor(exchange: Recorded) {
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
  wasShownBefore({ began, entry }: Recorded): boolean {
    const first = entry.commit?.seq ?? Infinity;
    return this.#showings.some(({ ended, seen }) => seen >= this.seq && ended <= began && seen < first);
  }

  /** Whether its client was ever shown all that it did. */
  get wasShown(): boolean {
    return this.#latest >= (this.exchange.effects.at(-1)?.seq ?? 0);
  }

  /** Whether an answer tells of its subject. */
  isShownBy({ terms, who, subject }: Recorded): boolean {
    return isAbout(terms?.shows ?? 'none', this.exchange, who.tenant, subject);
  }
}

const SHOWINGS = 16;

function isAbout(
  shows: AuditTerms['shows'],
  { who, subject, effects, entry }: Recorded,
  tenant: string,
  shown: string | undefined,
): boolean {
  if (shows === 'none') return false;
  if (tenant !== '' && who.tenant !== '' && tenant !== who.tenant) return false;
  if (shows === 'tenant' || shown === undefined || subject === undefined || subject === shown) return true;
  return effects.some(({ ledger }) =>
    ledger.some(({ provider, account }) => provider === entry.provider && account === shown),
  );
}

/** Follows what clients were not told of, until something shows it to them. */
export class LostIntents {
  /** By client and provider. */
  readonly #open = new Map<string, Lost[]>();
  readonly #all = new Set<Lost>();
  readonly #recent: Recorded[] = [];
  #place = 0;
  /** By the exchanges that opened streams: the newest commit of which each was sent something. */
  readonly #pushed = new Map<Recorded, number>();
  readonly #retried: (lost: Lost, again: Recorded) => void;

  /** @param retried is told of each equal intent that came again, unless its client had been shown what became of the first */
  constructor(retried: (lost: Lost, again: Recorded) => void) {
    this.#retried = retried;
  }

  [Symbol.iterator](): IterableIterator<Lost> {
    return this.#all.values();
  }

  take(exchange: Recorded): void {
    const { isWrite, told } = exchange;
    const open = this.#open.size === 0 ? undefined : this.#open.get(toPlace(exchange));
    if (open) {
      if (isWrite) this.#attempt(open, exchange);
      if (told === 'told') show(open, exchange);
    }
    if (isWrite && told === 'untold') this.#add(exchange);
    this.#recent[this.#place] = exchange;
    this.#place = (this.#place + 1) % LOOKED_BACK;
  }

  /** A client was sent something of a subject. @param seen the newest commit by then */
  push(stream: Recorded, seen: number): void {
    this.#pushed.set(stream, seen);
    for (const lost of this.#open.get(toPlace(stream)) ?? []) push(lost, stream, seen);
  }

  /** A stream has ended. */
  close(stream: Recorded): void {
    this.#pushed.delete(stream);
  }

  /** Whoever has subscribed was sent something of a subject, and took it. */
  notify(provider: string, subject: string | null, seen: number): void {
    for (const lost of this.#all) {
      const { exchange } = lost;
      if (exchange.entry.provider !== provider || (subject !== null && exchange.subject !== subject)) continue;
      lost.show({ ended: exchange.ended, seen });
    }
  }

  #attempt(open: readonly Lost[], exchange: Recorded): void {
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

  #noteWrite(lost: Lost, exchange: Recorded): void {
    const { subject, entry } = lost.exchange;
    if (subject !== undefined && subject === exchange.subject && entry.provider === exchange.entry.provider) {
      lost.writtenAgain ??= exchange;
    }
  }

  #add(exchange: Recorded): void {
    const lost = new Lost(exchange);
    const place = toPlace(exchange);
    const open = this.#open.get(place) ?? [];
    if (open.length === OPEN) this.#forget(open.shift());
    open.push(lost);
    this.#open.set(place, open);
    this.#all.add(lost);
    if (this.#all.size > MOST) this.#forget(this.#all.values().next().value);
    for (const [stream, seen] of this.#pushed) if (toPlace(stream) === place) push(lost, stream, seen);
    // Who did not wait for it may have come again, and been answered, before it was over.
    const later = this.#recent.filter((other) => other.began >= exchange.ended && toPlace(other) === place);
    for (const other of later) if (other.told === 'told') show([lost], other);
    for (const other of later) if (other.isWrite) this.#attempt([lost], other);
  }

  /** What is not followed any more is not judged either. */
  #forget(lost: Lost | undefined): void {
    if (lost) this.#all.delete(lost);
  }
}

function show(open: readonly Lost[], exchange: Recorded): void {
  const { terms, ended, entry, status } = exchange;
  if (!terms || terms.shows === 'none' || status >= 400) return;
  for (const lost of open) if (lost.isShownBy(exchange)) lost.show({ ended, seen: entry.seen });
}

function push(lost: Lost, stream: Recorded, seen: number): void {
  if (lost.isShownBy(stream)) lost.show({ ended: lost.exchange.ended, seen });
}

function toPlace({ client, entry }: Recorded): string {
  return `${entry.provider} ${client}`;
}

function isSameIntent(one: Recorded, other: Recorded): boolean {
  const [first, second] = [one.entry, other.entry];
  if (first.provider !== second.provider || first.operation !== second.operation) return false;
  return first.subject === second.subject && one.intent === other.intent;
}
