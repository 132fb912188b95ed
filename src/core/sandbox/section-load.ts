import type { Provider } from '../provider/provider.ts';
import { CORE, DUE } from '../store/due.ts';
import { createIds } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';
import { Chance, toText } from '../values/random.ts';
import { coreCollections } from './core-collections.ts';

/** As of when a section is loaded. */
export interface Moment {
  /** What an entry means that says nothing of time. */
  readonly start: Instant;
  /** What instants are relative to. */
  readonly now: Instant;
}

interface SectionTerms extends Moment {
  readonly randomSeed: number;
  /** Is told when the section asks what its instants are relative to. */
  readonly onNow: () => void;
}

/** Adds one provider's section of a fixture to a store, inside a transaction. @throws {FixtureMistake} */
export function loadSection(store: Store, provider: Provider, content: unknown, terms: SectionTerms): void {
  const { start, now, randomSeed, onNow } = terms;
  const { due } = store.open(CORE, coreCollections);
  provider.fixture.load(content, store.open(provider.id, provider.collections), {
    start,
    now: () => {
      onNow();
      return now;
    },
    text: (name, alphabet, length) => toText(new Chance(randomSeed, `seed ${name}`, 0), alphabet, length),
    ids: createIds(store, provider.id),
    schedule: (at, kind, payload) => {
      due.put({ at, seq: store.next(DUE), provider: provider.id, kind, payload });
    },
  });
}
