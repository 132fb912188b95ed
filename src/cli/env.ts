import type { CommandModule } from 'yargs';

import { Client, clientFlags, type ClientFlags } from './client.ts';

export const env: CommandModule<object, ClientFlags> = {
  command: 'env',
  describe: 'Print the variables that point clients at a running emulator',
  builder: (yargs) => clientFlags(yargs).example('eval "$($0 env)"', 'into the shell; use with `set -a` to export'),
  handler: async (flags) => {
    const providers = await new Client(flags).listProviders();
    const variables: Record<string, string> = { CREDITS_EMULATOR_URL: flags.url };
    for (const provider of providers) {
      for (const [name, value] of Object.entries(provider.env)) variables[name] = toReachable(value, flags.url);
    }
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    process.stdout.write(flags.json ? `${JSON.stringify(variables)}\n` : lines.join(''));
  },
};

/** The emulator knows itself as 127.0.0.1; from elsewhere its URLs are those of the host it was asked under. */
function toReachable(value: string, asked: string): string {
  if (!value.startsWith('http://127.0.0.1:')) return value;
  return value.replace('127.0.0.1', new URL(asked).hostname);
}
