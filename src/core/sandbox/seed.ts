import type { Instant } from '../values/clock.ts';
import { CORE, coreCollections } from '../store/due.ts';
import type { FixtureContext } from '../provider/fixture.ts';
import { createIds } from '../store/ids.ts';
import type { Provider } from '../provider/provider.ts';
import { randomBytes, toText } from '../values/random.ts';
import type { Roots, Catalog } from '../store/roots.ts';
import { Store } from '../store/store.ts';

/** One provider's section of one fixture, validated. */
export interface Section {
  readonly provider: Provider;
  readonly content: unknown;
  /** Adds to a fault what only the reader of the file knows: name and line. */
  locate(error: unknown): unknown;
}

export interface SeedOptions {
  readonly schema: Catalog;
  readonly sections: readonly Section[];
  readonly randomSeed: number;
  /** Where sandboxes' clocks are frozen; `undefined` lets them run with real time. */
  readonly clock: Instant | undefined;
}

/** Roots as they are for a sandbox that starts at an instant. */
interface Built {
  readonly start: Instant;
  readonly roots: Roots;
}

/** The state that sandboxes start from, built once and shared by all of them. */
export class Seed {
  readonly randomSeed: number;
  readonly clock: Instant | undefined;
  readonly #schema: Catalog;
  /** The sections of providers that have no instants relative to the start. */
  #lasting: readonly Section[];
  /** Of all other providers; found when they are built. */
  #relative: readonly Section[] = [];
  /** What the lasting sections come to. */
  #base: Roots | undefined;
  #built: Built | undefined;

  constructor({ schema, sections, randomSeed, clock }: SeedOptions) {
    this.#schema = schema;
    this.#lasting = sections;
    this.randomSeed = randomSeed;
    this.clock = clock;
  }

  /**
   * The seed's roots for a sandbox that starts at `start`. Where the clock has moved on since they
   * were built, only the providers whose fixtures hold relative instants are built anew.
   *
   * @throws what `locate` makes of a fixture's fault
   */
  roots(start: Instant): Roots {
    const isCurrent = this.#built && (this.#relative.length === 0 || this.#built.start === start);
    if (!this.#built || !isCurrent) this.#built = { start, roots: this.#build(start) };
    return this.#built.roots;
  }

  #build(start: Instant): Roots {
    this.#base ??= this.#buildBase(start);
    return this.#relative.length === 0 ? this.#base : this.#load(this.#base, this.#relative, start).roots;
  }

  #buildBase(start: Instant): Roots {
    const { roots, asking } = this.#load(this.#schema.empty, this.#lasting, start);
    if (asking.size === 0) return roots;
    this.#relative = this.#lasting.filter(({ provider }) => asking.has(provider));
    this.#lasting = this.#lasting.filter(({ provider }) => !asking.has(provider));
    return this.#load(this.#schema.empty, this.#lasting, start).roots;
  }

  /** @returns also the providers that asked when the start is */
  #load(
    onto: Roots,
    sections: readonly Section[],
    start: Instant,
  ): { readonly roots: Roots; readonly asking: ReadonlySet<Provider> } {
    const asking = new Set<Provider>();
    const store = new Store(this.#schema, onto);
    store.transaction(() => {
      for (const section of sections) {
        const { provider, content } = section;
        const now = (): Instant => {
          asking.add(provider);
          return start;
        };
        try {
          provider.fixture.load(content, store.open(provider.id, provider.collections), {
            ...this.#createContext(store, provider),
            start,
            now,
          });
        } catch (error) {
          throw section.locate(error);
        }
      }
    });
    return { roots: store.roots, asking };
  }

  #createContext(store: Store, { id }: Provider): Omit<FixtureContext, 'start' | 'now'> {
    const { due } = store.open(CORE, coreCollections);
    return {
      text: (name, alphabet, length) => toText(randomBytes(this.randomSeed, `seed ${name}`, 0), alphabet, length),
      ids: createIds(store, id),
      schedule: (at, kind, payload) => {
        due.put({ at, seq: store.next('due'), provider: id, kind, payload });
      },
    };
  }
}
