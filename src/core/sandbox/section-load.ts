import type { FixtureContext } from '../provider/fixture.ts';
import { findSteps } from '../provider/load-steps.ts';
import type { Provider } from '../provider/provider.ts';
import { CORE, DUE } from '../store/due.ts';
import { createIds, toDraws } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';
import { hashText } from '../values/hash.ts';
import { Chance, toText } from '../values/random.ts';
import { coreCollections } from './core-collections.ts';

/** The time at which a section is loaded. */
export interface Moment {
  /** The instant of entries without a time. */
  readonly start: Instant;
  /** The instant that relative ones refer to. */
  readonly now: Instant;
}

export interface SectionTerms extends Moment {
  readonly randomSeed: number;
  /** Runs when the section reads the instant that its relative ones refer to. */
  readonly onNow: () => void;
}

/** Adds one provider's section of a fixture to a store, inside a transaction. @throws {FixtureMistake} */
export function loadSection(store: Store, provider: Provider, content: unknown, terms: SectionTerms): void {
  provider.fixture.load(content, store.open(provider.id, provider.collections), toContext(store, provider, terms));
}

/** Does what `loadSection` does in steps, each inside a transaction. */
export function* loadSectionInSteps(
  store: Store,
  provider: Provider,
  content: unknown,
  terms: SectionTerms,
): Iterable<unknown> {
  const inSteps = findSteps(provider.fixture.load);
  if (!inSteps) {
    loadSection(store, provider, content, terms);
    return;
  }
  yield* inSteps(content, store.open(provider.id, provider.collections), toContext(store, provider, terms));
}

function toContext(store: Store, provider: Provider, terms: SectionTerms): FixtureContext {
  const { start, now, randomSeed, onNow } = terms;
  const { due } = store.open(CORE, coreCollections);
  return {
    start,
    now: () => {
      onNow();
      return now;
    },
    text: (name, alphabet, length) => toText(new Chance(randomSeed, `seed ${name}`, 0), alphabet, length),
    ids: createIds(store, provider.id),
    drawOthers: (stream, drawn) => {
      const draws = toDraws(provider.id, stream);
      const count = store.counters.get(draws) ?? 0;
      if (drawn.length > 0) store.setCounter(draws, toFarPlace([String(count), ...drawn]));
    },
    schedule: (at, kind, payload) => {
      due.put({ at, seq: store.next(DUE), provider: provider.id, kind, payload });
    },
  };
}

/** Distance between two offsets of a random stream: more than is ever drawn. */
const FAR = 2 ** 20;

/** Returns an offset for texts of another section, so that values drawn for their source are not drawn again. */
function toFarPlace(texts: readonly string[]): number {
  return (texts.reduce((hash, text) => hashText(text, hash), 0) >>> 0) * FAR;
}
