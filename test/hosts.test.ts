import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { ConfigError, toConfig } from '../src/config/config.ts';
import { createEmulator } from '../src/compose/emulator.ts';
import { createFolder } from './support/folder.ts';
import { tally } from './support/providers.ts';

const abacus = { ...tally, id: 'abacus' };

it('refuses to serve two providers that have one host, and makes no folder for them', async () => {
  const data = join(createFolder(), 'data');
  await expect(createEmulator({ port: 0, providers: [tally, abacus], data })).rejects.toEqual(
    new ConfigError(
      'tally and abacus both serve the host api.tally.example. Start only one of them, with --providers.',
    ),
  );
  expect(existsSync(data)).toBe(false);
});

it('lets those that serve nobody, such as a repair, read two of them', () => {
  expect(toConfig({}, [{ provider: tally, place: 7 }], [abacus]).providers.map(({ id }) => id)).toEqual([
    'tally',
    'abacus',
  ]);
});
