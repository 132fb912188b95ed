import { writeFile } from 'node:fs/promises';

import type { Argv, CommandModule } from 'yargs';

import { toMessage } from '../core/values/message.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { NotVerified, report } from './report.ts';
import { defineVerbGroup } from './verb-group.ts';

type SaveFlags = ClientFlags & { readonly file: string; readonly redact: boolean };

const save: CommandModule<object, SaveFlags> = {
  command: 'save <file>',
  describe: 'Write what a sandbox did to a file, so that it can be played again',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<SaveFlags>)
      .positional('file', { type: 'string', demandOption: true })
      .option('redact', { type: 'boolean', default: false, describe: 'Without secrets, and then not to be played' })
      .example('$0 bundle save failure.json --sandbox checkout', ''),
  handler: async (flags) => {
    const { file, redact, json } = flags;
    const bundle = await withSandbox(flags, (sandbox) => sandbox.bundle({ redact }));
    await writeFile(file, `${JSON.stringify(bundle)}\n`).catch((error: unknown) => {
      throw new NotVerified(`${file} cannot be written: ${toMessage(error)}`);
    });
    if (json) process.stdout.write(`${JSON.stringify({ file })}\n`);
  },
};

interface RunFlags {
  readonly files: readonly string[];
  readonly provider?: string | readonly string[] | undefined;
  readonly json: boolean;
}

const run: CommandModule<object, RunFlags> = {
  command: 'run <files..>',
  describe: 'Play bundles, each against a fresh emulator, and compare what clients see',
  builder: (yargs) =>
    (yargs as Argv<RunFlags>)
      .positional('files', { type: 'string', array: true, demandOption: true })
      .option('provider', { type: 'string', requiresArg: true, describe: 'A file with a provider of your own' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 bundle run failure.json', ''),
  handler: async ({ files, provider, json }) => {
    const { runBundle } = await import('./bundle-run.ts');
    let code = 0;
    for (const file of files) {
      try {
        await runBundle(file, [provider ?? []].flat(), json);
      } catch (error) {
        // The others are played all the same.
        code = Math.max(code, report(error));
      }
    }
    process.exitCode = code;
  },
};

export const bundle = defineVerbGroup({
  name: 'bundle',
  describe: 'Save what a sandbox did, and play it again',
  verbs: [save, run],
  example: '$0 bundle save failure.json',
});
