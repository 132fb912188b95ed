import fc from 'fast-check';
import { expect, it } from 'vitest';

import { compose } from '../../src/compose/compose.ts';
import { readConfig } from '../../src/config/imported-providers.ts';
import { createAudits } from '../../src/audit/audit.ts';
import { bundled } from '../../src/providers/index.ts';
import { BODY_LIMIT } from '../support/commands.ts';
import { serve } from '../support/emulator.ts';
import { takeLogged, testLogger } from '../support/log.ts';
import { withoutMagic } from '../support/magic.ts';
import { propertyRuns } from '../support/property.ts';
import { arbitrarySession, OPTIONS, runSession, SANDBOXES } from './session.ts';

const STEPS = 40;
/** Steps after which it is asked. */
const OFTEN = 5;

it(
  'the audit says at the end what it would say if nothing had been judged before',
  { timeout: 3_600_000 },
  async () => {
    const session = await arbitrarySession(STEPS);
    let found = 0;
    await fc.assert(
      fc.asyncProperty(session, fc.constantFrom(20, 1000), async (steps, journalSize) => {
        const config = await readConfig({ ...OPTIONS, port: 0, journalSize, bodyLimit: BODY_LIMIT }, bundled);
        const composition = await compose(config, testLogger);
        const app = await serve(composition.loadApp());
        for (const sandbox of SANDBOXES) {
          const { body: state } = (await app.get(`/_sandbox/${sandbox}/_emulator/state`)) as { readonly body: object };
          await app.put(`/_sandbox/${sandbox}/_emulator/state`).send(withoutMagic(state)).expect(204);
        }
        const { services } = composition.replayEnvironment;
        const [often, ahead, once] = [0, 1, 2].map(() => createAudits(config.providers, services, () => []));
        for (let from = 0; from < STEPS; from += OFTEN) {
          await runSession(app, steps.slice(from, from + OFTEN));
          for (const sandbox of composition.sandboxes.list()) {
            ahead?.judgeAhead(sandbox);
            await often?.read(sandbox);
          }
        }
        for (const sandbox of composition.sandboxes.list()) {
          await often?.read(sandbox);
          const report = await once?.read(sandbox);
          found += report?.findings.length ?? 0;
          expect(await often?.read(sandbox)).toEqual(report);
          expect(await ahead?.read(sandbox)).toEqual(report);
        }
        await composition.close();
        takeLogged();
      }),
      { numRuns: Math.min(propertyRuns(5), 80) },
    );
    expect(found).toBeGreaterThan(0);
  },
);
