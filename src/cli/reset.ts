import type { CommandModule } from 'yargs';

import { clientFlags, withSandbox, type ClientFlags } from './client.ts';

export const reset: CommandModule<object, ClientFlags> = {
  command: 'reset',
  describe: 'Put a sandbox back to its seed',
  builder: (yargs) => clientFlags(yargs).example('$0 reset --sandbox checkout', ''),
  handler: async (flags) => {
    await withSandbox(flags, (sandbox) => sandbox.reset());
    if (flags.json) process.stdout.write(`${JSON.stringify({ reset: flags.sandbox ?? 'default' })}\n`);
  },
};
