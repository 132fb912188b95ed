import type { CommandModule } from 'yargs';

import { SETTINGS } from '../config/setting-values.ts';
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
      import('../fixtures/validation.ts'),
    ]);
    const faults = await validateInstallation(() => resolveFlags({ config, provider }), file);
    if (json) process.stdout.write(`${JSON.stringify({ valid: faults.length === 0, faults })}\n`);
    if (faults.length > 0) throw new NotVerified(json ? '' : faults.join('\n'));
  },
};
