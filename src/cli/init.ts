import { copyFileSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { CommandModule } from 'yargs';

import { toBundledUrl } from '../core/values/bundled-file.ts';
import { NotVerified } from './report.ts';

const TEMPLATE = toBundledUrl('examples/init/');
const FILES = ['world.yaml', 'credits-emulator.config.yaml', 'credits.test.mjs'];

const NEXT = `
Next:
  npm install --save-dev credits-emulator
  node --test                 run the test
  npx credits-emulator        run the emulator with the world
`;

interface InitFlags {
  readonly folder: string;
  readonly json: boolean;
}

export const init: CommandModule<object, InitFlags> = {
  command: 'init [folder]',
  describe: 'Write a small world, a config and an example test, never over a file',
  builder: (yargs) =>
    yargs
      .positional('folder', { type: 'string', default: '.', describe: 'Made if it is not there' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 init', ''),
  handler: ({ folder, json }) => {
    const taken = FILES.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (taken !== undefined) throw new NotVerified(`${taken} is there already. Nothing was written.`);
    write(folder);
    process.stdout.write(
      json ? `${JSON.stringify({ folder, written: FILES })}\n` : `Written: ${FILES.join(', ')}\n${NEXT}`,
    );
  },
};

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
