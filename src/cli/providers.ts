import type { CommandModule } from 'yargs';

import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { renderTable } from './table.ts';

export const providers: CommandModule<object, ClientFlags> = {
  command: 'providers',
  describe: 'List the emulated services',
  builder: (yargs) => clientFlags(yargs).example('$0 providers --json', ''),
  handler: async (flags) => {
    const { providers: list } = await withSandbox(flags, (_, emulator) => emulator.providers.list());
    if (flags.json) {
      process.stdout.write(`${JSON.stringify({ providers: list })}\n`);
      return;
    }
    const rows = list.map(({ id, url, operations }) => {
      const count = (level: string): number => operations.filter(({ evidence }) => evidence.level === level).length;
      const known = ['documented', 'observed', 'assumed'].map((level) => `${count(level)} ${level}`);
      return [id, url, String(operations.length), known.join(', ')];
    });
    process.stdout.write(renderTable([['ID', 'BASE URL', 'OPERATIONS', 'KNOWN FROM'], ...rows]));
  },
};
