import type { WrittenRule } from '../core/faults/fault-rule.ts';
import type { Emulator } from '../compose/emulator.ts';
import type { CommandRun } from './command-run.ts';
import type { Finding } from '../client/record.ts';
import { runPool, toLimit, type Trials } from './trials.ts';

/** A fault that is injected into each operation, with its name in the table. */
export interface MatrixFault {
  readonly name: string;
  readonly rule: WrittenRule;
}

/** Each fires once: a client should survive one lost call, but not a service that never responds. */
export const FAULTS: readonly MatrixFault[] = [
  { name: 'lost-answers', rule: { phase: 'after', effect: { status: 500 }, times: 1 } },
  { name: 'outage', rule: { phase: 'before', effect: { status: 503 }, times: 1 } },
  { name: 'slow', rule: { phase: 'before', effect: { delay: 2000 }, times: 1 } },
  { name: 'reset', rule: { phase: 'after', effect: { connection: 'reset' }, times: 1 } },
];

/** An operation that the run without faults called. */
export interface CalledOperation {
  readonly provider: string;
  readonly operation: string;
  /** Whether any call changed something. If none did, a fault after the change cannot fire. */
  readonly isChange: boolean;
}

/** One run of the table. */
export interface MatrixLine extends CalledOperation {
  readonly fault: MatrixFault;
  /** Its name: `PROVIDER.OPERATION:FAULT`. */
  readonly line: string;
}

export type Result = 'passed' | 'failed' | 'hung';

export interface MatrixRun extends CommandRun {
  readonly result: Result;
  readonly findings: readonly Finding[];
}

export interface FirstRun extends MatrixRun {
  readonly operations: readonly CalledOperation[];
}

/** Runs without faults. If that fails, runs with faults prove nothing. */
export async function runFirst(trials: Trials, signal: AbortSignal): Promise<FirstRun> {
  const { seen, ...run } = await trials.run({ rules: [], signal }, async (emulator) => ({
    operations: await listCalled(emulator),
    findings: await listFindings(emulator),
  }));
  return { ...run, ...seen, result: toResult(run) };
}

/** Combines each operation with each fault that can apply, in the order of the operations. */
export function toLines(operations: readonly CalledOperation[], faults: readonly MatrixFault[]): readonly MatrixLine[] {
  return operations.flatMap((called) =>
    faults
      .filter((fault) => fits(fault.rule, called))
      .map((fault) => ({ ...called, fault, line: `${called.provider}.${called.operation}:${fault.name}` })),
  );
}

function fits({ provider, operation, phase }: WrittenRule, called: CalledOperation): boolean {
  const named = [operation ?? []].flat();
  if (provider !== undefined && provider !== called.provider) return false;
  if (named.length > 0 && !named.includes(called.operation)) return false;
  return phase !== 'after' || called.isChange;
}

interface MatrixTerms {
  /** The number of parallel runs. */
  readonly jobs: number;
  /** Whether to start no more runs after the first failure. */
  readonly failFast: boolean;
  readonly signal: AbortSignal;
  /** Called when a run ends. */
  readonly onRun: (line: MatrixLine, run: MatrixRun) => void;
}

/** @returns the result of each line that was run */
export async function runMatrix(
  trials: Trials,
  lines: readonly MatrixLine[],
  first: FirstRun,
  { jobs, failFast, signal, onRun }: MatrixTerms,
): Promise<ReadonlyMap<MatrixLine, MatrixRun>> {
  const limit = toLimit(first.duration);
  const runs = new Map<MatrixLine, MatrixRun>();
  await runPool(lines, jobs, async (line) => {
    const { provider, operation, fault } = line;
    const rule = { ...fault.rule, id: fault.name, provider, operation };
    const { seen: findings, ...run } = await trials.run({ rules: [rule], limit, signal }, listFindings);
    const outcome = { ...run, findings, result: toResult(run) };
    runs.set(line, outcome);
    onRun(line, outcome);
    return failFast && isBad(outcome, first) ? 'stop' : 'go on';
  });
  return runs;
}

/** Whether it failed although the run without faults passed, or the audit found something new. */
export function isBad({ result, findings }: MatrixRun, first: MatrixRun): boolean {
  const known = new Set(first.findings.map(({ rule }) => rule));
  return result !== 'passed' || findings.some(({ rule, severity }) => severity !== 'info' && !known.has(rule));
}

function toResult({ code, isHung }: CommandRun): Result {
  if (isHung) return 'hung';
  return code === 0 ? 'passed' : 'failed';
}

/** Lists called operations in the order of their names. */
async function listCalled(emulator: Emulator): Promise<readonly CalledOperation[]> {
  const { evidence } = await emulator.evidence();
  const called = new Map<string, CalledOperation>();
  for (const { provider, operation, changed } of evidence) {
    const name = `${provider}.${operation}`;
    called.set(name, { provider, operation, isChange: changed > 0 || called.get(name)?.isChange === true });
  }
  return [...called].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, operation]) => operation);
}

/** Audits every sandbox. */
async function listFindings(emulator: Emulator): Promise<readonly Finding[]> {
  const { sandboxes } = await emulator.sandboxes.list();
  const audits = await Promise.all(sandboxes.map(({ name }) => emulator.sandbox(name).audit()));
  return audits.flatMap(({ findings }) => findings);
}
