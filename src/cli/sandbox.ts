import type { Argv, CommandModule } from 'yargs';

import type { SandboxOptions } from '../client.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { readData } from './fixtures.ts';
import { UsageError } from './report.ts';
import { renderTable } from './table.ts';
import { defineVerbGroup } from './verb-group.ts';

type NameFlags = ClientFlags & { readonly name: string };

/** What a new one has of its own. */
type TermFlags = NameFlags & {
  readonly clock?: string | undefined;
  readonly 'random-seed'?: number | undefined;
  readonly ttl?: string | undefined;
  readonly listen: boolean;
};

type CreateFlags = TermFlags & { readonly fixtures?: readonly string[] | undefined };
type ForkFlags = TermFlags & { readonly from: string; readonly snapshot?: string | undefined };

const list: CommandModule<object, ClientFlags> = {
  command: 'list',
  describe: 'List all sandboxes',
  builder: (yargs) => clientFlags(yargs).example('$0 sandbox list', ''),
  handler: async (flags) => {
    const found = await withSandbox(flags, (_, emulator) => emulator.sandboxes.list());
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(found)}\n`);
      return;
    }
    const rows = found.sandboxes.map(({ name, clock, requests, streams, snapshots }) => {
      const time = `${clock.now} ${clock.frozen ? 'frozen' : 'running'}`;
      return [name, time, String(requests), String(streams), snapshots.join(', ')];
    });
    process.stdout.write(renderTable([['NAME', 'CLOCK', 'REQUESTS', 'STREAMS', 'SNAPSHOTS'], ...rows]));
  },
};

const create: CommandModule<object, CreateFlags> = {
  command: 'create <name>',
  describe: 'Make a sandbox, or make it anew, from fixtures',
  builder: (yargs) =>
    (termFlags(yargs) as Argv<CreateFlags>)
      .option('fixtures', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'World by name, or a file; later ones add to and override earlier ones [those of the start]',
      })
      .example('$0 sandbox create checkout --clock 2026-01-01T00:00:00Z', '')
      .example('$0 sandbox create checkout --fixtures default --fixtures mine.yaml', ''),
  handler: async (flags) => {
    const { isFile } = await import('../fixtures/worlds.ts');
    const written = (flags.fixtures ?? []).flatMap((one) => one.split(',')).filter((one) => one !== '');
    const fixtures = await Promise.all(written.map(async (one) => (isFile(one) ? await readData(one) : one)));
    await put(flags, { ...(fixtures.length > 0 && { fixtures }) });
  },
};

const fork: CommandModule<object, ForkFlags> = {
  command: 'fork <name>',
  describe: 'Make a sandbox, or make it anew, as another one is, or was',
  builder: (yargs) =>
    (termFlags(yargs) as Argv<ForkFlags>)
      .option('from', { type: 'string', demandOption: true, requiresArg: true, describe: 'The sandbox to begin as' })
      .option('snapshot', { type: 'string', requiresArg: true, describe: 'As it was then [as it is now]' })
      .example('$0 sandbox fork checkout-2 --from checkout --snapshot before', ''),
  handler: async (flags) => {
    const { from: sandbox, snapshot } = flags;
    await put(flags, { from: { sandbox, ...(snapshot !== undefined && { snapshot }) } });
  },
};

const remove: CommandModule<object, NameFlags> = {
  command: 'delete <name>',
  describe: 'Have a sandbox go with all that it is; its streams end',
  builder: (yargs) => named(yargs).example('$0 sandbox delete checkout', ''),
  handler: async (flags) => {
    await withSandbox(flags, (_, emulator) => emulator.sandboxes.delete(toName(flags)));
    if (flags.json) process.stdout.write(`${JSON.stringify({ deleted: flags.name })}\n`);
  },
};

function named(yargs: Argv): Argv<NameFlags> {
  return (clientFlags(yargs) as Argv<NameFlags>).positional('name', {
    type: 'string',
    demandOption: true,
    describe: 'Of the sandbox',
  });
}

function termFlags(yargs: Argv): Argv<TermFlags> {
  return (named(yargs) as Argv<TermFlags>)
    .option('clock', { type: 'string', requiresArg: true, describe: 'Freeze its clock there: RFC 3339' })
    .option('random-seed', { type: 'number', requiresArg: true, describe: 'What all chance in it is made of' })
    .option('ttl', {
      type: 'string',
      requiresArg: true,
      describe: 'Have it go after so long, unless it is in use: ISO 8601, or milliseconds',
    })
    .option('listen', { type: 'boolean', default: false, describe: 'Give it ports of its own, which are printed' });
}

function toName({ name }: NameFlags): string {
  if (name === '') throw new UsageError('The name of a sandbox is not empty.');
  return name;
}

async function put(flags: TermFlags, origin: Pick<SandboxOptions, 'from' | 'fixtures'>): Promise<void> {
  const { clock, 'random-seed': randomSeed, ttl, listen } = flags;
  if (randomSeed !== undefined && !Number.isSafeInteger(randomSeed)) {
    throw new UsageError('--random-seed must be a whole number.');
  }
  const options: SandboxOptions = {
    ...origin,
    ...(clock !== undefined && { clock }),
    ...(randomSeed !== undefined && { randomSeed }),
    ...(ttl !== undefined && { ttl }),
    ...(listen && { listen }),
  };
  const made = await withSandbox(flags, (_, emulator) => emulator.sandboxes.create(toName(flags), options));
  if (flags.json) process.stdout.write(`${JSON.stringify(made)}\n`);
  else if (listen) process.stdout.write(renderTable(Object.entries(made.urls)));
}

export const sandbox = defineVerbGroup({
  name: 'sandbox',
  describe: 'List, create, fork or delete sandboxes',
  verbs: [list, create, fork, remove],
  example: '$0 sandbox create checkout',
});
