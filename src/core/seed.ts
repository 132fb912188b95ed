import type { Instant } from './clock.ts';
import { CORE, coreCollections } from './due.ts';
import type { FixtureContext } from './fixture.ts';
import { createIds } from './ids.ts';
import type { Provider } from './provider.ts';
import { randomBytes, toText } from './random.ts';
import type { Roots, Schema } from './roots.ts';
import { Store } from './store.ts';

/** One provider's section of one fixture, validated. */
export interface Section {
  readonly provider: Provider;
  readonly content: unknown;
  /** Adds to a fault what only the reader of the file knows: name and line. */
  locate(error: unknown): unknown;
}

export interface SeedOptions {
  readonly schema: Schema;
  readonly sections: readonly Section[];
  readonly randomSeed: number;
  /** Where sandboxes' clocks are frozen; `undefined` lets them run with real time. */
  readonly clock: Instant | undefined;
}

/** The state that sandboxes start from, built once and shared by all of them. */
export class Seed {
  readonly randomSeed: number;
  readonly clock: Instant | undefined;
  readonly #options: SeedOptions;
  #built: { readonly roots: Roots; readonly start: Instant; readonly relative: boolean } | undefined;

  constructor(options: SeedOptions) {
    this.#options = options;
    this.randomSeed = options.randomSeed;
    this.clock = options.clock;
  }

  /**
   * The seed's roots for a sandbox that starts at `start`. Built anew only when the fixtures
   * hold instants relative to a start that has moved on.
   *
   * @throws what `locate` makes of a fixture's fault
   */
  roots(start: Instant): Roots {
    if (!this.#built || (this.#built.relative && this.#built.start !== start)) {
      this.#built = { ...buildRoots(this.#options, start), start };
    }
    return this.#built.roots;
  }
}

function buildRoots(
  { schema, sections, randomSeed }: SeedOptions,
  start: Instant,
): { roots: Roots; relative: boolean } {
  let relative = false;
  const context: Omit<FixtureContext, 'ids' | 'schedule'> = {
    now: () => {
      relative = true;
      return start;
    },
    text: (name, alphabet, length) => toText(randomBytes(randomSeed, `seed ${name}`, 0), alphabet, length),
  };
  const store = new Store(schema);
  const { due } = store.open(CORE, coreCollections);
  store.transaction(() => {
    for (const section of sections) {
      const { provider, content } = section;
      try {
        const ids = createIds(store, provider.id);
        const schedule: FixtureContext['schedule'] = (at, kind, payload) => {
          due.put({ at, seq: store.next('due'), provider: provider.id, kind, payload });
        };
        provider.fixture.load(content, store.open(provider.id, provider.collections), { ...context, ids, schedule });
      } catch (error) {
        throw section.locate(error);
      }
    }
  });
  return { roots: store.roots, relative };
}
