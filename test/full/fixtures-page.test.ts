import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { callCommand } from '../support/command-in-process.ts';
import { startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { install } from '../support/installed.ts';

const PAGE = readFileSync(new URL('../../docs/fixtures.md', import.meta.url), 'utf8');
const PREFIX = 'npx credits-emulator ';

function readBlocks(language: string): readonly string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);
}

/** The page's own files, each named by its first line, as they would lie beside an installed package. */
function createProject(): string {
  const files = readBlocks('yaml').map((text): [string, string] => [/^# (\S+)\n/.exec(text)?.[1] ?? '', text]);
  const folder = createFolder({ ...Object.fromEntries(files), 'page.mjs': readBlocks('js').join('\n') });
  install(folder);
  return folder;
}

it('every command of docs/fixtures.md runs', async () => {
  const { url } = await startEmulator({ providers: ['klaim'] });
  const cwd = createProject();
  const lines = readBlocks('sh').flatMap((text) => text.split('\n').filter((line) => line.startsWith(PREFIX)));
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    const words = line.slice(PREFIX.length).split(' ');
    const { stderr, code } = await callCommand(words, { cwd, env: { CREDITS_EMULATOR_URL: url } });
    expect([line, stderr, code]).toEqual([line, '', 0]);
  }
});

it('the script of docs/fixtures.md runs', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['page.mjs'], { cwd: createProject() });
  expect([stdout, stderr]).toEqual(['', '']);
});
