import type { AnyOperation } from '../core/provider/call.ts';
import type { Provider } from '../core/provider/provider.ts';
import { isSame, openBench, type Records, type Sent, type Stored } from './bench.ts';
import type { Subject } from './subject.ts';

/** Far from every id of a seed, so that a record made with it is found. */
const SHIFT = 1_000_000_000;

/** An id that an operation drew. */
interface Drawn {
  readonly operation: string;
  readonly kind: string;
  /** The id without the shift. */
  readonly id: number;
}

/** A loaded record whose id may be drawn again. */
interface Suspect extends Drawn {
  readonly collection: string;
  readonly key: string;
  readonly taken: number;
}

/** The sandbox that receives a sample. */
interface Begun {
  readonly state: object | undefined;
  readonly stored: Stored;
  readonly records: Records;
}

/** Returns the id that replaces a drawn one. */
type Replace = (drawn: Drawn) => number;

/**
 * Finds ids of loaded records that `ids.next` returns again: in the seed, and in a state that was put in without its
 * counters, such as a saved state that serves as a fixture.
 * Every sample is sent with shifted ids, so that records made with one are recognised by it. Each record of the same
 * collection is suspect if its id is still to be drawn and its key would be that of the new record. The sample is then
 * sent with that very id, and the record must stay the same.
 *
 * @returns a sentence for each kind of id
 */
export async function findUnclaimed(subject: Subject): Promise<readonly string[]> {
  const samples = Object.values(subject.requests.operations);
  const used = await openBench(subject);
  const seeded = withoutCounters(await used.act('GET', '/state'));
  for (const sample of samples) await used.send(sample);
  const states = [undefined, seeded, withoutCounters(await used.act('GET', '/state'))];

  let replace: Replace = ({ id }) => id;
  const bench = await openBench({ ...subject, defined: withIds(subject.defined, (drawn) => replace(drawn)) });
  let begun: Begun | undefined;
  const begin = async (state: object | undefined): Promise<Begun> => {
    // Most samples of a read store nothing, and loading takes longer than sending them.
    if (begun && begun.state === state && isSame(begun.stored, bench.stored())) return begun;
    if (state) await bench.act('PUT', '/state', state);
    else await bench.act('POST', '/reset');
    return { state, stored: bench.stored(), records: bench.records() };
  };
  const send = async (state: object | undefined, sample: Sent, ids: Replace): Promise<readonly [Records, Records]> => {
    begun = await begin(state);
    replace = ids;
    await bench.send(sample);
    return [begun.records, isSame(begun.stored, bench.stored()) ? begun.records : bench.records()];
  };

  const sentences = new Map<string, string>();
  for (const state of states) {
    for (const sample of samples) {
      const drawn: Drawn[] = [];
      const [loaded, left] = await send(state, sample, (one) => {
        drawn.push(one);
        return one.id + SHIFT;
      });
      for (const suspect of drawn.flatMap((one) => listSuspects(subject.defined, one, loaded, left))) {
        const { kind, collection, key, taken } = suspect;
        if (sentences.has(`${kind} ${collection}`)) continue;
        let isFirst = true;
        const [before, after] = await send(state, sample, (one) => {
          if (one.kind !== kind || !isFirst) return one.id + SHIFT;
          isFirst = false;
          return taken;
        });
        // Compared by identity: the new record may have equal contents.
        if (before[collection]?.get(key) === after[collection]?.get(key)) continue;
        sentences.set(`${kind} ${collection}`, toSentence(subject.defined.id, suspect));
      }
    }
  }
  return [...sentences.values()];
}

function toSentence(provider: string, { operation, kind, collection, taken }: Suspect): string {
  const name = JSON.stringify(kind);
  return (
    `${provider}.fixture: ${operation} draws ids.next(${name}), which returns ${taken} and replaces the record of ` +
    `${collection} that was loaded with it: load must call ids.claim(${name}, ${taken}).`
  );
}

/** Removes the counters from a state; with them ids would continue as before. */
function withoutCounters(state: unknown): object {
  return { ...(state as object), emulator: undefined };
}

function withIds(provider: Provider, replace: Replace): Provider {
  const change = (operations: Provider['operations']): Provider['operations'] =>
    Object.fromEntries(
      Object.entries(operations).map(([operation, run]): [string, AnyOperation] => [
        operation,
        (call) => {
          const next = (kind: string): number => replace({ operation, kind, id: call.ids.next(kind) });
          return run({ ...call, ids: { next } });
        },
      ]),
    );
  const { variants } = provider;
  return {
    ...provider,
    operations: change(provider.operations),
    ...(variants && {
      variants: {
        ...variants,
        byValue: Object.fromEntries(
          Object.entries(variants.byValue).map(([name, one]) => [name, { ...one, operations: change(one.operations) }]),
        ),
      },
    }),
  };
}

/** Returns the first loaded record that an id may replace, for each collection in which a record was made with it. */
function listSuspects({ collections }: Provider, drawn: Drawn, loaded: Records, left: Records): readonly Suspect[] {
  return Object.entries(left).flatMap(([collection, records]) => {
    const definition = collections[collection];
    const before = loaded[collection];
    const shifted = drawn.id + SHIFT;
    const [, made] =
      [...records].find(([key, record]) => !before?.has(key) && Object.values(record).includes(shifted)) ?? [];
    if (!definition || !before || !made) return [];
    const fields = Object.entries(made).flatMap(([field, value]) => (value === shifted ? [field] : []));
    for (const [key, record] of before) {
      const taken = fields.map((field): unknown => Reflect.get(record, field)).find(Number.isSafeInteger);
      if (typeof taken !== 'number' || taken < drawn.id) continue;
      const next = { ...made, ...Object.fromEntries(fields.map((field) => [field, taken])) };
      if (definition.key(next as never) === key) return [{ ...drawn, collection, key, taken }];
    }
    return [];
  });
}
