/** A queue that grows with use, with access by index. To remove the oldest item costs nothing. */
export class Ring<T> {
  #items: (T | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | undefined {
    return this.#size === 0 ? undefined : this.#items[this.#head];
  }

  /** @param place 0 for the oldest */
  at(place: number): T | undefined {
    return place >= 0 && place < this.#size ? this.#items[this.#slot(place)] : undefined;
  }

  put(place: number, item: T): void {
    if (place >= 0 && place < this.#size) this.#items[this.#slot(place)] = item;
  }

  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow();
    this.#items[this.#slot(this.#size)] = item;
    this.#size += 1;
  }

  shift(): T | undefined {
    const item = this.oldest;
    if (item === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head = this.#slot(1);
    this.#size -= 1;
    return item;
  }

  /** Removes the newest item. */
  pop(): T | undefined {
    const item = this.at(this.#size - 1);
    if (item === undefined) return undefined;
    this.#items[this.#slot(this.#size - 1)] = undefined;
    this.#size -= 1;
    return item;
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<T> {
    for (let place = this.#size - 1; place >= 0; place -= 1) {
      const item = this.at(place);
      if (item !== undefined) yield item;
    }
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#size = 0;
  }

  #slot(place: number): number {
    const slot = this.#head + place;
    return slot < this.#items.length ? slot : slot - this.#items.length;
  }

  #grow(): void {
    const items: (T | undefined)[] = [];
    for (let place = 0; place < this.#size; place += 1) items.push(this.at(place));
    items.length = Math.max(this.#size * 2, FIRST);
    this.#items = items;
    this.#head = 0;
  }
}

/** Initial capacity. */
const FIRST = 4;
