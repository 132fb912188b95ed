import { readdir } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { bundled } from '../../src/providers/index.ts';

it('every provider has its own id and place, and a file of tests here', async () => {
  expect(new Set(bundled.map(({ provider }) => provider.id)).size).toBe(bundled.length);
  expect(new Set(bundled.map(({ place }) => place)).size).toBe(bundled.length);
  const files = await readdir(import.meta.dirname);
  expect(bundled.filter(({ provider: { id } }) => !files.includes(`${id}.test.ts`))).toEqual([]);
});
