import type { Argv, CommandModule } from 'yargs';

import { toStranger } from '../client/failures.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
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
    const { variables, hints } = await withSandbox(flags, async (sandbox, emulator) => {
      const [given, { hints: told = {} }] = await Promise.all([sandbox.env(), sandbox.health()]);
      // A shell will run what is printed, whoever has answered.
      if (!Object.entries(given).every(isVariable)) throw toStranger(emulator.url);
      return { variables: given, hints: told };
    });
    process.stdout.write(renderVariables(variables, format));
    // Beside the variables, which a program may read.
    for (const [id, hint] of Object.entries(hints)) process.stderr.write(`${id}: ${hint}\n`);
  },
};

function isVariable([name, value]: readonly [string, unknown]): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && typeof value === 'string';
}
