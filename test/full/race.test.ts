import { expect, it } from 'vitest';

import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { readPart } from '../support/printed.ts';

const { scripts, consoles } = readPart('docs/proof.md', 'Races on order');
const [sets = '', gives = ''] = scripts;
const adds = sets.replace(/^async function give[^]*?^}\n/m, gives);

it.each([
  ['a client that reads and then sets', sets, consoles[0], 1],
  ['one that adds', adds, consoles[1], 0],
])('says of %s what docs/proof.md says', async (_, script, printed, expected) => {
  const { stdout, code } = await runCommand(printed?.words ?? [], { cwd: createFolder({ 'game.mjs': script }) });
  expect([toCourse(stdout), code]).toEqual([toCourse(printed?.text ?? ''), expected]);
});

/** However long it took. */
function toCourse(text: string): string {
  return text.replaceAll(/\d+\.\d s$/gm, 'some time');
}
