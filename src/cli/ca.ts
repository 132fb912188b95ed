import type { CommandModule } from 'yargs';

import { clientFlags, withSandbox, type ClientFlags } from './client.ts';

export const ca: CommandModule<object, ClientFlags> = {
  command: 'ca',
  describe: 'Print the certificate that clients of --https have to trust',
  builder: (yargs) =>
    clientFlags(yargs)
      .example('$0 ca > ca.pem', 'into a file')
      .example('NODE_EXTRA_CA_CERTS=ca.pem npm test', 'which Node is told of, for one'),
  handler: async (flags) => {
    const certificate = await withSandbox(flags, (_, emulator) => emulator.ca());
    process.stdout.write(flags.json ? `${JSON.stringify({ ca: certificate })}\n` : certificate);
  },
};
