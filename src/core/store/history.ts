import { Ring } from '../values/ring.ts';
import { createTree } from './tree.ts';

/**
 * The bytes that all journals and feeds of a process take together. Past the limit the oldest
 * items go, whosever they are.
 */
export class History {
  readonly #limit: number;
  #bytes = 0;
  #arrivals = 0;
  /** Those that hold anything, by the arrival of their oldest item or of one before it that has gone since. */
  readonly #holders = createTree<Holder>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Makes room for what has come, which may be more than there can be. @returns its place among all that came */
  take(holder: Holder, bytes: number): number {
    const arrival = (this.#arrivals += 1);
    if (holder.queued === undefined) this.#queue(holder, arrival);
    this.#bytes += bytes;
    return arrival;
  }

  /** Has the oldest go until what is left fits. */
  fit(): void {
    while (this.#bytes > this.#limit && this.#forgetOldest());
  }

  /** What a holder let go by itself. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  leave(holder: Holder): void {
    if (holder.queued !== undefined) this.#holders.delete(holder.queued);
    holder.queued = undefined;
  }

  #queue(holder: Holder, arrival: number): void {
    holder.queued = String(arrival).padStart(DIGITS, '0');
    this.#holders.set(holder.queued, holder);
  }

  #forgetOldest(): boolean {
    for (const [key, holder] of this.#holders.entries()) {
      if (holder.oldest === Number(key)) holder.forget();
      this.leave(holder);
      if (holder.oldest !== undefined) this.#queue(holder, holder.oldest);
      return true;
    }
    return false;
  }
}

const DIGITS = String(Number.MAX_SAFE_INTEGER).length;

/** What a history can have forget its oldest item. */
interface Holder {
  /** The arrival of its oldest item. */
  readonly oldest: number | undefined;
  /** Under what the history finds it. */
  queued: string | undefined;
  forget(): void;
}

interface Kept<T> {
  item: T;
  bytes: number;
  readonly arrival: number;
  isGone: boolean;
}

/** The items of one journal or one feed, as far as the history of the process has room for them. */
export class Records<T> implements Holder {
  queued: string | undefined;
  readonly #history: History;
  readonly #ring = new Ring<Kept<T>>();
  #hasForgotten = false;

  constructor(history: History) {
    this.#history = history;
  }

  get size(): number {
    return this.#ring.size;
  }

  get oldest(): number | undefined {
    return this.#ring.oldest?.arrival;
  }

  /** Whether anything has gone since they were cleared. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  /** @param place 0 for the oldest */
  at(place: number): T | undefined {
    return this.#ring.at(place)?.item;
  }

  /** @returns what is called when the item takes more bytes, or fewer, for as long as it is kept */
  push(item: T, bytes: number): (more: number) => void {
    const kept: Kept<T> = { item, bytes, arrival: this.#history.take(this, bytes), isGone: false };
    this.#ring.push(kept);
    this.#history.fit();
    return (more) => {
      if (kept.isGone) return;
      kept.bytes += more;
      this.#history.release(-more);
      this.#history.fit();
    };
  }

  /** The newest was never so. */
  takeBack(): void {
    const gone = this.#ring.pop();
    if (!gone) return;
    gone.isGone = true;
    this.#history.release(gone.bytes);
  }

  /** The same item as it is now. */
  put(place: number, item: T): void {
    const kept = this.#ring.at(place);
    if (kept) kept.item = item;
  }

  swap(place: number, other: number): void {
    const [one, two] = [this.#ring.at(place), this.#ring.at(other)];
    if (!one || !two) return;
    this.#ring.put(place, two);
    this.#ring.put(other, one);
  }

  forget(): void {
    const gone = this.#ring.shift();
    if (!gone) return;
    this.#hasForgotten = true;
    gone.isGone = true;
    this.#history.release(gone.bytes);
  }

  clear(): void {
    for (const kept of this.#ring.newest()) {
      kept.isGone = true;
      this.#history.release(kept.bytes);
    }
    this.#ring.clear();
    this.#history.leave(this);
    this.#hasForgotten = false;
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<T> {
    for (const { item } of this.#ring.newest()) yield item;
  }
}
