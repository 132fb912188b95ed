import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Bundle } from '../../src/proof/bundle.ts';
import { playBundle } from '../../src/proof/bundle-file.ts';
import { BODY_LIMIT } from '../support/commands.ts';
import { startApp } from '../support/emulator.ts';
import { takeLogged } from '../support/log.ts';
import { withoutMagic } from '../support/magic.ts';
import { propertyRuns } from '../support/property.ts';
import { arbitrarySession, OPTIONS, runSession, SANDBOXES } from './session.ts';

const IS_FULL = propertyRuns(1) > 1;
const LENGTH = IS_FULL ? 120 : 60;
const LONGEST = 25;

it('a random session over all services is played elsewhere to the same answers', async () => {
  const session = await arbitrarySession(LENGTH);
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(session, async (steps) => {
      const app = await startApp({ ...OPTIONS, record: true, bodyLimit: BODY_LIMIT });
      for (const sandbox of SANDBOXES) {
        const { body: state } = (await app.get(`/_sandbox/${sandbox}/_emulator/state`)) as { readonly body: object };
        // Some of them would hold up the session, and not only what it is about.
        await app.put(`/_sandbox/${sandbox}/_emulator/state`).send(withoutMagic(state)).expect(204);
      }
      await runSession(app, steps);
      for (const sandbox of SANDBOXES) {
        const { body, status } = (await app.get(`/_sandbox/${sandbox}/_emulator/bundle`)) as {
          readonly body: unknown;
          readonly status: number;
        };
        expect([status, status === 200 ? '' : body]).toEqual([200, '']);
        const { same, difference } = await playBundle(body as Bundle);
        expect(difference).toBeUndefined();
        compared += same;
      }
      takeLogged();
    }),
    { numRuns: Math.min(propertyRuns(1), LONGEST), endOnFailure: true, seed: 20_260_103 },
  );
  expect(compared).toBeGreaterThan(LENGTH / 3);
});
