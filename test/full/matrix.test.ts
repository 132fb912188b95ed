import { cpSync } from 'node:fs';

import { expect, it } from 'vitest';

import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { install } from '../support/installed.ts';

it('finds the double purchase of the naive shop, and names the operation and the fault', async () => {
  const cwd = createFolder();
  cpSync('examples/node-test', cwd, { recursive: true });
  install(cwd);
  const { stdout, code } = await runCommand(['matrix', '--json', '--', process.execPath, '--test'], { cwd });
  const { runs } = JSON.parse(stdout) as {
    readonly runs: readonly { readonly line: string; readonly result: string; readonly output?: string }[];
  };
  const bad = runs.filter(({ result }) => result !== 'passed');
  expect([code, bad.map(({ line, result }) => [line, result])]).toEqual([
    1,
    [
      ['openmonetize.purchaseCredits:lost-answers', 'failed'],
      ['openmonetize.purchaseCredits:reset', 'failed'],
    ],
  ]);
  expect(bad.map(({ output }) => output?.includes('6500 !== 6000'))).toEqual([true, true]);
  expect(runs.length).toBeGreaterThan(6);
});
