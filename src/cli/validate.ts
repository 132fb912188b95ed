import type { CommandModule } from 'yargs';

import { SETTINGS } from '../config/setting-values.ts';
import type { Checked } from '../compose/validation.ts';
import { NotVerified } from './report.ts';

interface ValidateFlags {
  readonly file: readonly string[];
  readonly config?: string | undefined;
  readonly provider?: string | readonly string[] | undefined;
  readonly json: boolean;
}

export const validate: CommandModule<object, ValidateFlags> = {
  command: 'validate [file..]',
  describe: 'Check fixtures, configuration and documents without starting',
  builder: (yargs) =>
    yargs
      .positional('file', {
        type: 'string',
        array: true,
        default: [] as string[],
        describe: 'Fixtures, each alone [the configured ones, and all that the package holds]',
      })
      .option('config', { type: 'string', requiresArg: true, describe: 'File with settings' })
      .option('provider', { type: 'string', requiresArg: true, describe: SETTINGS.provider.describe })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 validate my-fixture.yaml', ''),
  handler: async ({ file, config, provider, json }) => {
    const [{ resolveFlags }, { validateInstallation }] = await Promise.all([
      import('./server.ts'),
      import('../compose/validation.ts'),
    ]);
    const { mistakes, checked } = await validateInstallation(() => resolveFlags({ config, provider }), file);
    if (json) process.stdout.write(`${JSON.stringify({ valid: mistakes.length === 0, mistakes, checked })}\n`);
    else if (mistakes.length === 0) process.stdout.write(`All is well: ${toWords(checked)}.\n`);
    if (mistakes.length > 0) throw new NotVerified(json ? '' : mistakes.join('\n'));
  },
};

/** How many there were of each: `1 file, 5 worlds`. */
function toWords(checked: Checked): string {
  const { files, worlds, providers, documents } = checked;
  const counts = { file: files.length, world: worlds.length, provider: providers.length, document: documents.length };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}${count === 1 ? '' : 's'}`)
    .join(', ');
}
