/**
 * What was put in last under a text, found by a number that is made of the text, so that no text need be kept or even made for
 * it. Forgets as `Recent` does: it remembers at least half as many as it may hold, and never more.
 */
export class RecentTexts<V> {
  readonly #half: number;
  // Made with what is put in first: there are many in which nothing ever is.
  #young: Table<V> | undefined;
  #old: Table<V> | undefined;

  constructor(most: number) {
    this.#half = Math.ceil(most / 2);
  }

  /**
   * @param hash equal for equal texts
   * @param isIt whether what has that hash was put in under the text that is meant
   */
  find(hash: number, isIt: (value: V) => boolean): V | undefined {
    return this.#young?.find(hash, isIt) ?? this.#old?.find(hash, isIt);
  }

  /** @param value of a text under which nothing is found */
  add(hash: number, value: V): void {
    if (this.#young && this.#young.size >= this.#half) {
      [this.#young, this.#old] = [this.#old, this.#young];
      this.#young?.clear();
    }
    this.#young ??= new Table(this.#half);
    this.#young.add(hash, value);
  }
}

/** Values by number, with twice as many places or more as there are values. */
class Table<V> {
  /** The number of the value in each place, from 1; 0 for none. */
  readonly #places: Int32Array;
  readonly #hashes: Int32Array;
  #values: V[] = [];

  constructor(most: number) {
    this.#places = new Int32Array(2 ** Math.ceil(Math.log2(most * 2)));
    this.#hashes = new Int32Array(most);
  }

  get size(): number {
    return this.#values.length;
  }

  find(hash: number, isIt: (value: V) => boolean): V | undefined {
    const places = this.#places;
    const mask = places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const number = (places[place] ?? 0) - 1;
      if (number < 0) return undefined;
      if (this.#hashes[number] !== hash) continue;
      const value = this.#values[number];
      if (value !== undefined && isIt(value)) return value;
    }
  }

  add(hash: number, value: V): void {
    const places = this.#places;
    const mask = places.length - 1;
    let place = hash & mask;
    while (places[place] !== 0) place = (place + 1) & mask;
    this.#hashes[this.#values.length] = hash;
    this.#values.push(value);
    places[place] = this.#values.length;
  }

  clear(): void {
    this.#places.fill(0);
    this.#values = [];
  }
}
