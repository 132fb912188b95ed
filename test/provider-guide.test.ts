import { readdirSync, readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { findProviderMistakes } from '../src/core/provider/provider-check.ts';
import { klaim } from '../src/providers/klaim/index.ts';

const GUIDE = readFileSync('src/providers/README.md', 'utf8');

const collapse = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

it('shows excerpts of the example as they stand in it', () => {
  const code = readdirSync('examples/provider')
    .filter((file) => file.endsWith('.js'))
    .map((file) => collapse(readFileSync(`examples/provider/${file}`, 'utf8')));
  const excerpts = [
    ...GUIDE.matchAll(/The\s+example's[^`]*(?:`[^`]+`[^`]*)*?:\n(?:subjects:\n)?\n```js\n([\s\S]*?)```/g),
  ];
  const missing = excerpts
    .map(([, excerpt = '']) => collapse(excerpt))
    .filter((excerpt) => !code.some((text) => text.includes(excerpt)));
  expect([excerpts.length, missing]).toEqual([4, []]);
});

it('says which parts of a provider are required', () => {
  const [, required = '', optional = ''] =
    /Required are ([\s\S]*?);[\s\S]*?may be left out: ([\s\S]*?)\.\n/.exec(GUIDE) ?? [];
  const listNames = (text: string): readonly string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const parts = listNames(required);
  expect(new Set(findProviderMistakes({}))).toEqual(new Set(parts.map((name) => `A provider.${name} is missing.`)));
  const others = Object.fromEntries(listNames(optional).map((name) => [name, undefined]));
  expect(findProviderMistakes({ ...klaim, ...others })).toEqual([]);
  // A part that is neither would be missed by this list.
  expect(Object.keys(klaim).filter((name) => !parts.includes(name) && !(name in others))).toEqual([]);
});
