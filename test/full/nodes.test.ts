import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createFolder } from '../support/folder.ts';
import { installNode, run } from '../support/nodes.ts';

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

describe.each([20, 22, 24, 26])('the newest Node %i', (major) => {
  it('passes all that npm test runs', async ({ skip }) => {
    const installed = await installNode(major);
    if ('missing' in installed) return skip(installed.missing);
    const node = join(installed.bin, 'node');
    expect((await run(node, ['--version'])).text).toMatch(new RegExp(`^v${major}\\.`));
    const outputFile = join(createFolder(), 'report.json');
    const words = [VITEST, 'run', '--reporter=json', `--outputFile=${outputFile}`];
    const { error, text } = await run(node, words, { env: toEnvironment(installed.bin) });
    const report = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
    expect(listFailures(report)).toEqual([]);
    expect(report.numPassedTests).toBeGreaterThan(0);
    process.stdout.write(`Node ${major}: ${report.numPassedTests} tests passed.\n`);
    // Whatever it was that no test reports.
    expect(error, text).toBeNull();
  });
});
