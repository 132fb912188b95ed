import type { WrittenRule } from '../core/faults/fault-rule.ts';
import type { CommandRun } from './command-run.ts';
import { readBalances, toLimit, type Trials } from './trials.ts';

/** Operations that are held, of which one may stand there several times. */
export interface RaceTerms {
  readonly operations: readonly string[];
  /** `undefined` for those of any. */
  readonly provider: string | undefined;
  /** Milliseconds that the first waits for the others. */
  readonly patience: number;
  readonly signal: AbortSignal;
  readonly onRun: (run: RaceRun) => void;
}

export interface RaceRun extends CommandRun {
  /** Where they are held. */
  readonly phase: 'before' | 'after';
  /** By their places among what they say, in the order in which they went. */
  readonly order: readonly number[];
  /** How many were held at once. */
  readonly held: number;
  readonly balances: ReadonlyMap<string, string>;
}

const HOLD = 'race';
export const FEWEST = 2;
export const MOST = 4;

/** How many runs it takes. */
export function countRuns(operations: readonly string[]): number {
  return listOrders(operations.length).length * PHASES.length;
}

const PHASES = ['before', 'after'] as const;

/** One after another, since what differs is to come from the order and from nothing else. */
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
 * Places are counted by what requests say, since who comes first may be another one in each run. Where their answers are
 * held they are carried out in one order in all runs.
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
    // What comes behind one group is not held for nothing.
    times: 1,
  });
  const held = toRule(HOLD, phase, order);
  return phase === 'before' ? [held] : [toRule(`${HOLD}-changes`, 'before', order.toSorted()), held];
}

/** All orders of so many, the first as they are counted. */
export function listOrders(count: number): readonly (readonly number[])[] {
  const places = Array.from({ length: count }, (_, index) => index + 1);
  const order = (left: readonly number[]): readonly (readonly number[])[] =>
    left.length === 0
      ? [[]]
      : left.flatMap((place) => order(left.filter((other) => other !== place)).map((rest) => [place, ...rest]));
  return order(places);
}

/** What is not the same in all runs, and each value with the places of the runs that have it. */
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
