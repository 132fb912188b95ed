import { cpSync } from 'node:fs';

import { expect, it } from 'vitest';

import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { install } from '../support/installed.ts';
import { readPart } from '../support/printed.ts';

/** `examples/node-test`, with the package installed. */
function copyExample(): string {
  const cwd = createFolder();
  cpSync('examples/node-test', cwd, { recursive: true });
  install(cwd);
  return cwd;
}

it('finds the double purchase of the naive shop, and names the operation and the fault', async () => {
  const { stdout, code } = await runCommand(['matrix', '--json', '--', process.execPath, '--test'], {
    cwd: copyExample(),
  });
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

it('prints what docs/proof.md says', async () => {
  const [printed] = readPart('docs/proof.md', 'A run for each fault').consoles;
  const { stdout, code } = await runCommand(printed?.words ?? [], { cwd: copyExample() });
  const toCourse = (text: string): string => text.replaceAll(/ *\d+\.\d s */g, ' some time ');
  const [beginning = '', ending = ''] = toCourse(printed?.text ?? '').split('\n...\n');
  expect([toCourse(stdout).slice(0, beginning.length), toCourse(stdout).slice(-ending.length), code]).toEqual([
    beginning,
    ending,
    1,
  ]);
});
