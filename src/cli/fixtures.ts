import type { Argv, CommandModule } from 'yargs';

import { SETTINGS } from '../config/setting-values.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { UsageError } from './report.ts';
import { renderTable } from './table.ts';

const list: CommandModule<object, ClientFlags> = {
  command: ['list', '$0'],
  describe: 'List what may be loaded by name, and the rules that each brings',
  builder: (yargs) => clientFlags(yargs).example('$0 fixtures list --json', ''),
  handler: async (flags) => {
    const listed = await withSandbox(flags, (sandbox) => sandbox.fixtures.list());
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(listed)}\n`);
      return;
    }
    const rows = listed.fixtures.map(({ name, providers, faults }) => [
      name,
      providers.join(', '),
      faults.map(({ id, effect }) => `${id ?? ''} ${JSON.stringify(effect)}`).join(', '),
    ]);
    process.stdout.write(renderTable([['NAME', 'HOLDS', 'FAULTS'], ...rows]));
  },
};

type LoadFlags = ClientFlags & { readonly fixture: readonly string[]; readonly replace: boolean };

const load: CommandModule<object, LoadFlags> = {
  command: 'load <fixture..>',
  describe: 'Load worlds by name, or a file, into a sandbox',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<LoadFlags>)
      .positional('fixture', { type: 'string', array: true, demandOption: true })
      .option('replace', { type: 'boolean', default: false, describe: 'Make them the seed of the sandbox' })
      .example('$0 fixtures load lost-answers --sandbox checkout', '')
      .example('$0 fixtures load default mine.yaml --replace', ''),
  handler: async (flags) => {
    const words = flags.fixture.map(String);
    const { isFile } = await import('../fixtures/worlds.ts');
    const [file, ...others] = words.filter(isFile);
    if (others.length > 0 || (file !== undefined && words.at(-1) !== file)) {
      throw new UsageError('One file can be loaded at once, and it comes behind the names.');
    }
    const names = words.filter((word) => !isFile(word));
    const data = file === undefined ? undefined : await readData(file);
    const body = { ...(names.length > 0 && { names }), ...(data && { data }), replace: flags.replace };
    await withSandbox(flags, (sandbox) => sandbox.fixtures.load(body));
    if (flags.json) process.stdout.write(`${JSON.stringify({ loaded: words })}\n`);
  },
};

/** Of a file that lies here, and not where the emulator runs. */
export async function readData(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { readFileSource } = await import('../fixtures/source.ts');
  const { content } = await readFileSource(file);
  if (typeof content === 'object' && content !== null) return { ...content };
  throw new UsageError(`"${file}" is no fixture: it holds no mapping.`);
}

interface GenerateFlags {
  readonly size: readonly string[];
  readonly out?: string | undefined;
  readonly force: boolean;
  readonly 'random-seed': number;
  readonly config?: string | undefined;
  readonly provider?: string | readonly string[] | undefined;
  readonly json: boolean;
}

const generate: CommandModule<object, GenerateFlags> = {
  command: 'generate <size..>',
  describe: 'Make up a fixture of any size, as JSON: PROVIDER.LIST=COUNT',
  builder: (yargs) =>
    (yargs as Argv<GenerateFlags>)
      .positional('size', { type: 'string', array: true, demandOption: true })
      .option('out', { type: 'string', requiresArg: true, describe: 'File, which ends in .json [standard output]' })
      .option('force', { type: 'boolean', default: false, describe: 'Write over a file that is there' })
      .option('random-seed', { type: 'number', default: 1, requiresArg: true, describe: 'What all chance is made of' })
      .option('config', { type: 'string', requiresArg: true, describe: 'File with settings' })
      .option('provider', { type: 'string', requiresArg: true, describe: SETTINGS.provider.describe })
      .option('json', { type: 'boolean', default: false, describe: 'Say what was made as JSON; needs --out' })
      .example('$0 fixtures generate klaim.users=1000 --out big.json', ''),
  handler: async ({ size, out, force, 'random-seed': randomSeed, config, provider, json }) => {
    if (!Number.isSafeInteger(randomSeed)) throw new UsageError('--random-seed must be a whole number.');
    if (out !== undefined && !out.endsWith('.json')) throw new UsageError('--out must end in .json: JSON is made.');
    if (json && out === undefined) throw new UsageError('--json needs --out: standard output is the fixture itself.');
    const { writeGenerated } = await import('./generating.ts');
    const counts = await writeGenerated(size.map(String), { config, provider }, { out, force, randomSeed });
    if (json) process.stdout.write(`${JSON.stringify({ out, ...counts })}\n`);
  },
};

export const fixtures: CommandModule = {
  command: 'fixtures',
  describe: 'List fixtures, load them, and make them up',
  builder: (yargs) => yargs.command(list).command(load).command(generate),
  handler: () => undefined,
};
