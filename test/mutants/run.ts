import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { listSources } from './draw.ts';
import type { Mutant, Outcome } from './list.ts';
import { WINGS } from './wings.ts';

const COMMAND = 'dist/cli/main.js';
const NEVER = new Date('1970-01-02');
const LATER = new Date('2100-01-01');
/** Milliseconds after which tests that still run have found the mutant. */
const PATIENCE = 600_000;

/** Puts the mutant into its file, runs the tests from the nearest to all others until one fails, and restores the file. */
export async function tryMutant(mutant: Mutant): Promise<Outcome> {
  const started = performance.now();
  const path = locate(mutant);
  if (path === undefined) return { result: 'gone', seconds: 0 };
  const text = readFileSync(path, 'utf8');
  const restore = (): void => {
    writeFileSync(path, text);
    // What was built may be made of the mutant, so that it is too old for all tests that follow.
    setBuilt(NEVER);
  };
  process.once('exit', restore);
  try {
    writeFileSync(path, change(text, mutant));
    const by = await findTest(mutant);
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
  const [found, ...others] = listSources()
    .map((name) => `src/${name}`)
    .filter(has);
  return others.length === 0 ? found : undefined;
}

/** @returns the test that failed, or nothing if none did */
async function findTest({ wing: name, base }: Mutant): Promise<string | undefined> {
  const wing = WINGS.find((one) => one.name === name);
  const near = wing?.near ?? [];
  const others = near.flatMap((start) => ['--exclude', `${start}**`]);
  const before = base?.by?.split(' > ')[0];
  return (
    (before !== undefined && existsSync(before) ? await runTests([before], true) : undefined) ??
    (await runTests(near, wing?.isBuilt === true)) ??
    runTests(others, true)
  );
}

/** @param isBuilt whether the command is built first; what it was built from before may be another mutant */
async function runTests(words: readonly string[], isBuilt: boolean): Promise<string | undefined> {
  setBuilt(isBuilt ? NEVER : LATER);
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  const report = join(folder, 'report.json');
  const flags = ['--bail', '1', '--maxWorkers', '2', '--reporter', 'json', '--outputFile', report];
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...words, ...flags], {
    env: { ...process.env, TMPDIR: folder },
    stdio: 'ignore',
    detached: true,
  });
  const end = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', end);
  const timer = setTimeout(end, PATIENCE);
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    return code === 0 ? undefined : readFailure(report);
  } finally {
    clearTimeout(timer);
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
