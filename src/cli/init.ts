import { copyFileSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { toBundledUrl } from '../core/values/bundled-file.ts';
import { NotVerified } from './report.ts';
import { defineVerb } from './verb.ts';

const TEMPLATE = toBundledUrl('examples/init/');
const FILES = ['world.yaml', 'credits-emulator.config.yaml', 'credits.test.mjs'];

const NEXT = `
Next:
  npm install --save-dev credits-emulator
  node --test                 run the test
  npx credits-emulator        run the emulator with the world
`;

export const init = defineVerb({
  name: 'init',
  describe: 'Create a fixture, config and test',
  words: { folder: { default: '.', describe: 'Folder, created if missing; no file is overwritten' } },
  flags: { json: { type: 'boolean', describe: 'Print JSON' } },
  examples: ['$0 init'],
  run: ({ folder, json }) => {
    const taken = FILES.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (taken !== undefined) throw new NotVerified(`${taken} exists already. Nothing was written.`);
    write(folder);
    process.stdout.write(
      json ? `${JSON.stringify({ folder, written: FILES })}\n` : `Written: ${FILES.join(', ')}\n${NEXT}`,
    );
  },
});

function write(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of FILES) copyFileSync(new URL(name, TEMPLATE), join(folder, name), constants.COPYFILE_EXCL);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    throw new NotVerified(`Nothing can be written to ${folder} (${code}).`);
  }
}
