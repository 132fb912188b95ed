import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { arbitrarySession, OPTIONS, runSession } from '../bundles/session.ts';
import { BODY_LIMIT } from '../support/commands.ts';
import { runCommand } from '../support/command.ts';
import { startApp } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { takeLogged } from '../support/log.ts';

it.each([
  ['Pacific/Chatham', 'de_DE.UTF-8'],
  ['America/St_Johns', 'tr_TR.UTF-8'],
])('a bundle is played to the same answers by a process in %s that speaks %s', async (TZ, LANG) => {
  const app = await startApp({ ...OPTIONS, record: true, bodyLimit: BODY_LIMIT });
  const [steps = []] = fc.sample(await arbitrarySession(300), { numRuns: 1, seed: 7 });
  await runSession(app, steps);
  const { body } = (await app.get('/_emulator/bundle').expect(200)) as { readonly body: unknown };
  takeLogged();
  const cwd = createFolder();
  writeFileSync(join(cwd, 'b.json'), JSON.stringify(body));
  const env = { TZ, LANG, LC_ALL: LANG };
  const { stdout, stderr, code } = await runCommand(['bundle', 'run', 'b.json'], { cwd, env });
  expect([stdout, stderr, code]).toEqual([
    expect.stringMatching(/^b\.json: \d\d+ exchanges, all as recorded\.\n$/),
    '',
    0,
  ]);
});
