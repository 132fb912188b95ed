import type { Argv, CommandModule } from 'yargs';

import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { UsageError } from './report.ts';
import { renderTable } from './table.ts';
import { defineVerbGroup } from './verb-group.ts';

type NameFlags = ClientFlags & { readonly name: string };

const list: CommandModule<object, ClientFlags> = {
  command: 'list',
  describe: 'List the snapshots of a sandbox',
  builder: (yargs) => clientFlags(yargs).example('$0 snapshot list --sandbox checkout', ''),
  handler: async (flags) => {
    const found = await withSandbox(flags, (sandbox) => sandbox.snapshots.list());
    const rows = found.snapshots.map(({ name, at }) => [name, at]);
    process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : renderTable([['NAME', 'AT'], ...rows]));
  },
};

const save: CommandModule<object, NameFlags> = {
  command: 'save <name>',
  describe: 'Keep what a sandbox is now under a name, in the place of what had it',
  builder: (yargs) => named(yargs).example('$0 snapshot save before --sandbox checkout', ''),
  handler: async (flags) => {
    const taken = await withSandbox(flags, (sandbox) => sandbox.snapshots.take(toName(flags)));
    if (flags.json) process.stdout.write(`${JSON.stringify(taken)}\n`);
  },
};

const restore: CommandModule<object, NameFlags> = {
  command: 'restore <name>',
  describe: 'Have a sandbox be what it was, as often as you like',
  builder: (yargs) => named(yargs).example('$0 snapshot restore before --sandbox checkout', ''),
  handler: async (flags) => {
    await withSandbox(flags, (sandbox) => sandbox.snapshots.restore(toName(flags)));
    if (flags.json) process.stdout.write(`${JSON.stringify({ restored: flags.name })}\n`);
  },
};

const remove: CommandModule<object, NameFlags> = {
  command: 'delete <name>',
  describe: 'Drop a snapshot of a sandbox',
  builder: (yargs) => named(yargs).example('$0 snapshot delete before --sandbox checkout', ''),
  handler: async (flags) => {
    await withSandbox(flags, (sandbox) => sandbox.snapshots.delete(toName(flags)));
    if (flags.json) process.stdout.write(`${JSON.stringify({ deleted: flags.name })}\n`);
  },
};

function named(yargs: Argv): Argv<NameFlags> {
  return (clientFlags(yargs) as Argv<NameFlags>).positional('name', {
    type: 'string',
    demandOption: true,
    describe: 'Of the snapshot',
  });
}

function toName({ name }: NameFlags): string {
  if (name === '') throw new UsageError('The name of a snapshot is not empty.');
  return name;
}

export const snapshot = defineVerbGroup({
  name: 'snapshot',
  describe: 'Save, restore, list or delete snapshots of a sandbox',
  verbs: [save, restore, list, remove],
  example: '$0 snapshot save before',
});
