import type { CommandModule } from 'yargs';

import { Client, clientFlags, type ClientFlags } from './client.ts';

export const healthcheck: CommandModule<object, ClientFlags> = {
  command: 'healthcheck',
  describe: 'Exit with 0 if a running emulator answers, with 1 if not',
  builder: (yargs) => clientFlags(yargs).example('$0 healthcheck', ''),
  handler: async (flags) => {
    const health = await new Client(flags).request('GET', '/health');
    if (flags.json) process.stdout.write(`${health}\n`);
  },
};
