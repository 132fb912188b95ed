import { isDeepStrictEqual } from 'node:util';

import { Faults } from '../faults/armed-rules.ts';
import type { FaultRule } from '../faults/fault-rule.ts';
import { FixtureMistake } from '../provider/fixture.ts';
import type { Provider } from '../provider/provider.ts';
import { BalanceBook } from '../store/balance-book.ts';
import { CORE } from '../store/due.ts';
import { LateTrees } from '../store/late-trees.ts';
import { shareTrees, type Catalog, type Roots, type Trees } from '../store/roots.ts';
import { Store } from '../store/store.ts';
import { FIRST, LAST, monotonic, type Instant } from '../values/clock.ts';
import { takeInSlices } from '../values/steps.ts';
import { coreCollections } from './core-collections.ts';
import { applyOutline, type Outline } from './outline.ts';
import { applyProgress, type Progress } from './progress.ts';
import { loadSection, loadSectionInSteps, type Moment, type SectionTerms } from './section-load.ts';

/** One provider's section of one fixture, validated. */
export interface Section {
  readonly provider: Provider;
  readonly content: unknown;
  /** Its effects except records, if known before it is loaded; the records are then made on first use. */
  readonly outline?: Outline | undefined;
  /** Adds the file's name and line to an error. */
  locate(error: unknown): unknown;
}

export interface SeedOptions {
  readonly catalog: Catalog;
  readonly sections: readonly Section[];
  /** The roots that the sections add to; none if left out. */
  readonly onto?: Roots;
  readonly randomSeed: number;
  /** The instant of frozen clocks; `undefined` lets clocks run with real time. */
  readonly clock: Instant | undefined;
  /** Rules that are armed from the start. */
  readonly rules?: readonly FaultRule[];
  /** State that overrides the sections'; a later one overrides an earlier one. */
  readonly progress?: readonly Progress[];
}

/** Roots for a sandbox that starts at an instant. */
interface Built {
  readonly start: Instant;
  readonly roots: Roots;
  /** Milliseconds of real time that building them took. */
  readonly cost: number;
}

/** Milliseconds in which sandboxes with running clocks share the same roots. */
const SHARED = 1000;
/** No relative instant of a bundled fixture is this many milliseconds from the start. */
const CENTURY = 100 * 365 * 24 * 60 * 60 * 1000;
/** Roots serve for at least this many times as long as building them took. */
const SPARING = 20;

/** The state that sandboxes start from, shared by all of them as far as it can be. */
export class Seed {
  readonly clock: Instant | undefined;
  readonly #options: Omit<SeedOptions, 'sections'>;
  readonly #book: BalanceBook;
  /** Sections that were never loaded: all or none. None lets the files that were read be freed. */
  #unloaded: readonly Section[];
  /** Sections whose records are made on first use: each is the only one of its provider. */
  readonly #late: ReadonlySet<Section>;
  /** The sections of providers that have instants relative to the start; found when they are built. */
  #relative: readonly Section[] = [];
  /** The roots of the sections of all other providers. */
  #base: Roots | undefined;
  /** The first roots; later ones share everything equal with them. */
  #first: Built | undefined;
  #latest: Built | undefined;

  constructor({ sections, ...options }: SeedOptions) {
    this.#options = options;
    this.#unloaded = sections;
    this.clock = options.clock;
    this.#book = new BalanceBook(options.catalog);
    const { onto } = options;
    const isAlone = ({ provider }: Section): boolean =>
      sections.filter((other) => other.provider === provider).length === 1;
    this.#late = new Set(onto ? [] : sections.filter((section) => section.outline && isAlone(section)));
  }

  /**
   * Returns the seed's roots for a sandbox that starts at `start`. After the clock moved on, only providers whose
   * fixtures hold relative instants are rebuilt, and only the records with such instants are kept in addition to the
   * existing ones.
   *
   * @throws the error that `locate` returns for an invalid fixture
   */
  roots(start: Instant): Roots {
    if (this.#latest && this.#holds(this.#latest, start)) return this.#latest.roots;
    const began = monotonic();
    const roots = this.#build(start);
    this.#latest = { start, roots, cost: monotonic() - began };
    this.#first ??= this.#latest;
    return roots;
  }

  #holds({ start, cost }: Built, now: Instant): boolean {
    if (!this.#isRelative || start === now) return true;
    return this.clock === undefined && now >= start && now - start < Math.max(SHARED, cost * SPARING);
  }

  get #isRelative(): boolean {
    return this.#relative.length > 0 || this.#options.rules?.some(({ ttl }) => ttl !== undefined) === true;
  }

  #build(start: Instant): Roots {
    this.#base ??= this.#buildBase(start);
    const { roots } = this.#load(this.#base, this.#relative, start);
    const complete = completeRoots(this.#options, roots, start);
    return this.#first ? this.#share(this.#first.roots, complete) : complete;
  }

  #buildBase(start: Instant): Roots {
    const { catalog, onto = catalog.empty } = this.#options;
    const empty = { ...onto, clock: { frozenAt: this.clock, offset: 0 } };
    const sections = this.#unloaded;
    const relative = new Set(sections.filter(isSectionRelative).map(({ provider }) => provider));
    for (;;) {
      this.#relative = sections.filter(({ provider }) => relative.has(provider));
      const lasting = sections.filter(({ provider }) => !relative.has(provider));
      const { roots, asking } = this.#load(empty, lasting, start);
      if (asking.size === 0) {
        this.#unloaded = [];
        return roots;
      }
      for (const provider of asking) relative.add(provider);
    }
  }

  /** @returns also the providers that read the start */
  #load(
    onto: Roots,
    sections: readonly Section[],
    start: Instant,
  ): { readonly roots: Roots; readonly asking: ReadonlySet<Provider> } {
    const asking = new Set<Provider>();
    if (sections.length === 0) return { roots: onto, asking };
    const moment = { start: this.#first?.start ?? start, now: start };
    const { catalog, randomSeed } = this.#options;
    const store = new Store(catalog, onto);
    const late = sections.filter((section) => this.#late.has(section) && !mayFail(section, start));
    const early = sections.filter((section) => !late.includes(section));
    store.transaction(() => {
      for (const section of sections) {
        const { provider, outline } = section;
        if (outline && late.includes(section)) {
          applyOutline(store, provider, outline, moment);
          continue;
        }
        loadLocated(store, section, { ...moment, randomSeed, onNow: () => asking.add(provider) });
      }
      if (!this.#first) assertBalances(this.#book, store, early);
    });
    return { roots: late.reduce((roots, section) => this.#putLate(roots, section, moment), store.roots), asking };
  }

  /** Makes the collections of a section's provider load as of now on first use. */
  #putLate(roots: Roots, section: Section, moment: Moment): Roots {
    const { catalog, randomSeed } = this.#options;
    const { provider } = section;
    const first = this.#first?.roots;
    let made: Roots | undefined;
    const make = (): Roots => {
      const store = new Store(catalog);
      store.transaction(() => {
        loadLocated(store, section, { ...moment, randomSeed, onNow: () => undefined });
      });
      return store.roots;
    };
    const collections = [...roots.collections];
    for (const declared of catalog.of(provider.id)) {
      const { place } = declared;
      collections[place] = new LateTrees(() => {
        const trees = getTrees((made ??= make()), place);
        return first ? shareTrees(declared, getTrees(first, place), trees) : trees;
      });
    }
    return { ...roots, collections };
  }

  #share(first: Roots, roots: Roots): Roots {
    const owners = new Set([CORE, ...this.#relative.map(({ provider }) => provider.id)]);
    const collections = this.#options.catalog.declared.map((declared) => {
      const now = getTrees(roots, declared.place);
      // Late collections share what they can once they are made.
      if (now instanceof LateTrees) return now;
      const before = getTrees(first, declared.place);
      return owners.has(declared.provider) ? shareTrees(declared, before, now) : before;
    });
    const counters = isDeepStrictEqual(first.counters, roots.counters) ? first.counters : roots.counters;
    return { ...roots, collections, counters };
  }
}

/** Whether its relative instants may be outside the years that can be written, which the start must report. */
function mayFail({ outline }: Section, start: Instant): boolean {
  return outline?.isRelative === true && Math.min(start - FIRST, LAST - start) < CENTURY;
}

/** @throws the error that the section's `locate` returns */
function loadLocated(store: Store, section: Section, terms: SectionTerms): void {
  try {
    loadSection(store, section.provider, section.content, terms);
  } catch (error) {
    throw section.locate(error);
  }
}

/** An invalid declaration of balances is found at the first records. */
function assertBalances(book: BalanceBook, store: Store, sections: readonly Section[]): void {
  const last = new Map(sections.map((section) => [section.provider.id, section]));
  for (const [id, section] of last) {
    try {
      book.assertReadable(id, (place) => store.treesAt(place));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw section.locate(new FixtureMistake([], error.message));
    }
  }
}

/** Adds what is not of any provider. */
function completeRoots(
  { catalog, rules = [], progress = [], randomSeed }: Omit<SeedOptions, 'sections'>,
  loaded: Roots,
  start: Instant,
): Roots {
  const store = new Store(catalog, loaded);
  store.transaction(() => {
    const faults = new Faults(store, store.open(CORE, coreCollections).rules);
    for (const rule of rules) faults.put(rule, start);
    for (const one of progress) applyProgress(store, one, start);
  });
  return {
    ...store.roots,
    randomSeed: progress.findLast((one) => one.randomSeed !== undefined)?.randomSeed ?? randomSeed,
  };
}

/**
 * Returns the roots of a state that is loaded once, in slices: others are served in between.
 *
 * @param start the instant that relative ones refer to
 * @throws the error that `locate` returns for an invalid section
 */
export async function loadState(
  { sections, ...options }: Omit<SeedOptions, 'onto' | 'rules'>,
  start: Instant,
): Promise<Roots> {
  const { catalog, randomSeed, clock } = options;
  const store = new Store(catalog, { ...catalog.empty, clock: { frozenAt: clock, offset: 0 } });
  const terms = { start, now: start, randomSeed, onNow: () => undefined };
  for (const section of sections) {
    const steps = loadSectionInSteps(store, section.provider, section.content, terms);
    try {
      await takeInSlices(steps, (slice) => store.transaction(slice));
    } catch (error) {
      throw section.locate(error);
    }
  }
  assertBalances(new BalanceBook(catalog), store, sections);
  return completeRoots(options, store.roots, start);
}

function getTrees({ collections }: Roots, place: number): Trees {
  const trees = collections[place];
  if (!trees) throw new RangeError(`No collection ${place} is declared.`);
  return trees;
}

/** Finds most relative sections by a look at their texts; the rest is found when they are loaded. */
function isSectionRelative(section: Section): boolean {
  return section.outline ? section.outline.isRelative : isRelative(section.content);
}

/** Whether any text in it is an instant relative to now. */
function isRelative(content: unknown): boolean {
  if (typeof content === 'string') return content === 'now' || content.startsWith('now+') || content.startsWith('now-');
  return typeof content === 'object' && content !== null && Object.values(content).some(isRelative);
}
