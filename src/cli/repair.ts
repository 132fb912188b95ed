import { resolve } from 'node:path';

import type { CommandModule } from 'yargs';

import { SETTINGS } from '../config/setting-values.ts';
import type { Loss } from '../core/store/disk/losses.ts';
import type { Repair } from '../core/store/disk/repair.ts';
import { Progress } from './progress.ts';
import { NotVerified } from './report.ts';

interface RepairFlags {
  readonly dir: string;
  readonly out?: string | undefined;
  readonly config?: string | undefined;
  readonly provider?: string | readonly string[] | undefined;
  readonly json: boolean;
}

export const repair: CommandModule<object, RepairFlags> = {
  command: 'repair <dir>',
  describe: 'Write what can be read of a damaged --data folder to a new one',
  builder: (yargs) =>
    yargs
      .positional('dir', {
        type: 'string',
        demandOption: true,
        describe: 'The damaged folder, which stays as it is; no emulator may be using it',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'The new folder, new or empty [DIR.repaired]' })
      .option('config', { type: 'string', requiresArg: true, describe: 'File with settings' })
      .option('provider', { type: 'string', requiresArg: true, describe: SETTINGS.provider.describe })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 repair ./data --out ./new', '')
      .epilogue(
        'Ends with 0 when nothing is lost, and with 1 when something is: the new folder is written, and the list says what it lacks.',
      ),
  handler: async ({ dir, out, config, provider, json }) => {
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
      process.stdout.write(`${to} holds ${whole ? 'all' : 'what can be read'} of ${folder}: ${toCount(sandboxes)}.\n`);
    if (!whole) throw new NotVerified(json ? '' : [...losses.map(toSentence), ...toRest(more)].join('\n'));
  },
};

function toCount({ length }: readonly string[]): string {
  return `${length} ${length === 1 ? 'sandbox' : 'sandboxes'}`;
}

function toSentence({ kind, file, line, lastLine, whose, what }: Loss): string {
  const place = lastLine === line ? `${file}:${line}` : `${file}:${line}-${lastLine}`;
  return `${place}: ${kind}${whose === undefined ? '' : `, ${whose}`}: ${what}`;
}

function toRest(more: number): readonly string[] {
  return more === 0 ? [] : [`And ${more} more.`];
}
