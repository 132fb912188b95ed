import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';

import { createEmulator } from '../../src/emulator.ts';
import { callCommand } from '../support/command-in-process.ts';
import { createFolder } from '../support/folder.ts';

/** The files of a folder with a change in the default sandbox and one in another, as a stop leaves them. */
let whole: Readonly<Record<string, string>>;

/** A folder of its own in a new working folder. */
function putFolder(files: Readonly<Record<string, string>>): { readonly cwd: string; readonly data: string } {
  const cwd = createFolder();
  const data = join(cwd, 'data');
  mkdirSync(data);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(data, name), text);
  return { cwd, data };
}

function readFiles(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

async function readUsers(data: string): Promise<unknown> {
  const emulator = await createEmulator({ data, port: 0, providerPorts: false });
  try {
    const { body } = await request(emulator.url).get('/_emulator/accounts?provider=klaim');
    return body as unknown;
  } finally {
    await emulator.close();
  }
}

describe('repair', () => {
  beforeAll(async () => {
    const { data } = putFolder({});
    const emulator = await createEmulator({ data, port: 0, providerPorts: false, clock: '2026-01-01T00:00:00Z' });
    for (const sandbox of ['default', 'other']) {
      const put = request(emulator.url).put('/_emulator/state').set('X-Emulator-Sandbox', sandbox);
      await put.send(STATE).expect(204);
    }
    await emulator.close();
    whole = readFiles(data);
  });

  it('writes all of a folder that is well to a new one and ends with 0', async () => {
    const { cwd, data } = putFolder(whole);
    expect(await callCommand(['repair', 'data'], { cwd })).toEqual({
      stdout: `${data}.repaired holds all of ${data}: 2 sandboxes.\n`,
      stderr: '',
      code: 0,
    });
    expect(readFiles(data)).toEqual(whole);
    expect(await readUsers(`${data}.repaired`)).toEqual(await readUsers(data));
  });
});

const STATE = { klaim: { apps: [{ app_id: 'app', name: 'App', api_key: 'key' }] } };
