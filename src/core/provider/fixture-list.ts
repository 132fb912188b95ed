import { listOf, object, type EntryOf, type Fields, type LoadedOf, type RecordOf } from './fields.ts';
import type { FixtureContext, FixtureFormat, FixturePath } from './fixture.ts';
import type { GeneratedList } from './generation.ts';
import { setSteps } from './load-steps.ts';
import { Loading } from './loading.ts';
import { takeAll } from '../values/steps.ts';
import { toObjectSchema } from '../values/json-schema.ts';

/** One list of a provider's section: its fields, and what they do not say. */
export interface ListDefinition<F extends Fields, S> {
  readonly fields: F;
  readonly description?: string;
  /** Runs before the first entry is loaded, such as to delete what the entries replace. */
  begin?(entries: readonly EntryOf<F>[], loading: Loading<S>): void;
  /**
   * Puts the record of an entry: finds what it refers to and replaces, and refuses what cannot be.
   *
   * @param entry with the names and types of the record
   * @throws {FixtureMistake}
   */
  load(entry: LoadedOf<F>, at: FixturePath, loading: Loading<S>): void;
  /** Runs after the last entry. */
  end?(entries: readonly EntryOf<F>[], loading: Loading<S>): void;
  /** Gives the records in the order of the file. What is not among the fields is passed over. */
  dump(state: S): Iterable<RecordOf<F>>;
}

/** A list as `defineFixture` takes it. */
export interface FixtureList<S> {
  readonly schema: object;
  /** Loads the entries, one at each step. */
  load(entries: readonly unknown[], at: FixturePath, loading: Loading<S>): Iterable<unknown>;
  dump(state: S): readonly object[];
}

/**
 * ```ts
 * const cards = defineList({
 *   fields: cardFields,
 *   load(card, at, { state }) {
 *     getReferred(state.shops.find(card.shop), `shop "${card.shop}"`, [...at, 'shop']);
 *     state.cards.put(card);
 *   },
 *   dump: ({ cards }: State) => cards.values(),
 * });
 * export const fixture = defineFixture({ lists: { shops, cards } });
 * ```
 */
export function defineList<F extends Fields, S>(definition: ListDefinition<F, S>): FixtureList<S> {
  const { fields, description } = definition;
  const entry = object(fields);
  return {
    schema: { ...listOf(entry).parts.schema, ...(description !== undefined && { description }) },
    *load(entries: readonly EntryOf<F>[], at, loading) {
      definition.begin?.(entries, loading);
      for (const [index, written] of entries.entries()) {
        const place = [...at, index];
        definition.load(entry.parse(written, place, loading), place, loading);
        yield;
      }
      definition.end?.(entries, loading);
    },
    dump: (state) => Array.from(definition.dump(state), (record) => entry.dump(record)),
  };
}

type Section = Readonly<Record<string, readonly unknown[] | undefined>>;

/** A provider's section of a fixture. Its lists are loaded and dumped in this order. */
export function defineFixture<S>(definition: {
  readonly lists: Readonly<Record<string, FixtureList<S>>>;
  readonly generate?: Readonly<Record<string, GeneratedList>>;
}): FixtureFormat<S> {
  const { lists, ...rest } = definition;
  const all = Object.entries(lists);
  function* loadInSteps(section: Section, state: S, context: FixtureContext): Iterable<unknown> {
    const loading = new Loading(state, context);
    for (const [name, list] of all) yield* list.load(section[name] ?? [], [name], loading);
  }
  return {
    ...rest,
    schema: toObjectSchema([], Object.fromEntries(all.map(([name, { schema }]) => [name, schema]))),
    load: setSteps((section: Section, state: S, context: FixtureContext) => {
      takeAll(loadInSteps(section, state, context));
    }, loadInSteps),
    dump: (state) => Object.fromEntries(all.map(([name, list]) => [name, list.dump(state)])),
  };
}
