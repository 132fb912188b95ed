import { defineClientVerb } from './client.ts';
import { renderTable } from './table.ts';

export const evidence = defineClientVerb({
  name: 'evidence',
  describe: 'List how responses are known',
  flags: { kept: { describe: 'File that `compare --keep` wrote' } },
  examples: [
    ['$0 evidence', 'of all sandboxes, also of deleted ones'],
    ['$0 evidence --kept klaim.json', 'with what the real service was seen to answer'],
  ],
  ask: async (sandbox, flags, emulator) => {
    const { readKept, withKept } = await import('../trials/compare/kept.ts');
    const kept = flags.kept === undefined ? [] : [await readKept(flags.kept)];
    // A suite has many sandboxes, and most are deleted when it ends.
    const isOfAll = flags.sandbox === undefined && sandbox.name === 'default';
    const listed = await (isOfAll ? emulator.evidence() : sandbox.evidence());
    return { ...listed, evidence: withKept(listed.evidence, kept) };
  },
  show: ({ evidence: relied }) => {
    const rows = relied.map(({ level, count, provider, operation, status, source }) => [
      ...[level, String(count), `${provider}.${operation}`, String(status), source],
    ]);
    return renderTable([['LEVEL', 'COUNT', 'OPERATION', 'STATUS', 'SOURCE'], ...rows]);
  },
});
