import type { Argv, CommandModule } from 'yargs';

import { Client, clientFlags, type ClientFlags } from './client.ts';
import { UsageError } from './report.ts';
import { FORMATS, renderVariables, type Format } from './variables.ts';

type EnvFlags = ClientFlags & { readonly format?: Format | undefined };

export const env: CommandModule<object, EnvFlags> = {
  command: 'env',
  describe: 'Print the variables that point clients at a running emulator',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<EnvFlags>)
      .option('format', { choices: FORMATS, requiresArg: true, describe: 'How they are written [dotenv]' })
      .example('export $($0 env)', 'into the shell')
      .example('$0 env --sandbox checkout > .env', 'into a file, for one sandbox')
      .example('$0 env --format powershell | Out-String | Invoke-Expression', 'into PowerShell'),
  handler: async (flags) => {
    const format = flags.format ?? (flags.json ? 'json' : 'dotenv');
    if (flags.json && format !== 'json') throw new UsageError(`--json and --format ${format} do not go together.`);
    const client = new Client(flags);
    const [variables, hints] = await Promise.all([client.getEnv(), client.listHints()]);
    process.stdout.write(renderVariables(variables, format));
    // Beside the variables, which a program may read.
    for (const hint of hints) process.stderr.write(`${hint}\n`);
  },
};
