import type { Command } from '../trials/command.ts';
import { countRuns, FEWEST, findDifferences, MOST, runRace, type Difference, type RaceRun } from '../trials/race.ts';
import { Trials } from '../trials/trials.ts';
import { UsageError } from './report.ts';
import type { StartFlags } from './start-flags.ts';
import { renderTable } from './table.ts';
import { Tracker } from './tracker.ts';
import { runInterruptibly, toNames, toStart } from './trial.ts';

/** @returns the exit code */
export async function runRaceVerb(flags: StartFlags, command: Command, patience: number): Promise<number> {
  const { operations, provider } = toOperations(flags['operations']);
  const start = await toStart(flags);
  return runInterruptibly(command, async (signal) => {
    const count = countRuns(operations);
    const tracker = new Tracker(count, { jobs: 1, isShown: flags['json'] !== true });
    const runs = await runRace(new Trials(start, command), {
      ...{ operations, provider, patience, signal },
      onRun: () => {
        tracker.tell(undefined);
      },
    });
    tracker.end();
    const differences = findDifferences(runs);
    const isHeld = runs.every(({ held }) => held >= operations.length);
    const text = flags['json'] === true ? toReport(runs, differences) : render(runs, differences, operations.length);
    process.stdout.write(text);
    return differences.length > 0 || !isHeld ? 1 : 0;
  });
}

/** @throws {UsageError} */
function toOperations(written: unknown): { operations: readonly string[]; provider: string | undefined } {
  const names = toNames(written);
  if (names.length < FEWEST || names.length > MOST) {
    throw new UsageError(`--operations must be ${FEWEST} to ${MOST} names separated by commas, got ${names.length}.`);
  }
  const parts = names.map((name) => ({ provider: /^(.+)\./.exec(name)?.[1], operation: name.replace(/^.+\./, '') }));
  const providers = new Set(parts.map(({ provider }) => provider));
  if (providers.size > 1) {
    throw new UsageError('--operations must all name the same provider, as PROVIDER.OPERATION, or none.');
  }
  return { operations: parts.map(({ operation }) => operation), provider: parts[0]?.provider };
}

function toReport(runs: readonly RaceRun[], differences: readonly Difference[]): string {
  return `${JSON.stringify({
    runs: runs.map(({ phase, order, held, code, isHung, duration }) => ({
      ...{ phase, order, held, code: code ?? null, hung: isHung, duration: Math.round(duration) },
    })),
    differences: differences.map(({ what, values }) => ({
      what,
      values: [...values].map(([value, places]) => ({ value, runs: places.map((place) => place + 1) })),
    })),
  })}\n`;
}

/** Differing accounts that are shown. */
const SHOWN = 20;

function render(runs: readonly RaceRun[], differences: readonly Difference[], wanted: number): string {
  const rows = runs.map(({ phase, order, held, code, isHung, duration }, index) => [
    ...[String(index + 1), phase, order.join(', '), `${Math.min(held, wanted)} of ${wanted}`],
    ...[isHung ? 'hung' : String(code ?? 'signal'), `${(duration / 1000).toFixed(1)} s`],
  ]);
  const table = renderTable([['RUN', 'HELD', 'ORDER', 'ARRIVED', 'EXIT', 'TIME'], ...rows]);
  const never = runs.some(({ held }) => held < wanted)
    ? `\nSome runs never had ${wanted} of the requests at once, so no order was tried in them.\n`
    : '';
  if (differences.length === 0) return `${table}${never}\nAll runs ended with the same exit code and balances.\n`;
  const lines = differences.slice(0, SHOWN).map(({ what, values }) => {
    const ends = [...values].map(([value, places]) => `${value} in ${places.map((place) => place + 1).join(', ')}`);
    return `  ${what}: ${ends.join('; ')}\n`;
  });
  const more = differences.length > SHOWN ? `  and ${differences.length - SHOWN} more\n` : '';
  return `${table}${never}\nThe order makes a difference:\n${lines.join('')}${more}`;
}
