import type { CommandModule } from 'yargs';

import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { NotVerified } from './report.ts';

export const healthcheck: CommandModule<object, ClientFlags> = {
  command: 'healthcheck',
  describe: 'Exit with 0 if a running emulator answers, with 1 if not',
  builder: (yargs) => clientFlags(yargs).example('$0 healthcheck', ''),
  handler: async (flags) => {
    const health = await withSandbox(flags, (sandbox) => sandbox.health());
    if (health.status !== 'ok') throw new NotVerified(`It answers, but it is not well: ${JSON.stringify(health)}`);
    if (flags.json) process.stdout.write(`${JSON.stringify(health)}\n`);
  },
};
