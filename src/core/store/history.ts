import { Ring } from '../values/ring.ts';
import { createTree } from './tree.ts';

/**
 * The bytes that all journals and feeds of a process take together. Past the limit the oldest items are forgotten, in
 * any of them.
 */
export class History {
  readonly #limit: number;
  #bytes = 0;
  #arrivals = 0;
  /** Holders with items, by the arrival of their oldest item or of an earlier one that was forgotten since. */
  readonly #holders = createTree<Holder>();
  /** The first holder, and the arrival up to which it holds the oldest items of all, as far as known. */
  #first: Holder | undefined;
  #until = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Makes room for a new item, which may exceed the limit. @returns its number among all arrivals */
  take(holder: Holder, bytes: number): number {
    const arrival = (this.#arrivals += 1);
    if (holder.queued === undefined) this.#queue(holder, arrival);
    this.#bytes += bytes;
    return arrival;
  }

  /** Forgets the oldest items until the rest fits. */
  fit(): void {
    while (this.#bytes > this.#limit && this.#forgetOldest());
  }

  /** Subtracts bytes that a holder released by itself. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  leave(holder: Holder): void {
    if (holder.queued !== undefined) this.#holders.delete(holder.queued);
    holder.queued = undefined;
    if (holder === this.#first) this.#first = undefined;
  }

  #queue(holder: Holder, arrival: number): void {
    holder.queued = String(arrival).padStart(DIGITS, '0');
    this.#holders.set(holder.queued, holder);
    this.#first = undefined;
  }

  /** Usually one holder has all of the oldest items, so it is not searched and queued again for each. */
  #forgetOldest(): boolean {
    const holder = this.#first ?? this.#findFirst();
    if (!holder) return false;
    const { oldest } = holder;
    if (oldest !== undefined && oldest <= this.#until) {
      holder.forget();
      return true;
    }
    this.leave(holder);
    if (oldest !== undefined) this.#queue(holder, oldest);
    return true;
  }

  #findFirst(): Holder | undefined {
    this.#first = undefined;
    this.#until = Infinity;
    for (const [key, holder] of this.#holders.entries()) {
      if (this.#first) {
        this.#until = Number(key);
        break;
      }
      this.#first = holder;
    }
    return this.#first;
  }
}

const DIGITS = String(Number.MAX_SAFE_INTEGER).length;

/** A holder whose oldest item a history can forget. */
interface Holder {
  /** The arrival of its oldest item. */
  readonly oldest: number | undefined;
  /** The key under which the history finds it. */
  queued: string | undefined;
  forget(): void;
}

/** An item and its state, shared with code that does not hold it. */
export class Held<T> {
  item: T;
  bytes: number;
  /** Its number among all arrivals of the history. */
  readonly arrival: number;
  /** Whether its holder has forgotten it. */
  isGone = false;
  /** Whether it was rolled back. */
  wasTakenBack = false;
  /** Its number among the events of the sandbox, from 1; 0 until listeners have received it. */
  position = 0;

  constructor(item: T, bytes: number, arrival: number) {
    this.item = item;
    this.bytes = bytes;
    this.arrival = arrival;
  }
}

/** The items of one journal or one feed, as far as the history of the process has room for them. */
export class Records<T> implements Holder {
  queued: string | undefined;
  readonly #history: History;
  readonly #ring = new Ring<Held<T>>();
  readonly #onGone: (held: Held<T>) => void;
  #hasForgotten = false;

  /** @param onGone receives each forgotten item, except those that were rolled back */
  constructor(history: History, onGone: (held: Held<T>) => void = () => undefined) {
    this.#history = history;
    this.#onGone = onGone;
  }

  get size(): number {
    return this.#ring.size;
  }

  get oldest(): number | undefined {
    return this.#ring.oldest?.arrival;
  }

  /** Whether any item was forgotten since the last clearing. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  /** @param place 0 for the oldest */
  at(place: number): T | undefined {
    return this.#ring.at(place)?.item;
  }

  push(item: T, bytes: number): Held<T> {
    const held = new Held(item, bytes, this.#history.take(this, bytes));
    this.#ring.push(held);
    this.#history.fit();
    return held;
  }

  /** Changes the bytes of an item. */
  grow(held: Held<T>, more: number): void {
    if (held.isGone) return;
    held.bytes += more;
    this.#history.release(-more);
    this.#history.fit();
  }

  /** Removes the newest item, which was rolled back. */
  takeBack(held: Held<T>): void {
    held.wasTakenBack = true;
    if (held.isGone) return;
    held.isGone = true;
    this.#ring.pop();
    this.#history.release(held.bytes);
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
    this.#letGo(gone);
  }

  #letGo(held: Held<T>): void {
    held.isGone = true;
    this.#history.release(held.bytes);
    this.#onGone(held);
  }

  clear(): void {
    for (const held of this.#ring.newest()) this.#letGo(held);
    this.#ring.clear();
    this.#history.leave(this);
    this.#hasForgotten = false;
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<T> {
    for (const { item } of this.#ring.newest()) yield item;
  }
}
