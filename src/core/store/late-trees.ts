import type { Tree } from './tree.ts';
import type { Trees } from './roots.ts';

/** The trees of a collection that are made on first use; copying roots is not a use. */
export class LateTrees implements Trees {
  #made: Trees | (() => Trees);

  constructor(make: () => Trees) {
    this.#made = make;
  }

  get records(): Tree<object> {
    return this.#get().records;
  }

  get indexes(): readonly Tree<string>[] {
    return this.#get().indexes;
  }

  #get(): Trees {
    if (typeof this.#made === 'function') this.#made = this.#made();
    return this.#made;
  }
}
