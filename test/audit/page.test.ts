import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { RULE_NAMES } from '../../src/audit/finding.ts';
import { RULES } from '../../src/audit/rules/index.ts';
import { callCommand } from '../support/command-in-process.ts';
import { Stage } from './zoo/stage.ts';

const PAGE = readFileSync('docs/proof.md', 'utf8');
/** The URL that the page shows. */
const SHARED = 'http://127.0.0.1:4620';

/** A client of the page: the commands before it, its script, and what the audit prints. */
interface Mistake {
  readonly rule: string;
  readonly commands: readonly string[];
  readonly script: string;
  readonly printed: string;
}

const [, PART = ''] = PAGE.split('\n## An example of each finding\n');
const [OPENING = '', ...SECTIONS] = (PART.split('\n## ')[0] ?? '').split('\n### ');

const MISTAKES: readonly Mistake[] = SECTIONS.map((section) => ({
  rule: /^`(.*)`/.exec(section)?.[1] ?? '',
  commands: findBlock(section, 'sh').split('\n').filter(Boolean),
  script: findBlock(section, 'js'),
  printed: findBlock(section, 'text'),
}));

function findBlock(text: string, language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(text)?.[1] ?? '';
}

/** The clients of the page had really waited. */
const toPrinted = (text: string): string => text.replaceAll(/sent after [\d.]+ s/g, 'sent after some time');

// A script is a module. Its only import is replaced, so that no test waits.
const SHARED_LINES = findBlock(OPENING, 'js').replace(/^import .*\n/, '');
const { constructor: AsyncFunction } = Object.getPrototypeOf(async () => await Promise.resolve()) as {
  readonly constructor: new (...words: readonly string[]) => (...values: readonly unknown[]) => Promise<void>;
};

it('docs/proof.md and docs/audit.md list every rule', () => {
  const audit = readFileSync('docs/audit.md', 'utf8');
  expect(audit).toContain(MISTAKES.find(({ rule }) => rule === 'double-effect')?.printed);
  const rows = [...audit.matchAll(/^\| \[`([a-z-]+)`\]\(proof\.md#\1\)/gm)];
  const names = [...RULE_NAMES].sort();
  expect(MISTAKES.map(({ rule }) => rule).sort()).toEqual(names);
  expect(rows.map(([, name]) => name).sort()).toEqual(names);
  expect(RULES.map(({ name }) => name).sort()).toEqual(names);
});

describe('docs/proof.md', () => {
  const stage = new Stage();

  it.each(MISTAKES)('shows what the audit prints about $rule', async ({ commands, script, printed }) => {
    const { url } = stage.emulator;
    const sandbox = stage.emulator.sandbox();
    await sandbox.reset();
    await sandbox.audit.clear();
    for (const command of commands) {
      const [, ...words] = command.split(' ');
      expect(await callCommand([...words, '--url', url])).toMatchObject({ stderr: '', code: 0 });
    }
    const scene = await stage.open();
    const sleep = async (milliseconds: number): Promise<void> => {
      scene.skip(milliseconds);
      await sandbox.clock.advance(milliseconds);
    };
    const client = new AsyncFunction('process', 'sleep', `${SHARED_LINES}\n${script}`);
    await client({ env: await sandbox.env() }, sleep);
    const { stdout } = await callCommand(['audit', '--url', url]);
    expect(toPrinted(stdout.replaceAll(url, SHARED))).toBe(toPrinted(printed));
  });
});
