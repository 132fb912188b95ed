import { readBundled } from '../core/values/bundled-file.ts';
import { openBench } from './bench.ts';
import type { Subject } from './subject.ts';

/**
 * Finds fields that entries of the seed have and the dumped section lacks, although its schema allows them: load
 * ignored them, or dump leaves them out.
 *
 * @returns a sentence for each field
 */
export async function findUnkept(subject: Subject): Promise<readonly string[]> {
  const { id, seed } = subject.provider;
  if (!seed) return [];
  const bench = await openBench(subject);
  const written = toSection(await readBundled(seed), id);
  const dumped = new Set(listPlaces(toSection(await bench.act('GET', '/state'), id)));
  return [...new Set(listPlaces(written))]
    .filter((place) => !dumped.has(place))
    .map((place) => `${id}.fixture: the seed has ${id}${place}, but the state document does not contain it.`);
}

function toSection(document: unknown, id: string): unknown {
  return typeof document === 'object' && document !== null ? Reflect.get(document, id) : undefined;
}

/** Yields the paths of values, without the number of their entry: `.cards[].fault`. */
function* listPlaces(value: unknown, place = ''): IterableIterator<string> {
  if (place !== '') yield place;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value))
    yield* listPlaces(part, `${place}${Array.isArray(value) ? '[]' : `.${name}`}`);
}
