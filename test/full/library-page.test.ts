import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { createFolder } from '../support/folder.ts';
import { install } from '../support/installed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** The blocks of a language in a page, or in one part of it. */
function readBlocks(file: string, language: string, part = ''): string {
  const page = readFileSync(join(ROOT, file), 'utf8');
  const from = page.slice(Math.max(page.indexOf(part), 0));
  const text = part === '' ? from : from.slice(0, from.indexOf('\n## ', 1));
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))]
    .map(([, block = '']) => block)
    .join('\n');
}

/** A file beside an installed package. */
function createProject(name: string, text: string): string {
  const folder = createFolder({
    [name]: text,
    'package.json': '{"type":"module"}',
    // What is linked is no installed package to vitest, which looks into CommonJS libraries for it then.
    'vitest.config.js':
      'export default { test: { deps: { interopDefault: false }, testTimeout: 300_000, hookTimeout: 300_000 } };',
  });
  install(folder, 'vitest');
  return folder;
}

it.each(['docs/library.md', 'docs/time.md', 'docs/verification.md'])('the script of %s runs', async (file) => {
  const text = readBlocks(file, 'js');
  expect(text).toContain('createEmulator');
  const cwd = createProject('page.mjs', text);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['page.mjs'], { cwd });
  expect([stdout, stderr]).toEqual(['', '']);
});

it('the test of the first screen of README.md passes', async () => {
  const cwd = createProject('page.test.mjs', readBlocks('README.md', 'js', '## A test in five minutes'));
  const words = ['--test', '--test-reporter=tap'];
  // The runner of this test would have it report to it.
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd, env: { PATH: process.env['PATH'] } });
  expect(stdout).toMatch(/^# pass 1\n# fail 0$/m);
});

it('the tests of docs/library.md pass', async () => {
  const cwd = createProject('credits.test.ts', readBlocks('docs/library.md', 'ts'));
  const { stdout } = await promisify(execFile)(process.execPath, [VITEST, 'run', '--reporter', 'default'], {
    cwd,
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  });
  expect(stdout).toContain('Tests  2 passed (2)');
});
