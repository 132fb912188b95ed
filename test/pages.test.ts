/** What the pages hold: links that lead somewhere, and commands that some test runs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { SETTINGS, toVariable } from '../src/config/setting-values.ts';

/** Every page that people are given. */
const PAGES = ['.', 'docs', 'examples', 'src/providers'].flatMap((folder) =>
  readdirSync(folder, { recursive: folder !== '.', encoding: 'utf8' })
    .filter((name) => (name.endsWith('.md') || name === 'llms.txt') && !name.includes('node_modules'))
    .map((name) => join(folder, name)),
);

const read = (page: string): string => readFileSync(page, 'utf8');

/** As the sites that show Markdown make them of headings. */
function listAnchors(page: string): readonly string[] {
  const headings = read(page)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('has links to files and headings that are there', () => {
  expect(PAGES).toContain('README.md');
  const dead = PAGES.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
      .filter(([, path = '', anchor]) => {
        const target = path === '' ? page : join(dirname(page), path);
        return !existsSync(target) || (anchor !== undefined && !listAnchors(target).includes(anchor));
      })
      .map(([link]) => `${page}: ${link}`),
  );
  expect(dead).toEqual([]);
});

it('leads from README to every page of docs', () => {
  const linked = new Set([...read('README.md').matchAll(/\]\((docs\/[^)#]+)/g)].map(([, path = '']) => path));
  expect(PAGES.filter((page) => page.startsWith('docs/') && !linked.has(page))).toEqual([]);
});

it('has every page of docs in llms.txt', () => {
  const text = read('llms.txt');
  expect(PAGES.filter((page) => page.startsWith('docs/') && !text.includes(`(${page})`))).toEqual([]);
});

describe('what pages print to be typed', () => {
  /** Which test runs a page, by the name under which it finds it. */
  const RUN: Readonly<Record<string, readonly (readonly [test: string, name: string])[]>> = {
    'README.md': [
      ['readme', 'README.md'],
      ['full/testing-pages', 'README.md'],
    ],
    'docs/clients.md': [['full/pages', 'clients']],
    'docs/faults.md': [['full/pages', 'faults']],
    'docs/first-calls.md': [['full/pages', 'first-calls']],
    'docs/audit.md': [['audit/page', 'docs/audit.md']],
    'docs/fixtures.md': [['full/fixtures-page', 'docs/fixtures.md']],
    'docs/https.md': [['full/https', 'docs/https.md']],
    'docs/journal.md': [['full/pages', 'journal']],
    'docs/library.md': [['full/library-page', 'docs/library.md']],
    'docs/metrics.md': [['full/pages', 'metrics']],
    'docs/persistence.md': [['full/pages', 'docs/persistence.md']],
    'docs/proof.md': [
      ['full/pages', 'proof'],
      ['audit/page', 'docs/proof.md'],
      ['full/matrix', 'docs/proof.md'],
      ['full/race', 'docs/proof.md'],
    ],
    'docs/providers.md': [['full/pages', 'providers']],
    'docs/sandboxes.md': [['full/pages', 'sandboxes']],
    'docs/testing-browser.md': [['full/browser-page', 'docs/testing-browser.md']],
    'docs/testing-node.md': [['full/testing-pages', 'docs/testing-node.md']],
    'docs/testing-python.md': [['full/testing-pages', 'docs/testing-python.md']],
    'docs/time.md': [['full/pages', 'time']],
    'docs/verification.md': [['full/pages', 'verification']],
    'examples/compose/README.md': [['full/machines', 'examples/compose']],
    'examples/node-test/README.md': [['full/examples', 'node-test']],
    'examples/provider/README.md': [['full/example-provider', 'examples/provider']],
    'examples/pytest/README.md': [['full/examples', 'pytest']],
    'examples/story/README.md': [['full/examples', 'story']],
    'examples/vitest/README.md': [['full/examples', 'vitest']],
    'src/providers/README.md': [['provider-guide', 'src/providers/README.md']],
  };
  /** Why none does. */
  const NOT_RUN: Readonly<Record<string, string>> = {
    'CONTRIBUTING.md': 'its commands are those that run the tests',
    'docs/ci.md': 'its workflows are linted (full/machines); who runs them is elsewhere',
    'docs/container.md': 'it asks for a Docker daemon; its variables are checked below',
    'docs/performance.md': 'its command measures for an hour',
    'docs/windows.md': 'it asks for PowerShell',
  };

  it('is run by a test, or said not to be', () => {
    const printing = PAGES.filter((page) => /^```(?:sh|js|ts|python|powershell)$/m.test(read(page)));
    const known = [...Object.keys(RUN), ...Object.keys(NOT_RUN)];
    const providers = PAGES.filter((page) => /^src\/providers\/\w+\/README\.md$/.test(page));
    expect(printing.filter((page) => !known.includes(page) && !providers.includes(page))).toEqual([]);
    const runs = Object.values(RUN).flat();
    expect(runs.filter(([test, name]) => !read(`test/${test}.test.ts`).includes(name))).toEqual([]);
  });

  it('sets no variable that is not there', () => {
    const variables = new Set([
      ...Object.keys(SETTINGS).map(toVariable),
      ...['URL', 'SANDBOX', 'CONFIG', 'IMAGE', 'KEY'].map((name) => `CREDITS_EMULATOR_${name}`),
    ]);
    const unknown = PAGES.flatMap((page) =>
      [...read(page).matchAll(/CREDITS_EMULATOR_[A-Z][A-Z_]*[A-Z]/g)].map(([name]) => name),
    ).filter((name) => !variables.has(name));
    expect(unknown).toEqual([]);
  });

  it('has a row of docs/configuration.md for every flag', () => {
    const page = read('docs/configuration.md');
    expect(Object.keys(SETTINGS).filter((name) => !page.includes(`| \`--${name}\` `))).toEqual([]);
  });
});
