/**
 * `npm run test:mutants -- run` puts each mutant of mutants.json into this folder, runs the tests, and fails if they do not find
 * one that they found before.
 *
 * `--only <id>` and `--left` (those not tried yet) choose mutants, `--first <tests>` names tests that are likely to find
 * them, and `--base` writes the outcome as that from before. If the line of a mutant was changed it is `gone`: write its
 * new text into `file`, `before` and `after`.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { readList, writeList, type List } from './list.ts';
import { tryMutant } from './run.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'boolean', default: false },
    left: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    first: { type: 'string', multiple: true, default: [] },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await run(values.base ? 'base' : 'now');

/** Writes each outcome as soon as it is known. */
async function run(field: 'base' | 'now'): Promise<void> {
  const { stdout } = spawnSync('git', ['status', '--porcelain', 'src'], { encoding: 'utf8' });
  if (stdout !== '') throw new Error(`Commit or drop the changes of src first:\n${stdout}`);
  let list: List = readList();
  for (const { id } of list.mutants) {
    const mutant = list.mutants.find((one) => one.id === id);
    if (!mutant || (values.only && !values.only.includes(id)) || (values.left && mutant[field])) continue;
    const outcome = await tryMutant(mutant, values.first);
    list = readList();
    list = { ...list, mutants: list.mutants.map((one) => (one.id === id ? { ...one, [field]: outcome } : one)) };
    await writeList(list);
    process.stdout.write(`${id}: ${outcome.result} ${outcome.by ?? ''} (${outcome.seconds} s)\n`);
  }
  const lost = list.mutants.filter(({ base, now }) => base?.result === 'found' && now && now.result !== 'found');
  for (const { id, now } of lost) process.stdout.write(`${id} was found before, and now: ${now?.result ?? ''}\n`);
  if (lost.length > 0) process.exitCode = 1;
}
