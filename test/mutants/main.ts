/**
 * `npm run test:mutants -- draw` draws 60 mutants from `src` by a seed and writes mutants.json; `run [--base] [--left]
 * [--only id]` tries each of them in this folder, writes who found it, and fails if one is not found that was found before.
 * A mutant is looked for by the text of its line: if that was moved it is still found, and if it was changed the list needs
 * the new text in `file`, `before` and `after`.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { drawMutants } from './draw.ts';
import { readList, writeList, type List } from './list.ts';
import { tryMutant } from './run.ts';

const SEED = 'a smaller house';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'boolean', default: false },
    left: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

if (positionals[0] === 'draw') await writeList(drawMutants(SEED));
else if (positionals[0] === 'run') await run(values.base ? 'base' : 'now');
else throw new Error('Expected "draw" or "run".');

/** Writes each outcome as soon as it is known. */
async function run(field: 'base' | 'now'): Promise<void> {
  const { stdout } = spawnSync('git', ['status', '--porcelain', 'src'], { encoding: 'utf8' });
  if (stdout !== '') throw new Error(`Commit or drop the changes of src first:\n${stdout}`);
  let list: List = readList();
  for (const { id } of list.mutants) {
    const mutant = list.mutants.find((one) => one.id === id);
    if (!mutant || (values.only && !values.only.includes(id)) || (values.left && mutant[field])) continue;
    const outcome = await tryMutant(mutant);
    list = readList();
    list = { ...list, mutants: list.mutants.map((one) => (one.id === id ? { ...one, [field]: outcome } : one)) };
    await writeList(list);
    process.stdout.write(`${id}: ${outcome.result} ${outcome.by ?? ''} (${outcome.seconds} s)\n`);
  }
  const lost = list.mutants.filter(({ base, now }) => base?.result === 'found' && now && now.result !== 'found');
  for (const { id, now } of lost) process.stdout.write(`${id} was found before, and now: ${now?.result ?? ''}\n`);
  if (lost.length > 0) process.exitCode = 1;
}
