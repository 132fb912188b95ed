import { writeFile } from 'node:fs/promises';

import { SETTINGS } from '../config/setting-values.ts';
import { toMessage } from '../core/values/message.ts';
import { defineClientVerb } from './client.ts';
import { NotVerified, report } from './report.ts';
import { defineVerb, type VerbGroup } from './verb.ts';

export const bundle: VerbGroup = {
  name: 'bundle',
  describe: 'Save or replay a run',
  verbs: [
    defineClientVerb({
      name: 'save',
      describe: 'Save the run of a sandbox to a file for replay',
      words: { file: { isRequired: true } },
      flags: { redact: { type: 'boolean', describe: 'Leave secrets out; the file then cannot be replayed' } },
      examples: ['$0 bundle save failure.json --sandbox checkout'],
      ask: async (sandbox, { file, redact = false }) => {
        const saved = await sandbox.bundle({ redact });
        await writeFile(file, `${JSON.stringify(saved)}\n`).catch((error: unknown) => {
          throw new NotVerified(`${file} cannot be written: ${toMessage(error)}`);
        });
        return { file };
      },
    }),
    defineVerb({
      name: 'run',
      describe: 'Replay bundles, each against its own emulator, and compare the responses',
      words: { files: { isList: true, isRequired: true } },
      flags: {
        provider: { isRepeated: true, describe: SETTINGS.provider.describe },
        json: { type: 'boolean', describe: 'Print JSON' },
      },
      examples: ['$0 bundle run failure.json'],
      run: async ({ files, provider, json = false }) => {
        const { runBundle } = await import('./bundle-run.ts');
        let code = 0;
        for (const file of files) {
          try {
            await runBundle(file, [provider ?? []].flat(), json);
          } catch (error) {
            // The other bundles are replayed all the same.
            code = Math.max(code, report(error));
          }
        }
        process.exitCode = code;
      },
    }),
  ],
  examples: ['$0 bundle save failure.json'],
};
