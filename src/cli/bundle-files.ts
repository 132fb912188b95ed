import { parse, join } from 'node:path';

import { toMessage } from '../core/values/message.ts';
import type { Emulator } from '../compose/emulator.ts';
import { saveBundle } from '../trials/bundle-saving.ts';

/** Writes a bundle per used sandbox: the default one to the file, the others next to it under their names. */
export async function saveBundles(emulator: Pick<Emulator, 'sandbox' | 'sandboxes'>, file: string): Promise<void> {
  const { sandboxes } = await emulator.sandboxes.list();
  for (const { name } of sandboxes) {
    const to = name === 'default' ? file : toOwnFile(file, name);
    try {
      if (await saveBundle(emulator.sandbox(name), to)) {
        process.stderr.write(`Bundle written to ${to}. Replay it with: credits-emulator bundle run ${to}\n`);
      }
    } catch (error) {
      process.stderr.write(`No bundle of "${name}" was written: ${toMessage(error)}\n`);
    }
  }
}

function toOwnFile(file: string, name: string): string {
  const { dir, name: own, ext } = parse(file);
  return join(dir, `${own}.${name}${ext}`);
}
