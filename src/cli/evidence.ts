import type { Argv, CommandModule } from 'yargs';

import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { renderTable } from './table.ts';

interface EvidenceFlags extends ClientFlags {
  readonly kept?: string | readonly string[] | undefined;
}

export const evidence: CommandModule<object, EvidenceFlags> = {
  command: 'evidence',
  describe: 'List the answers that a run relied on, by how they are known',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<EvidenceFlags>)
      .option('kept', { type: 'string', requiresArg: true, describe: 'File that `compare --keep` wrote' })
      .example('$0 evidence', 'Of all sandboxes, those that are gone too')
      .example('$0 evidence --kept klaim.json', 'With what the real service was seen to answer'),
  handler: async (flags) => {
    const { readKept, withKept } = await import('../trials/compare/kept.ts');
    const kept = await Promise.all([flags.kept ?? []].flat().map(readKept));
    const listed = await withSandbox(flags, (sandbox, emulator) =>
      // A suite has many sandboxes, and most are gone when it ends.
      flags.sandbox === undefined && sandbox.name === 'default' ? emulator.evidence() : sandbox.evidence(),
    );
    const relied = { ...listed, evidence: withKept(listed.evidence, kept) };
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
