import { suggestKnown } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import type { WrittenRule } from '../core/faults/fault-rule.ts';
import { readRuleList } from '../fixtures/rule-list.ts';
import type { Command } from '../trials/command.ts';
import {
  FAULTS,
  isBad,
  runFirst,
  runMatrix,
  toLines,
  type CalledOperation,
  type FirstRun,
  type MatrixFault,
  type MatrixLine,
  type MatrixRun,
} from '../trials/matrix.ts';
import { Trials } from '../trials/trials.ts';
import { NotVerified, UsageError } from './report.ts';
import type { StartFlags } from './start-flags.ts';
import { renderTable } from './table.ts';
import { Tracker } from './tracker.ts';
import { quoteOutput, runInterruptibly, toNames, toStart, toTyped } from './trial.ts';

/** Lines of output that are shown of each of many runs, and of a single run. */
const SHOWN = 6;
const SHOWN_ALONE = 200;

/** @returns the exit code */
export async function runMatrixVerb(flags: StartFlags, command: Command, jobs: number): Promise<number> {
  // Own rules are armed for one operation at a time, and not from the start.
  const start = await toStart({ ...flags, faults: undefined });
  const faults = await toFaults(flags);
  const trials = new Trials(start, command);
  return runInterruptibly(command, async (signal) => {
    const first = await runFirst(trials, signal);
    signal.throwIfAborted();
    if (first.result !== 'passed') {
      throw new NotVerified(
        `The command fails even without a fault (exit ${first.code ?? 'by a signal'}):\n${quoteOutput(first.output, SHOWN_ALONE)}`,
      );
    }
    const lines = toWanted(toLines(toNamed(first.operations, flags['operations']), faults), flags['only'], first);
    const tracker = new Tracker(lines.length, { jobs, estimate: first.duration, isShown: flags['json'] !== true });
    const runs = await runMatrix(trials, lines, first, {
      ...{ jobs, failFast: flags['fail-fast'] === true, signal },
      onRun: ({ line }, run) => {
        tracker.tell(isBad(run, first) ? `${line} ${run.result}` : undefined);
      },
    });
    tracker.end();
    const isAlone = lines.length === 1;
    if (flags['json'] === true) print(`${JSON.stringify(toReport(lines, runs, first))}\n`);
    else print(render(lines, runs, first, isAlone) + toHint(lines, runs, first, flags, command));
    return [...runs.values()].some((run) => isBad(run, first)) ? 1 : 0;
  });
}

function print(text: string): void {
  process.stdout.write(text);
}

/** Returns the named faults, and those of files with rules. @throws {UsageError} @throws {ConfigError} */
async function toFaults(flags: StartFlags): Promise<readonly MatrixFault[]> {
  const names = toNames(flags['faults']);
  if (names.length === 0) return FAULTS;
  const files = names.filter((name) => /[./\\]/.test(name));
  await assertRules(flags, files);
  const faults: MatrixFault[] = [];
  for (const name of names) {
    const own = FAULTS.find((fault) => fault.name === name);
    if (own) faults.push(own);
    else if (files.includes(name)) faults.push(...(await readFaults(name)));
    else {
      const known = FAULTS.map((fault) => fault.name);
      throw new UsageError(
        `Unknown fault ${quote(name)}${suggestKnown(name, known)} The name of a file must have a "." or a "/".`,
      );
    }
  }
  return faults;
}

/** Checks the rules by starting an emulator with them. @throws {ConfigError} that says what is wrong and where */
async function assertRules(flags: StartFlags, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const start = await toStart({ ...flags, faults: files });
  await (await start([])).close();
}

async function readFaults(file: string): Promise<readonly MatrixFault[]> {
  const { rules } = await readRuleList(file);
  return rules.map((written, index) => {
    // An emulator has accepted the rule.
    const rule = written as WrittenRule;
    return { name: rule.id ?? `${file}[${index}]`, rule };
  });
}

/** @throws {UsageError} for an operation that the command does not call */
function toNamed(operations: readonly CalledOperation[], written: unknown): readonly CalledOperation[] {
  const names = toNames(written);
  if (names.length === 0) return operations;
  const isNamed = ({ provider, operation }: CalledOperation, name: string): boolean =>
    name === operation || name === `${provider}.${operation}`;
  for (const name of names) {
    if (operations.some((called) => isNamed(called, name))) continue;
    const known = operations.map(({ provider, operation }) => `${provider}.${operation}`);
    throw new UsageError(`The command does not call ${quote(name)}${suggestKnown(name, known)}`);
  }
  return operations.filter((called) => names.some((name) => isNamed(called, name)));
}

/** @throws {UsageError} for an unknown line @throws {NotVerified} if no line is left */
function toWanted(lines: readonly MatrixLine[], only: unknown, { operations }: FirstRun): readonly MatrixLine[] {
  if (operations.length === 0) {
    throw new NotVerified(
      'The command called no operation. It must use the variables that `credits-emulator env` prints.',
    );
  }
  if (lines.length === 0) throw new NotVerified('None of the faults applies to an operation that the command calls.');
  if (typeof only !== 'string') return lines;
  const wanted = lines.filter(({ line }) => line === only);
  if (wanted.length > 0) return wanted;
  const known = lines.map(({ line }) => line);
  throw new UsageError(`Unknown run ${quote(only)}${suggestKnown(only, known)}`);
}

type Runs = ReadonlyMap<MatrixLine, MatrixRun>;

function toReport(lines: readonly MatrixLine[], runs: Runs, first: FirstRun): object {
  const { operations, duration } = first;
  return {
    first: { duration: Math.round(duration), operations, findings: first.findings },
    runs: lines.map((written) => {
      const { line, provider, operation, fault } = written;
      const run = runs.get(written);
      const named = { line, provider, operation, fault: fault.name };
      if (!run) return { ...named, result: 'not run' };
      const { result, code, findings, output } = run;
      const ended = { code: code ?? null, duration: Math.round(run.duration), findings };
      return { ...named, result, ...ended, ...(isBad(run, first) && { output }) };
    }),
  };
}

function render(lines: readonly MatrixLine[], runs: Runs, first: FirstRun, isAlone: boolean): string {
  const rows = lines.map((line) => {
    const run = runs.get(line);
    const seconds = run ? `${(run.duration / 1000).toFixed(1)} s` : '';
    const found = (run?.findings ?? []).map(({ rule, severity }) => `${rule} (${severity})`);
    return [line.line, run?.result ?? 'not run', seconds, [...new Set(found)].join(', ')];
  });
  const shown = lines.flatMap((line) => {
    const run = runs.get(line);
    if (!run || (!isAlone && !isBad(run, first))) return [];
    const said = run.findings.map(({ what }) => `    ${what}\n`).join('');
    return [`\n${line.line} ${run.result}\n${said}${quoteOutput(run.output, isAlone ? SHOWN_ALONE : SHOWN)}`];
  });
  return `${renderTable([['RUN', 'RESULT', 'TIME', 'FINDINGS'], ...rows])}${shown.join('')}`;
}

/** Says how to repeat the runs that failed. */
function toHint(
  lines: readonly MatrixLine[],
  runs: Runs,
  first: FirstRun,
  { faults }: StartFlags,
  { name, args }: Command,
): string {
  const bad = lines.filter((line) => {
    const run = runs.get(line);
    return run !== undefined && isBad(run, first);
  });
  const summary = `\n${runs.size} of ${lines.length} runs, ${bad.length} of them bad.\n`;
  if (bad.length === 0 || lines.length === 1) return summary;
  const own = faults === undefined ? [] : ['--faults', toNames(faults).join(',')];
  const again = bad.map(({ line }) =>
    toTyped(['credits-emulator', 'matrix', ...own, '--only', line, '--', name, ...args]),
  );
  return `${summary}Repeat one with all of its output:\n${again.map((text) => `  ${text}\n`).join('')}`;
}
