import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createFolder } from '../support/folder.ts';
import { installNode, run } from '../support/nodes.ts';

/** What depends on the version: connections, processes and streams. */
const DEPENDENT = ['test/http/', 'test/cli/', 'test/providers/decentraland/stream', 'test/faults/stream'];
/** All that `npm test` runs takes minutes for each version; the workflow runs it on each by itself. */
const IS_WHOLE = process.env['NODE_SUITE'] === 'whole';
const FILES = IS_WHOLE ? [] : DEPENDENT;

/** Else those beside the one that runs this: what the image ships and the newest. */
describe.each(IS_WHOLE ? [20, 22, 24, 26] : [24, 26])('the newest Node %i', (major) => {
  it(IS_WHOLE ? 'passes all that npm test runs' : 'passes what depends on the version', async ({ skip }) => {
    const installed = await installNode(major);
    if ('missing' in installed) return skip(installed.missing);
    expect((await run(join(installed.bin, 'node'), ['--version'])).text).toMatch(new RegExp(`^v${major}\\.`));
    const passed = await passSuite(installed.bin, FILES);
    process.stdout.write(`Node ${major}: ${passed} tests passed.\n`);
  });
});

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
async function passSuite(bin: string, words: readonly string[]): Promise<number> {
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
