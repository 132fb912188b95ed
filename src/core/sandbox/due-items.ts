import type { Change, StateOf } from '../store/collection.ts';
import { CORE, type DueItem } from '../store/due.ts';
import type { Instant } from '../values/clock.ts';
import type { coreCollections } from './core-collections.ts';

/** Limit of items that run at once: items may schedule others without end. */
const MOST = 100_000;

/** The scheduled items of one sandbox, in order. */
export class DueItems {
  readonly #items: StateOf<typeof coreCollections>['due'];
  readonly #onEndless: () => void;

  constructor(items: StateOf<typeof coreCollections>['due'], onEndless: () => void) {
    this.#items = items;
    this.#onEndless = onEndless;
  }

  get size(): number {
    return this.#items.size;
  }

  get next(): DueItem | undefined {
    return this.#items.first('at', []);
  }

  /** Yields the items up to an instant, including those scheduled meanwhile. The caller deletes each of them. */
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
