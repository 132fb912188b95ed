import { parse, join } from 'node:path';

import { toMessage } from '../core/values/message.ts';
import type { Emulator } from '../compose/emulator.ts';
import { saveBundle } from '../trials/bundle-saving.ts';

/** Writes one of each sandbox that was used: that of the default one to the file, others beside it under their names. */
export async function saveBundles(emulator: Pick<Emulator, 'sandbox' | 'sandboxes'>, file: string): Promise<void> {
  const { sandboxes } = await emulator.sandboxes.list();
  for (const { name } of sandboxes) {
    const to = name === 'default' ? file : toBeside(file, name);
    try {
      if (await saveBundle(emulator.sandbox(name), to)) {
        process.stderr.write(`What it did is in ${to}: credits-emulator bundle run ${to}\n`);
      }
    } catch (error) {
      process.stderr.write(`There is no bundle of "${name}": ${toMessage(error)}\n`);
    }
  }
}

function toBeside(file: string, name: string): string {
  const { dir, name: own, ext } = parse(file);
  return join(dir, `${own}.${name}${ext}`);
}
