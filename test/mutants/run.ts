import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import type { Mutant, Outcome } from './list.ts';

const COMMAND = 'dist/cli/main.js';
/** Tests that need less time than those that run many commands. */
const QUICK = ['test/core/', 'test/control/', 'test/faults/', 'test/conformance/', 'test/providers/klaim/'];
/** Tests that are nearest to the mutants of a wing; those of a wing of core and of a provider are in the folder of its name. */
const NEAR: Readonly<Record<string, readonly string[]>> = {
  fixtures: ['test/fixture', 'test/seeds', 'test/generation'],
  config: ['test/config', 'test/settings', 'test/hosts'],
  'proof/audit': ['test/audit/'],
  proof: ['test/trials/', 'test/bundles/'],
  root: ['test/library', 'test/exports', 'test/control/emulator'],
};
/** Wings whose nearest tests run the built command. */
const BUILT = ['proof/audit', 'proof', 'control', 'cli'];
const NEVER = new Date('1970-01-02');
const LATER = new Date('2100-01-01');
/** Milliseconds after which tests that still run have found the mutant, even on a busy machine. */
const PATIENCE = 900_000;

/**
 * Puts the mutant into its file, runs the tests from the nearest to all others until one fails, and restores the file.
 *
 * @param first folders and files of tests that are likely to find it
 */
export async function tryMutant(mutant: Mutant, first: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  const path = locate(mutant);
  if (path === undefined) return { result: 'gone', seconds: 0 };
  setBuilt(NEVER);
  const text = readFileSync(path, 'utf8');
  const restore = (): void => {
    writeFileSync(path, text);
    // What was built may be made of the mutant, so that it is too old for all tests that follow.
    setBuilt(NEVER);
  };
  process.once('exit', restore);
  try {
    writeFileSync(path, change(text, mutant));
    const by = await findTest(mutant, first);
    const seconds = Math.round((performance.now() - started) / 1000);
    return { result: by === undefined ? 'survived' : 'found', ...(by !== undefined && { by }), seconds };
  } finally {
    restore();
    process.off('exit', restore);
  }
}

function change(text: string, { before, after }: Mutant): string {
  const lines = text.split('\n');
  return lines.map((line) => (line.trim() === before ? line.replace(before, () => after) : line)).join('\n');
}

/** The file that has the mutant's line: the one where it was drawn, or the only one to which it was moved. */
function locate({ file, before }: Mutant): string | undefined {
  const has = (path: string): boolean =>
    readFileSync(path, 'utf8')
      .split('\n')
      .some((line) => line.trim() === before);
  if (existsSync(file) && has(file)) return file;
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((name) => join('src', name));
  const [found, ...others] = sources.filter((path) => path.endsWith('.ts') && has(path));
  return others.length === 0 ? found : undefined;
}

/** @returns the test that failed, or nothing if none did */
async function findTest({ wing, base }: Mutant, first: readonly string[]): Promise<string | undefined> {
  const near = NEAR[wing] ?? [`test/${wing}/`];
  const before = base?.by?.split(' > ')[0];
  const likely = [...first, ...(before !== undefined && existsSync(before) ? [before] : [])];
  return (
    (likely.length > 0 ? await runTests(likely, [], true) : undefined) ??
    (await runTests(near, likely, BUILT.includes(wing))) ??
    (await runTests(QUICK, [...near, ...likely], true)) ??
    (await runTests([], [...near, ...likely, ...QUICK], true)) ??
    runTests(['.property.'], [], true, 'vitest.full.config.ts')
  );
}

/**
 * @param starts what the paths of the tests begin with; all tests if empty
 * @param others what they do not begin with
 * @param isBuilt whether the tests run the command, which is then built from the mutant unless it is already
 * @param config a configuration other than that of `npm test`
 */
async function runTests(
  starts: readonly string[],
  others: readonly string[],
  isBuilt: boolean,
  config?: string,
): Promise<string | undefined> {
  if (!isBuilt) setBuilt(LATER);
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  const report = join(folder, 'report.json');
  const excluded = others.flatMap((start) => ['--exclude', `${start}**`]);
  const flags = ['--passWithNoTests', '--bail', '1', '--maxWorkers', '2', '--reporter', 'json', '--outputFile', report];
  const chosen = config === undefined ? [] : ['--config', config];
  const words = ['node_modules/vitest/vitest.mjs', 'run', ...starts, ...excluded, ...flags, ...chosen];
  const child = spawn(process.execPath, words, {
    env: { ...process.env, TMPDIR: folder },
    stdio: 'ignore',
    detached: true,
  });
  const end = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  const timer = setTimeout(end, PATIENCE);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    return code === 0 ? undefined : readFailure(report);
  } finally {
    clearTimeout(timer);
    if (!isBuilt) setBuilt(NEVER);
    process.off('exit', end);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says when the command was built, by which the tests decide whether to build it again. */
function setBuilt(time: Date): void {
  if (existsSync(COMMAND)) utimesSync(COMMAND, time, time);
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function readFailure(report: string): string {
  if (!existsSync(report)) return 'no report: too slow, or no test began';
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const file = testResults.find(({ status }) => status === 'failed');
  if (!file) return 'an unhandled error';
  const test = file.assertionResults.find(({ status }) => status === 'failed');
  return [relative(process.cwd(), file.name), ...(test ? [test.fullName] : [])].join(' > ');
}
