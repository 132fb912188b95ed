import { SETTINGS } from '../config/setting-values.ts';
import { defineClientVerb } from './client.ts';
import { UsageError } from './report.ts';
import { CONFIG } from './start-flags.ts';
import { renderTable } from './table.ts';
import { defineVerb, type VerbGroup } from './verb.ts';

export const fixtures: VerbGroup = {
  name: 'fixtures',
  describe: 'List, load or generate fixtures',
  verbs: [
    defineClientVerb({
      name: 'list',
      isDefault: true,
      describe: 'List worlds, with the fault rules of each',
      examples: ['$0 fixtures list --json'],
      ask: (sandbox) => sandbox.fixtures.list(),
      show: ({ fixtures: listed }) => {
        const rows = listed.map(({ name, providers, faults }) => [
          name,
          providers.join(', '),
          faults.map(({ id, effect }) => `${id ?? ''} ${JSON.stringify(effect)}`).join(', '),
        ]);
        return renderTable([['NAME', 'HOLDS', 'FAULTS'], ...rows]);
      },
    }),
    defineClientVerb({
      name: 'load',
      describe: 'Load worlds, or a file, into a sandbox',
      words: { fixture: { isList: true, isRequired: true } },
      flags: { replace: { type: 'boolean', describe: 'Make them the seed of the sandbox' } },
      examples: ['$0 fixtures load lost-answers --sandbox checkout', '$0 fixtures load default mine.yaml --replace'],
      ask: async (sandbox, { fixture: loaded, replace = false }) => {
        const { isFile } = await import('../fixtures/worlds.ts');
        const [file, ...others] = loaded.filter(isFile);
        if (others.length > 0 || (file !== undefined && loaded.at(-1) !== file)) {
          throw new UsageError('Pass at most one file, after the world names.');
        }
        const names = loaded.filter((word) => !isFile(word));
        const data = file === undefined ? undefined : await readData(file);
        await sandbox.fixtures.load({ ...(names.length > 0 && { names }), ...(data && { data }), replace });
        return { loaded };
      },
    }),
    defineVerb({
      name: 'generate',
      describe: 'Generate a fixture of any size, as JSON: PROVIDER.LIST=COUNT',
      words: { size: { isList: true, isRequired: true } },
      flags: {
        out: { describe: 'File, which must end in .json [standard output]' },
        force: { type: 'boolean', describe: 'Overwrite the file if it exists' },
        'random-seed': { type: 'integer', default: 1, describe: 'Seed for all random values' },
        config: CONFIG,
        provider: { isRepeated: true, describe: SETTINGS.provider.describe },
        json: { type: 'boolean', describe: 'Print what was generated as JSON; needs --out' },
      },
      examples: ['$0 fixtures generate klaim.users=1000 --out big.json'],
      run: async ({ size, out, force = false, 'random-seed': randomSeed, config, provider, json }) => {
        if (out !== undefined && !out.endsWith('.json')) throw new UsageError('--out must end in .json.');
        if (json && out === undefined)
          throw new UsageError('--json needs --out: standard output is the fixture itself.');
        const { writeGenerated } = await import('./generating.ts');
        const counts = await writeGenerated(size, { config, provider }, { out, force, randomSeed });
        if (json) process.stdout.write(`${JSON.stringify({ out, ...counts })}\n`);
      },
    }),
  ],
  examples: ['$0 fixtures load lost-answers'],
};

/** Reads a file on this machine; the emulator may run on another one. */
export async function readData(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { readFileSource } = await import('../fixtures/source.ts');
  const { content } = await readFileSource(file);
  if (typeof content === 'object' && content !== null) return { ...content };
  throw new UsageError(`"${file}" is not a fixture: it holds no mapping.`);
}
