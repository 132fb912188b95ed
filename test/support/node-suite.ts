import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

import { expect } from 'vitest';

import { createFolder } from './folder.ts';
import { run } from './nodes.ts';

const VITEST = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs');

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

/** Has tests pass on another Node, of which at least one must run. @returns how many there are @param words for vitest */
export async function passSuite(bin: string, words: readonly string[]): Promise<number> {
  const outputFile = join(createFolder(), 'report.json');
  const all = [VITEST, 'run', '--reporter=json', `--outputFile=${outputFile}`, ...words];
  const { error, text } = await run(join(bin, 'node'), all, { env: toEnvironment(bin) });
  const report = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
  expect(listFailures(report)).toEqual([]);
  expect(report.numPassedTests).toBeGreaterThan(0);
  // Whatever it was that no test reports.
  expect(error, text).toBeNull();
  return report.numPassedTests;
}
