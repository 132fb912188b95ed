import { resolve } from 'node:path';

import { SETTINGS } from '../config/setting-values.ts';
import type { Loss, Repair } from '../core/store/disk/repair.ts';
import { Progress } from './progress.ts';
import { NotVerified } from './report.ts';
import { CONFIG } from './start-flags.ts';
import { defineVerb } from './verb.ts';

export const repair = defineVerb({
  name: 'repair',
  describe: 'Salvage a damaged --data folder',
  words: {
    dir: { isRequired: true, describe: 'The damaged folder, which is not changed; no emulator may be using it' },
  },
  flags: {
    out: { describe: 'The new folder, new or empty [DIR.repaired]' },
    config: CONFIG,
    provider: { isRepeated: true, describe: SETTINGS.provider.describe },
    json: { type: 'boolean', describe: 'Print JSON' },
  },
  examples: ['$0 repair ./data --out ./new'],
  epilogue:
    'Exits with 0 if nothing is lost. Exits with 1 if something is: the new folder is written, and a list says what it lacks.',
  run: async ({ dir, out, config, provider, json }) => {
    const [{ resolveFlags }, { repairData }] = await Promise.all([
      import('./server.ts'),
      import('../compose/storage.ts'),
    ]);
    const folder = resolve(dir);
    const to = out === undefined ? `${folder}.repaired` : resolve(out);
    const options = await resolveFlags({ config, provider });
    const progress = process.stderr.isTTY && !json ? new Progress(`Reading ${folder}`) : undefined;
    let repaired: Repair;
    try {
      repaired = await repairData(options.provider, folder, to, (part) => progress?.tell(part));
    } finally {
      progress?.end();
    }
    const { sandboxes, losses, more } = repaired;
    const whole = losses.length === 0;
    if (json) process.stdout.write(`${JSON.stringify({ folder: to, whole, sandboxes, losses, more })}\n`);
    else
      process.stdout.write(
        `${to} holds ${whole ? 'everything' : 'the readable part'} of ${folder}: ${sandboxes.length} ${sandboxes.length === 1 ? 'sandbox' : 'sandboxes'}.\n`,
      );
    if (!whole)
      throw new NotVerified(
        json ? '' : [...losses.map(toSentence), ...(more === 0 ? [] : [`And ${more} more.`])].join('\n'),
      );
  },
});

function toSentence({ file, line, lastLine, what }: Loss): string {
  return `${lastLine === line ? `${file}:${line}` : `${file}:${line}-${lastLine}`}: ${what}`;
}
