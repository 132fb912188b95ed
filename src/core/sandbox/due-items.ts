import type { Change, StateOf } from '../store/collection.ts';
import { CORE, type DueItem } from '../store/due.ts';
import type { Instant } from '../values/clock.ts';
import type { coreCollections } from './core-collections.ts';

/** Due items that are let happen at once: some may have been made by others without end. */
const MOST = 100_000;

/** What is due in one sandbox, in order. */
export class DueItems {
  readonly #items: StateOf<typeof coreCollections>['due'];
  readonly #onEndless: () => void;
  #next: DueItem | undefined;
  /** Of the items, when the next of them was looked for. */
  #version: number | undefined;

  constructor(items: StateOf<typeof coreCollections>['due'], onEndless: () => void) {
    this.#items = items;
    this.#onEndless = onEndless;
  }

  get size(): number {
    return this.#items.size;
  }

  /** Every exchange asks, and to look for it opens an iterator on a tree, so it is kept until any is written. */
  get next(): DueItem | undefined {
    const { version } = this.#items;
    if (version === this.#version) return this.#next;
    this.#version = version;
    return (this.#next = this.#find());
  }

  #find(): DueItem | undefined {
    for (const item of this.#items.list('at')) return item;
    return undefined;
  }

  /** Those up to an instant, for each to be deleted in its turn; those included that come up on the way. */
  *until(instant: Instant): IterableIterator<DueItem> {
    for (let count = 0; count < MOST; count += 1) {
      const item = this.next;
      if (!item || item.at > instant) return;
      yield item;
    }
    this.#onEndless();
  }

  delete({ seq }: DueItem): void {
    this.#items.delete(String(seq));
  }
}

export function isDueItem({ provider, collection }: Change): boolean {
  return provider === CORE && collection === 'due';
}
