import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { START, startEmulator } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { takeLogged } from '../support/log.ts';
import { createEmulator } from '../../src/compose/emulator.ts';
import { LANTERN } from './api.ts';

const ZOE = { app_id: 'app_lantern', user_id: 'zoe', email: 'zoe@lantern.example', credit_balance: 25 };
const MAX = { app_id: 'app_lantern', user_id: 'max', email: 'max@lantern.example', credit_balance: 7 };

function post(url: string, path: string, body: object): Promise<number> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`${url}/_emulator${path}`, { method: 'POST', headers, body: JSON.stringify(body) }).then(
    ({ status }) => status,
  );
}

/** `undefined` for an unknown user. */
async function creditsOf(url: string, user: string): Promise<unknown> {
  const answer: unknown = await (await fetch(`${url}/klaim/users/${user}/credits`, { headers: LANTERN })).json();
  return (answer as { readonly credit_balance?: number }).credit_balance;
}

it.each<[string, string, object]>([
  ['that were added', '/fixtures', { data: { klaim: { users: [ZOE] } } }],
  [
    'that took the place of all else',
    '/fixtures',
    { names: ['default'], data: { klaim: { users: [ZOE] } }, replace: true },
  ],
  ['that a reset went back to', '/reset', { fixtures: ['default', { klaim: { users: [ZOE] } }] }],
])('fixtures %s survive the next start', async (_, path, body) => {
  const data = createFolder();
  const options = { port: 0, providers: ['klaim'], clock: START, data };
  const before = await createEmulator(options);
  expect(await post(before.url, path, body)).toBe(204);
  const ada = await creditsOf(before.url, 'ada');
  await before.close();
  const { url } = await startEmulator(options);
  expect([await creditsOf(url, 'zoe'), await creditsOf(url, 'ada')]).toEqual([25, ada]);
});

it('fixtures that cannot be written to disk are undone, and the sandbox resets to its former seed', async () => {
  const data = join(createFolder(), 'data');
  const { url } = await startEmulator({ providers: ['klaim'], data });
  await post(url, '/reset', { fixtures: ['default', { klaim: { users: [ZOE] } }] });
  rmSync(data, { recursive: true });
  expect(await post(url, '/reset', { fixtures: ['default', { klaim: { users: [MAX] } }] })).toBe(500);
  expect([await creditsOf(url, 'zoe'), await creditsOf(url, 'max')]).toEqual([25, undefined]);
  // The folder is created again and accepts changes.
  expect(await post(url, '/reset', {})).toBe(204);
  expect([await creditsOf(url, 'zoe'), await creditsOf(url, 'max')]).toEqual([25, undefined]);
  expect(takeLogged().map(({ message }) => message)).toEqual([
    'what was changed cannot be kept on disk; until it can, nothing is changed',
  ]);
});

it('fixtures with an error leave a folder unchanged and unlocked', async () => {
  const data = createFolder();
  const options = { port: 0, providers: ['klaim'], data };
  const before = await createEmulator(options);
  await post(before.url, '/fixtures', { data: { klaim: { users: [ZOE] } } });
  await before.close();
  const wrong = { klaim: { users: [{ ...ZOE, emial: 'x' }] } };
  await expect(createEmulator({ ...options, fixtures: [wrong], resetData: true })).rejects.toThrow('emial');
  const { url } = await startEmulator(options);
  expect(await creditsOf(url, 'zoe')).toBe(25);
});
