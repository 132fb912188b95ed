import { parseInstant, type Instant } from '../../values/clock.ts';
import type { WrittenRest } from './kept.ts';

/** What stands in the first line of a seed, of a sandbox or of a snapshot. */
export type Rest =
  | { readonly kind: 'seed'; readonly from: string | null }
  | { readonly kind: 'sandbox'; readonly rest: WrittenRest }
  | { readonly kind: 'snapshot'; readonly rest: WrittenRest; readonly at: Instant };

/** @returns `undefined` for what is none of them */
export function findRest(written: unknown): Rest | undefined {
  if (!isObject(written)) return undefined;
  const { from } = written;
  if (from === null || typeof from === 'string') return { kind: 'seed', from };
  if (!isWrittenRest(written)) return undefined;
  const { at } = written as { readonly at?: unknown };
  if (at === undefined) return { kind: 'sandbox', rest: written };
  return typeof at === 'string' && isWrittenInstant(at)
    ? { kind: 'snapshot', rest: written, at: parseInstant(at) }
    : undefined;
}

function isWrittenRest(written: object): written is WrittenRest {
  const { seed, providers, clock, randomSeed, numbering, counters } = written as Partial<Record<string, unknown>>;
  if (!isObject(clock) || !isObject(numbering) || !isObject(counters)) return false;
  return (
    (seed === null || typeof seed === 'string') &&
    Array.isArray(providers) &&
    providers.every((id) => typeof id === 'string') &&
    isWrittenInstant(clock['frozenAt']) &&
    Number.isFinite(clock['offset']) &&
    Number.isSafeInteger(randomSeed) &&
    ['requests', 'commits', 'entries'].every((name) => Number.isSafeInteger(numbering[name])) &&
    Object.values(counters).every((count) => Number.isSafeInteger(count))
  );
}

function isWrittenInstant(written: unknown): boolean {
  if (written === null) return true;
  try {
    return typeof written === 'string' && Number.isFinite(parseInstant(written));
  } catch {
    return false;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
