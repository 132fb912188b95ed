import type { Argv, CommandModule } from 'yargs';

import { clientFlags, withSandbox, type ClientFlags } from './client.ts';

type RewindFlags = ClientFlags & { readonly id: string };

export const rewind: CommandModule<object, RewindFlags> = {
  command: 'rewind <id>',
  describe: 'Make a sandbox as this one stood before an exchange',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<RewindFlags>)
      .positional('id', { type: 'string', demandOption: true, describe: 'Of the exchange' })
      .example('$0 rewind default-7', 'Makes default.before-default-7'),
  handler: async (flags) => {
    const sandbox = await withSandbox(flags, (one) => one.rewind(flags.id));
    process.stdout.write(flags.json ? `${JSON.stringify({ sandbox })}\n` : `${sandbox}\n`);
  },
};
