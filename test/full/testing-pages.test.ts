import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { createFolder } from '../support/folder.ts';
import { packInto } from '../support/packed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

/** Where the packed package lies, and its file, which stands for the package of the registry. */
let packed = '';
let tarball = '';

beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), 'credits-emulator-'));
  ({ tarball } = await packInto(packed));
});

afterAll(() => {
  rmSync(packed, { recursive: true, force: true });
});

interface Block {
  readonly language: string;
  readonly text: string;
}

/** All blocks of a page, or of one part of it, in their order. */
function readBlocks(file: string, part = ''): readonly Block[] {
  const page = readFileSync(join(ROOT, file), 'utf8');
  const from = page.slice(page.indexOf(part));
  const text = part === '' ? from : from.slice(0, from.indexOf('\n## ', 1));
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));
}

/** Writes files, each named by its first line, and runs commands, as somebody would who follows the page in an empty folder. */
async function follow(blocks: readonly Block[]): Promise<void> {
  const cwd = createFolder({ 'package.json': '{"private":true}' });
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
  for (const { language, text } of blocks) {
    const [, name] = /^(?:\/\/|#) (\S+)\n/.exec(text) ?? [];
    if (language !== 'sh') {
      expect(name, text).toBeDefined();
      writeFileSync(join(cwd, name ?? ''), text);
      continue;
    }
    const here = text.replaceAll(/^npm install --save-dev credits-emulator$/gm, `npm install --save-dev '${tarball}'`);
    const { code, stdout, stderr } = await execute('bash', ['-euc', here], { cwd, env }).then(
      (ended) => ({ code: 0, ...ended }),
      (error: unknown) => error as { readonly code: number; readonly stdout: string; readonly stderr: string },
    );
    expect(code, `${text}${stdout}${stderr}`).toBe(0);
  }
}

const WITHOUT_PYTEST = 'Left out: there is no pytest here (python3 -m pytest).';

it.each([
  ['the first screen of README.md', 'README.md', '## A test in five minutes', 3],
  ['docs/testing-node.md', 'docs/testing-node.md', '', 18],
])('all of %s runs', async (_, file, part, count) => {
  const blocks = readBlocks(file, part);
  expect(blocks).toHaveLength(count);
  await follow(blocks);
});

it('all of docs/testing-python.md runs', async ({ skip }) => {
  const found = await execute('python3', ['-m', 'pytest', '--version']).catch(() => undefined);
  if (!found) return skip(WITHOUT_PYTEST);
  const blocks = readBlocks('docs/testing-python.md');
  expect(blocks).toHaveLength(7);
  await follow(blocks);
});
