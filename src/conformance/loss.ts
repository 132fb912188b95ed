import { isDeepStrictEqual } from 'node:util';

import { SecretNames } from '../core/wire/secrets/names.ts';
import { openBench, type Bench, type Records } from './bench.ts';
import type { Subject } from './subject.ts';

/** Not the time of the bench's frozen clock, so that a lost date is not replaced by the same one. */
const LATER = '2031-03-03T03:03:03.000Z';

/**
 * Finds what records lose when a state is read and put in again: at the start, and after every sample was sent.
 *
 * @returns a sentence for each field
 */
export async function findLost(subject: Subject): Promise<readonly string[]> {
  const bench = await openBench(subject);
  const atStart = await findLostBy(bench, subject);
  for (const sample of Object.values(subject.requests.operations)) await bench.send(sample);
  return [...new Set([...atStart, ...(await findLostBy(bench, subject))])];
}

async function findLostBy(bench: Bench, { provider: { id, secrets } }: Subject): Promise<readonly string[]> {
  const before = bench.records();
  const state = (await bench.act('GET', '/state')) as object;
  await bench.act('PUT', '/state', { ...state, clock: LATER }, 'later');
  const hidden = new SecretNames(secrets);
  return compare(before, bench.records('later'), hidden).map((sentence) => `${id}.fixture: dump and load ${sentence}`);
}

function compare(before: Records, after: Records, hidden: SecretNames): readonly string[] {
  return Object.entries(before).flatMap(([collection, records]) => {
    const others = after[collection] ?? new Map<string, object>();
    if (isDeepStrictEqual(listUnnumbered(records), listUnnumbered(others))) return [];
    const made = [...others.keys()].filter((key) => !records.has(key));
    return [
      ...[...records].flatMap(([key, record]) => {
        const other = others.get(key);
        const name = `the record ${JSON.stringify(key)} of ${collection}`;
        return other ? compareFields(name, record, other, hidden) : [`lose ${name}.`];
      }),
      ...made.map((key) => `make up the record ${JSON.stringify(key)} of ${collection}.`),
    ];
  });
}

/**
 * Lists records without the number that is their key. If only that differs, they were renumbered, which loses nothing
 * unless other records refer to them or answers show it.
 */
function listUnnumbered(records: ReadonlyMap<string, object>): readonly string[] {
  const all = [...records];
  const numbers = Object.keys(all[0]?.[1] ?? {}).filter((field) =>
    all.every(([key, record]) => {
      const value: unknown = Reflect.get(record, field);
      return Number.isSafeInteger(value) && String(value) === key;
    }),
  );
  const texts = all.map(([, record]) =>
    JSON.stringify(
      Object.entries(record)
        .filter(([field]) => !numbers.includes(field))
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    ),
  );
  return texts.sort();
}

function compareFields(name: string, before: object, after: object, hidden: SecretNames): readonly string[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].flatMap((field) => {
    const was: unknown = Reflect.get(before, field);
    const is: unknown = Reflect.get(after, field);
    if (isDeepStrictEqual(was, is)) return [];
    if (is === undefined) return [`lose ${JSON.stringify(field)} of ${name}.`];
    // A secret may be stored in another form than it was written in.
    return hidden.has(field)
      ? []
      : [`change ${JSON.stringify(field)} of ${name} from ${toWords(was)} to ${toWords(is)}.`];
  });
}

function toWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
