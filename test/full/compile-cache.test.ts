import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildSync } from 'esbuild';
import { expect, it } from 'vitest';

import { runCommand, startCommand, type Outcome } from '../support/command.ts';
import { createFolder } from '../support/folder.ts';

const BUNDLE = `((require, module, url) => {
  const { basename } = require('node:path');
  module.exports = { name: basename(url) };
})`;
const RUN = `import { runCompiled } from './compiled.mjs';
const [, , code] = process.argv;
const { name } = runCompiled({ file: process.cwd() + '/bundle.cjs', cache: process.cwd() + '/kept/code' });
process.stdout.write(name);
if (code === 'long') setInterval(() => {}, 1000);
else process.exitCode = Number(code);
`;
const LONG_AGO = new Date('2001-01-01T00:00:00Z');

/** A folder with a bundle, and what runs it. */
function setUp(): {
  readonly toPath: (name: string) => string;
  readonly run: (...words: string[]) => Promise<Outcome>;
} {
  const folder = createFolder();
  const toPath = (name: string): string => join(folder, name);
  writeFileSync(toPath('bundle.cjs'), BUNDLE);
  writeFileSync(toPath('run.mjs'), RUN);
  buildSync({
    entryPoints: ['src/cli/compile-cache.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: toPath('compiled.mjs'),
  });
  return {
    toPath,
    run: (...words) => runCommand([toPath('run.mjs'), ...words], { program: process.execPath, cwd: folder }),
  };
}

const RIGHT: Outcome = { stdout: 'bundle.cjs', stderr: '', code: 0 };

it('keeps what was compiled when a process ends well, and the next one takes it', async () => {
  const { toPath, run } = setUp();
  expect(await run('0')).toEqual(RIGHT);
  utimesSync(toPath('kept/code'), LONG_AGO, LONG_AGO);
  expect(await run('0')).toEqual(RIGHT);
  expect(statSync(toPath('kept/code')).mtime).toEqual(LONG_AGO);
  expect(readdirSync(toPath('kept'))).toEqual(['code']);
});

it('makes anew what is of another bundle, or is damaged', async () => {
  const { toPath, run } = setUp();
  await run('0');
  for (const damaged of [Buffer.alloc(0), Buffer.from('damaged'), readFileSync(toPath('kept/code')).fill(0)]) {
    writeFileSync(toPath('kept/code'), damaged);
    expect(await run('0')).toEqual(RIGHT);
    utimesSync(toPath('kept/code'), LONG_AGO, LONG_AGO);
    await run('0');
    expect(statSync(toPath('kept/code')).mtime).toEqual(LONG_AGO);
  }
  writeFileSync(toPath('bundle.cjs'), BUNDLE.replace('basename(url)', '"other.cjs"'));
  expect(await run('0')).toEqual({ ...RIGHT, stdout: 'other.cjs' });
  expect(statSync(toPath('kept/code')).mtime).not.toEqual(LONG_AGO);
});

it('keeps nothing of a process that fails', async () => {
  const { toPath, run } = setUp();
  expect(await run('1')).toEqual({ ...RIGHT, code: 1 });
  expect(existsSync(toPath('kept'))).toBe(false);
});

it('does without where nothing can be written', async () => {
  const { toPath, run } = setUp();
  writeFileSync(toPath('kept'), '');
  expect(await run('0')).toEqual(RIGHT);
});

it('keeps it while a process runs on, from when it has run for some seconds', async () => {
  const { toPath } = setUp();
  const { child } = startCommand([toPath('run.mjs'), 'long'], { program: process.execPath, cwd: toPath('') });
  await expect.poll(() => existsSync(toPath('kept/code'))).toBe(true);
  expect(child.exitCode).toBeNull();
});
