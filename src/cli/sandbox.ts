import type { Connection, SandboxDescription, SandboxOptions } from '../client.ts';
import { defineClientVerb } from './client.ts';
import { readData } from './fixtures.ts';
import { renderTable } from './table.ts';
import type { Inputs, Values, VerbGroup } from './verb.ts';

const words = { name: { isRequired: true, isFilled: true, describe: 'Name of the sandbox' } } as const;

/** What a new sandbox can have of its own. */
const terms = {
  clock: { describe: 'Freeze its clock at this instant: RFC 3339' },
  'random-seed': { type: 'integer', describe: 'Seed for ids and all random values' },
  ttl: { describe: 'Delete it after this much real time, or as soon as it is idle then: ISO 8601, or milliseconds' },
  listen: { type: 'boolean', describe: 'Open ports for this sandbox alone, and print them' },
} as const satisfies Inputs;

export const sandbox: VerbGroup = {
  name: 'sandbox',
  describe: 'List, create, fork or delete sandboxes',
  verbs: [
    defineClientVerb({
      name: 'list',
      describe: 'List all sandboxes',
      examples: ['$0 sandbox list'],
      ask: (_, __, { sandboxes }) => sandboxes.list(),
      show: ({ sandboxes }) =>
        renderTable([['NAME', 'CLOCK', 'REQUESTS', 'STREAMS', 'SNAPSHOTS'], ...sandboxes.map(toRow)]),
    }),
    defineClientVerb({
      name: 'create',
      describe: 'Create a sandbox from fixtures, replacing any of that name',
      words,
      flags: {
        ...terms,
        fixtures: {
          isList: true,
          describe: 'World or file; can be repeated, and later ones override earlier ones [those of the start]',
        },
      },
      examples: [
        '$0 sandbox create checkout --clock 2026-01-01T00:00:00Z',
        '$0 sandbox create checkout --fixtures default --fixtures mine.yaml',
      ],
      ask: async (_, given, emulator) => {
        const { isFile } = await import('../fixtures/worlds.ts');
        const written = (given.fixtures ?? []).flatMap((one) => one.split(',')).filter((one) => one !== '');
        const fixtures = await Promise.all(written.map(async (one) => (isFile(one) ? await readData(one) : one)));
        return put(emulator, given, { ...(fixtures.length > 0 && { fixtures }) });
      },
      show: showUrls,
    }),
    defineClientVerb({
      name: 'fork',
      describe: 'Create a sandbox as a copy of another one, replacing any of that name',
      words,
      flags: {
        ...terms,
        from: { isRequired: true, describe: 'The sandbox to copy' },
        snapshot: { describe: 'A snapshot of it to copy instead [its current state]' },
      },
      examples: ['$0 sandbox fork checkout-2 --from checkout --snapshot before'],
      ask: (_, given, emulator) => {
        const { from, snapshot } = given;
        return put(emulator, given, { from: { sandbox: from, ...(snapshot !== undefined && { snapshot }) } });
      },
      show: showUrls,
    }),
    defineClientVerb({
      name: 'delete',
      describe: 'Delete a sandbox, its data and its streams',
      words,
      examples: ['$0 sandbox delete checkout'],
      ask: async (_, { name: deleted }, { sandboxes }) => {
        await sandboxes.delete(deleted);
        return { deleted };
      },
    }),
  ],
  examples: ['$0 sandbox create checkout'],
};

function toRow({ name, clock, requests, streams, snapshots }: SandboxDescription): readonly string[] {
  const time = `${clock.now} ${clock.frozen ? 'frozen' : 'running'}`;
  return [name, time, String(requests), String(streams), snapshots.join(', ')];
}

function showUrls({ urls }: SandboxDescription, { listen }: { readonly listen: boolean | undefined }): string {
  return listen ? renderTable(Object.entries(urls)) : '';
}

function put(
  { sandboxes }: Connection,
  { name, clock, 'random-seed': randomSeed, ttl, listen = false }: Values<typeof words & typeof terms>,
  origin: Pick<SandboxOptions, 'from' | 'fixtures'>,
): Promise<SandboxDescription> {
  return sandboxes.create(name, {
    ...origin,
    ...(clock !== undefined && { clock }),
    ...(randomSeed !== undefined && { randomSeed }),
    ...(ttl !== undefined && { ttl }),
    ...(listen && { listen }),
  });
}

export const reset = defineClientVerb({
  name: 'reset',
  describe: 'Reset a sandbox to its seed',
  examples: ['$0 reset --sandbox checkout'],
  ask: async (one, flags) => {
    await one.reset();
    return { reset: flags.sandbox ?? 'default' };
  },
});

export const rewind = defineClientVerb({
  name: 'rewind',
  describe: 'Copy a sandbox as before an exchange',
  words: { id: { isRequired: true, describe: 'X-Emulator-Request-Id of the exchange' } },
  examples: [['$0 rewind default-7', 'creates default.before-default-7']],
  ask: async (one, { id }) => ({ sandbox: await one.rewind(id) }),
  show: ({ sandbox: created }) => `${created}\n`,
});
