import { SETTINGS } from '../config/setting-values.ts';
import type { Checked } from '../compose/validation.ts';
import { NotVerified } from './report.ts';
import { CONFIG } from './start-flags.ts';
import { defineVerb } from './verb.ts';

export const validate = defineVerb({
  name: 'validate',
  describe: 'Check fixtures, config and documents',
  words: {
    file: { isList: true, describe: 'Fixtures, each on its own [the configured ones, and all that the package holds]' },
  },
  flags: {
    config: CONFIG,
    provider: { isRepeated: true, describe: SETTINGS.provider.describe },
    json: { type: 'boolean', describe: 'Print JSON' },
  },
  examples: ['$0 validate my-fixture.yaml'],
  run: async ({ file = [], config, provider, json }) => {
    const [{ resolveFlags }, { validateInstallation }] = await Promise.all([
      import('./server.ts'),
      import('../compose/validation.ts'),
    ]);
    const { mistakes, checked } = await validateInstallation(() => resolveFlags({ config, provider }), file);
    if (json) process.stdout.write(`${JSON.stringify({ valid: mistakes.length === 0, mistakes, checked })}\n`);
    else if (mistakes.length === 0) process.stdout.write(`All is well: ${toWords(checked)}.\n`);
    if (mistakes.length > 0) throw new NotVerified(json ? '' : mistakes.join('\n'));
  },
});

/** Lists what was checked: `1 file, 5 worlds`. */
function toWords(checked: Checked): string {
  const { files, worlds, providers, documents } = checked;
  const counts = { file: files.length, world: worlds.length, provider: providers.length, document: documents.length };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}${count === 1 ? '' : 's'}`)
    .join(', ');
}
