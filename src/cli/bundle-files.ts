import { writeFile } from 'node:fs/promises';
import { parse, join } from 'node:path';

import { toMessage } from '../core/values/message.ts';
import type { Emulator } from '../emulator.ts';

/** Writes one of each sandbox that was used: that of the default one to the file, others beside it under their names. */
export async function saveBundles(emulator: Pick<Emulator, 'sandbox' | 'sandboxes'>, file: string): Promise<void> {
  const { sandboxes } = await emulator.sandboxes.list();
  for (const { name, requests } of sandboxes) {
    const to = name === 'default' ? file : toBeside(file, name);
    try {
      const bundle = await emulator.sandbox(name).bundle();
      // A reset begins all numbers anew.
      if (requests === 0 && bundle.chapters.length < 2) continue;
      await writeFile(to, `${JSON.stringify(bundle)}\n`);
      process.stderr.write(`What it did is in ${to}: credits-emulator bundle run ${to}\n`);
    } catch (error) {
      process.stderr.write(`There is no bundle of "${name}": ${toMessage(error)}\n`);
    }
  }
}

function toBeside(file: string, name: string): string {
  const { dir, name: own, ext } = parse(file);
  return join(dir, `${own}.${name}${ext}`);
}
