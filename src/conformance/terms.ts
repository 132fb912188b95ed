import { isDeepStrictEqual } from 'node:util';

import type { ContractOperation } from '../core/contract/contract.ts';
import { openBench, type Records } from './bench.ts';
import type { Subject } from './subject.ts';

const KINDS = ['read', 'add', 'set', 'create', 'session', 'other'];
const SHOWS = ['subject', 'tenant', 'none'];
const KEYS = ['tenant', 'global'];

/** Finds operations without `x-audit`, or with an invalid one: a sentence for each. */
export function findWithoutTerms(operations: readonly ContractOperation[]): readonly string[] {
  return operations.flatMap(({ method, path, audit }) => {
    const name = `${method} ${path}`;
    if (!audit) return [`${name} has no x-audit, so that the audit knows nothing of it.`];
    const { kind, shows, keyScope = 'tenant', key, cursor } = audit;
    return [
      ...(KINDS.includes(kind) ? [] : [`${name} has an x-audit of the kind "${kind}"; known: ${KINDS.join(', ')}.`]),
      ...(SHOWS.includes(shows) ? [] : [`${name} has an x-audit that shows "${shows}"; known: ${SHOWS.join(', ')}.`]),
      ...(KEYS.includes(keyScope) ? [] : [`${name} has the unknown keyScope "${keyScope}"; use ${KEYS.join(' or ')}.`]),
      ...(key !== undefined && kind === 'read' ? [`${name} is a read, but has an idempotency key.`] : []),
      ...(cursor && kind !== 'read' ? [`${name} has a cursor, but is not a read.`] : []),
    ];
  });
}

/** Finds operations whose kind does not match what their samples do to the records of the seed: a sentence for each. */
export async function findMisjudged(
  subject: Subject,
  operations: readonly ContractOperation[],
): Promise<readonly string[]> {
  const { requests } = subject;
  const sentences: string[] = [];
  const bench = await openBench(subject);
  for (const [index, [id, sample]] of Object.entries(requests.operations).entries()) {
    const terms = operations.find(({ operationId }) => operationId === id)?.audit;
    if (!terms || sample.status !== undefined) continue;
    // In a sandbox of its own.
    const sandbox = `sample-${index}`;
    const before = bench.records(sandbox);
    await bench.send(sample, { sandbox });
    const hasChanged = !isUnchanged(before, bench.records(sandbox), requests.counted);
    if (terms.kind === 'read' && hasChanged) sentences.push(`${id} is a read by its x-audit, but changes records.`);
    const isWriting = terms.kind === 'add' || terms.kind === 'set' || terms.kind === 'create';
    if (isWriting && !hasChanged && terms.settles !== true) {
      sentences.push(`${id} is of the kind "${terms.kind}" by its x-audit, but its sample changes nothing.`);
    }
  }
  return sentences;
}

/** @param counted the field in which calls are counted; its changes are ignored */
export function isUnchanged(before: Records, after: Records, counted: string | undefined): boolean {
  return Object.entries(before).every(([collection, records]) => {
    const others = after[collection];
    return (
      records.size === others?.size &&
      [...records].every(([key, record]) => isSameRecord(record, others.get(key), counted))
    );
  });
}

function isSameRecord(one: object, other: object | undefined, counted: string | undefined): boolean {
  if (!other || counted === undefined) return isDeepStrictEqual(one, other);
  return isDeepStrictEqual({ ...one, [counted]: null }, { ...other, [counted]: null });
}
