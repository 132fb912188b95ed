import type { CommandModule } from 'yargs';

import { clientFlags, steer, type ClientFlags } from './client.ts';
import { renderTable } from './table.ts';

export const evidence: CommandModule<object, ClientFlags> = {
  command: 'evidence',
  describe: 'List the answers that a run relied on, by how they are known',
  builder: (yargs) => clientFlags(yargs).example('$0 evidence', 'Of all sandboxes, those that are gone too'),
  handler: async (flags) => {
    const relied = await steer(flags, (sandbox, emulator) =>
      // A suite has many sandboxes, and most are gone when it ends.
      flags.sandbox === undefined && sandbox.name === 'default' ? emulator.evidence() : sandbox.evidence(),
    );
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(relied)}\n`);
      return;
    }
    const rows = relied.evidence.map(({ level, count, provider, operation, status, source }) => [
      ...[level, String(count), `${provider}.${operation}`, String(status), source],
    ]);
    process.stdout.write(renderTable([['LEVEL', 'COUNT', 'OPERATION', 'STATUS', 'SOURCE'], ...rows]));
  },
};
