import type { CommandModule } from 'yargs';

import { Client, clientFlags, type ClientFlags } from './client.ts';

export const env: CommandModule<object, ClientFlags> = {
  command: 'env',
  describe: 'Print the variables that point clients at a running emulator',
  builder: (yargs) => clientFlags(yargs).example('export $($0 env)', 'into the shell'),
  handler: async (flags) => {
    const client = new Client(flags);
    const providers = await client.listProviders();
    const variables: Record<string, string> = { CREDITS_EMULATOR_URL: client.url };
    for (const { url, env } of providers) {
      for (const [name, value] of Object.entries(env)) {
        variables[name] = value.startsWith(url) ? client.toReachable(value) : value;
      }
    }
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    process.stdout.write(flags.json ? `${JSON.stringify(variables)}\n` : lines.join(''));
  },
};
