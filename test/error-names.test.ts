import { readdirSync, readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { ConfigError, createEmulator } from '../src/index.ts';

it('lets every class of errors say its own name', async () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const classes = files.flatMap((file) => [
    ...readFileSync(`src/${file}`, 'utf8').matchAll(/class (\w+) extends \w*Error\b.*\{\n(.*)/g),
  ]);
  expect(classes.length).toBeGreaterThan(10);
  const unnamed = classes.filter(([, name, first]) => !RegExp(`name(: string)? = '${name ?? ''}';`).test(first ?? ''));
  expect(unnamed.map(([, name]) => name)).toEqual([]);

  const thrown: unknown = await createEmulator({ providers: ['klam'] }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(ConfigError);
  expect(String(thrown)).toMatch(/^ConfigError: There is no provider "klam"/);
});
