import { defineClientVerb } from './client.ts';
import { renderTable } from './table.ts';
import type { VerbGroup } from './verb.ts';

const words = { name: { isRequired: true, isFilled: true, describe: 'Name of the snapshot' } } as const;

export const snapshot: VerbGroup = {
  name: 'snapshot',
  describe: 'Save, restore, list or delete snapshots',
  verbs: [
    defineClientVerb({
      name: 'save',
      describe: 'Save the state of a sandbox under a name, replacing an older snapshot of that name',
      words,
      examples: ['$0 snapshot save before --sandbox checkout'],
      ask: ({ snapshots }, { name }) => snapshots.take(name),
    }),
    defineClientVerb({
      name: 'restore',
      describe: 'Restore a snapshot; can be repeated',
      words,
      examples: ['$0 snapshot restore before --sandbox checkout'],
      ask: async ({ snapshots }, { name: restored }) => {
        await snapshots.restore(restored);
        return { restored };
      },
    }),
    defineClientVerb({
      name: 'list',
      describe: 'List the snapshots of a sandbox',
      examples: ['$0 snapshot list --sandbox checkout'],
      ask: ({ snapshots }) => snapshots.list(),
      show: ({ snapshots }) => renderTable([['NAME', 'AT'], ...snapshots.map(({ name, at }) => [name, at])]),
    }),
    defineClientVerb({
      name: 'delete',
      describe: 'Delete a snapshot of a sandbox',
      words,
      examples: ['$0 snapshot delete before --sandbox checkout'],
      ask: async ({ snapshots }, { name: deleted }) => {
        await snapshots.delete(deleted);
        return { deleted };
      },
    }),
  ],
  examples: ['$0 snapshot save before'],
};
