import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { runCommand } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';
import { prints, refuses } from './outcome.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = ['credits-emulator.config.yaml', 'credits.test.mjs', 'world.yaml'];
const WRITTEN = `Written: world.yaml, credits-emulator.config.yaml, credits.test.mjs

Next:
  npm install --save-dev credits-emulator
  node --test                 run the test
  npx credits-emulator        run the emulator with the world
`;

describe('init', () => {
  it('writes a world, a config and a test that passes, and prints the next steps', async () => {
    const cwd = createFolder();
    expect(await runCommand(['init'], { cwd })).toEqual(prints(WRITTEN));
    expect(readdirSync(cwd).sort()).toEqual(FILES);
    // As an installation does.
    mkdirSync(join(cwd, 'node_modules'));
    symlinkSync(ROOT, join(cwd, 'node_modules', 'credits-emulator'), 'junction');
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap'], {
      cwd,
      // The test runner marks the processes that it starts.
      env: { PATH: process.env['PATH'] },
    });
    expect(stdout).toMatch(/^# pass 2$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(await callCommand(['validate', 'world.yaml'], { cwd })).toEqual(
      prints('All is well: 1 file, 5 providers.\n'),
    );
  });

  it('creates the folder that is named', async () => {
    const cwd = createFolder();
    expect(await callCommand(['init', 'a/b', '--json'], { cwd })).toEqual(
      prints('{"folder":"a/b","written":["world.yaml","credits-emulator.config.yaml","credits.test.mjs"]}\n'),
    );
    expect(readdirSync(join(cwd, 'a/b')).sort()).toEqual(FILES);
  });

  it.each(FILES)('writes nothing if %s exists', async (name) => {
    const cwd = createFolder({ [name]: 'mine' });
    expect(await callCommand(['init'], { cwd })).toEqual(refuses(`${name} exists already. Nothing was written.\n`, 1));
    expect([readdirSync(cwd), readFileSync(join(cwd, name), 'utf8')]).toEqual([[name], 'mine']);
  });

  it('says why nothing can be written', async () => {
    const cwd = createFolder();
    writeFileSync(join(cwd, 'file'), '');
    expect(await callCommand(['init', 'file'], { cwd })).toEqual(
      refuses('Nothing can be written to file (EEXIST).\n', 1),
    );
  });
});
