import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { listRequests, type Bundle } from '../../src/bundles/bundle.ts';
import { runCommand } from '../support/command.ts';
import { BODY_LIMIT } from '../support/commands.ts';
import { startApp } from '../support/emulator.ts';
import { createFolder } from '../support/folder.ts';
import { takeLogged } from '../support/log.ts';
import { withoutMagic } from '../support/magic.ts';
import { propertyRuns } from '../support/property.ts';
import { arbitrarySession, OPTIONS, runSession, SANDBOXES, type Step } from './session.ts';

const LONGEST = 100;
const SESSIONS = Math.min(propertyRuns(1), LONGEST);
const LENGTH = SESSIONS > 1 ? 120 : 60;
const SEED = 20_260_103;
/** Sessions that one process plays. */
const AT_ONCE = 10;

/** Where days begin at other times, and letters, numbers and orders are others. */
const PLACES = [
  { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  { TZ: 'America/St_Johns', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' },
];

/** A bundle of each sandbox. */
async function record(steps: readonly Step[]): Promise<readonly Bundle[]> {
  const app = await startApp({ ...OPTIONS, record: true, bodyLimit: BODY_LIMIT });
  for (const sandbox of SANDBOXES) {
    const { body: state } = (await app.get(`/_sandbox/${sandbox}/_emulator/state`)) as { readonly body: object };
    // Some of them would hold up the session, and not only what it is about.
    await app.put(`/_sandbox/${sandbox}/_emulator/state`).send(withoutMagic(state)).expect(204);
  }
  await runSession(app, steps);
  const bundles: Bundle[] = [];
  for (const sandbox of SANDBOXES) {
    const { body, status } = (await app.get(`/_sandbox/${sandbox}/_emulator/bundle`)) as {
      readonly body: unknown;
      readonly status: number;
    };
    expect([status, status === 200 ? '' : body]).toEqual([200, '']);
    bundles.push(body as Bundle);
  }
  takeLogged();
  return bundles;
}

it('a random session over all services is played to the same answers by another process in another place', async () => {
  const sessions = fc.sample(await arbitrarySession(LENGTH), { numRuns: SESSIONS, seed: SEED });
  let compared = 0;
  for (let from = 0; from < sessions.length; from += AT_ONCE) {
    const cwd = createFolder();
    const expected: string[] = [];
    const files: string[] = [];
    for (const [index, steps] of sessions.slice(from, from + AT_ONCE).entries()) {
      for (const bundle of await record(steps)) {
        const file = `${from + index}-${bundle.sandbox}.json`;
        writeFileSync(join(cwd, file), JSON.stringify(bundle));
        const count = listRequests(bundle).length;
        files.push(file);
        expected.push(`${file}: ${count} exchanges, all as recorded.\n`);
        compared += count;
      }
    }
    const places = SESSIONS > 1 ? PLACES : PLACES.slice(0, 1);
    const outcomes = await Promise.all(places.map((env) => runCommand(['bundle', 'run', ...files], { cwd, env })));
    for (const outcome of outcomes) expect(outcome).toEqual({ stdout: expected.join(''), stderr: '', code: 0 });
  }
  expect(compared).toBeGreaterThan((SESSIONS * LENGTH) / 3);
});
