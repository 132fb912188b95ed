import type { WrittenRule } from '../core/faults/fault-rule.ts';
import type { CommandRun } from './command-run.ts';
import { readBalances, toLimit, type Trials } from './trials.ts';

/** The operations to hold; one may appear several times. */
export interface RaceTerms {
  readonly operations: readonly string[];
  /** `undefined`: any provider. */
  readonly provider: string | undefined;
  /** Milliseconds that the first request waits for the others. */
  readonly patience: number;
  readonly signal: AbortSignal;
  readonly onRun: (run: RaceRun) => void;
}

export interface RaceRun extends CommandRun {
  /** The phase in which they are held. */
  readonly phase: 'before' | 'after';
  /** The order of release, as positions in the order of content. */
  readonly order: readonly number[];
  /** The number of requests held at once. */
  readonly held: number;
  readonly balances: ReadonlyMap<string, string>;
}

const HOLD = 'race';
export const FEWEST = 2;
export const MOST = 4;

/** The number of runs. */
export function countRuns(operations: readonly string[]): number {
  return listOrders(operations.length).length * PHASES.length;
}

const PHASES = ['before', 'after'] as const;

/** Runs one after another, so that only the order of requests differs. */
export async function runRace(trials: Trials, terms: RaceTerms): Promise<readonly RaceRun[]> {
  const { operations, provider, patience, signal, onRun } = terms;
  const runs: RaceRun[] = [];
  for (const phase of PHASES) {
    for (const order of listOrders(operations.length)) {
      const limit = runs[0] && toLimit(runs[0].duration);
      const rules = toRules(operations, provider, phase, order, patience);
      const { seen, ...run } = await trials.run({ rules, limit, signal }, async (emulator) => {
        const { sandboxes } = await emulator.sandboxes.list();
        const counts = await Promise.all(
          sandboxes.map(async ({ name }) => {
            const { total = 0 } = await emulator.sandbox(name).requests.list({ fault: HOLD, count: true, limit: 1 });
            return total;
          }),
        );
        return { held: Math.max(...counts), balances: await readBalances(emulator) };
      });
      const outcome = { ...run, ...seen, phase, order };
      runs.push(outcome);
      onRun(outcome);
      signal.throwIfAborted();
    }
  }
  return runs;
}

/**
 * Positions are counted by content, because requests may arrive in another order in each run. If the responses are held,
 * the operations run in the same order in all runs.
 */
function toRules(
  operations: readonly string[],
  provider: string | undefined,
  phase: RaceRun['phase'],
  order: readonly number[],
  timeout: number,
): readonly WrittenRule[] {
  const toRule = (id: string, where: RaceRun['phase'], places: readonly number[]): WrittenRule => ({
    id,
    ...(provider !== undefined && { provider }),
    operation: [...new Set(operations)],
    phase: where,
    effect: { hold: { until: operations.length, release: { content: places }, timeout } },
    // Later requests are not held: their group would never be complete.
    times: 1,
  });
  const held = toRule(HOLD, phase, order);
  return phase === 'before' ? [held] : [toRule(`${HOLD}-changes`, 'before', order.toSorted()), held];
}

/** All permutations of `count` positions, the sorted one first. */
export function listOrders(count: number): readonly (readonly number[])[] {
  const places = Array.from({ length: count }, (_, index) => index + 1);
  const order = (left: readonly number[]): readonly (readonly number[])[] =>
    left.length === 0
      ? [[]]
      : left.flatMap((place) => order(left.filter((other) => other !== place)).map((rest) => [place, ...rest]));
  return order(places);
}

/** Lists what differs between runs: each value, with the indexes of the runs that have it. */
export function findDifferences(runs: readonly RaceRun[]): readonly Difference[] {
  const names = new Set(runs.flatMap(({ balances }) => [...balances.keys()]));
  const differences = [
    toDifference('exit code', runs, ({ code, isHung }) => (isHung ? 'hung' : String(code ?? 'ended by a signal'))),
    ...[...names].map((name) => toDifference(name, runs, ({ balances }) => balances.get(name) ?? 'none')),
  ];
  return differences.filter(({ values }) => values.size > 1);
}

export interface Difference {
  readonly what: string;
  readonly values: ReadonlyMap<string, readonly number[]>;
}

function toDifference(what: string, runs: readonly RaceRun[], read: (run: RaceRun) => string): Difference {
  const values = new Map<string, number[]>();
  for (const [index, run] of runs.entries()) {
    const value = read(run);
    const places = values.get(value);
    if (places) places.push(index);
    else values.set(value, [index]);
  }
  return { what, values };
}
