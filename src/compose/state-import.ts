import { setImmediate } from 'node:timers/promises';

import type { Installation } from '../control/endpoint.ts';
import type { Provider } from '../core/provider/provider.ts';
import { loadState } from '../core/sandbox/seed.ts';
import type { Catalog } from '../core/store/roots.ts';
import { parseProgress } from '../fixtures/progress.ts';
import type { Naming } from '../fixtures/rule-list.ts';
import { assertFixture, toSections } from '../fixtures/worlds.ts';

/** Returns a function that builds the state of a state document. */
export function createStateImport(
  catalog: Catalog,
  providers: readonly Provider[],
  naming: Naming,
): Installation['buildState'] {
  return async (written, sandbox) => {
    // Parsing a long body has kept others waiting.
    await setImmediate();
    const source = { content: written, locate: () => 'body' };
    const { clock, progress: content } = assertFixture(source, new Set(naming.known));
    const imported = content === undefined ? {} : await parseProgress(source, content, naming);
    const sections = await toSections(source, providers);
    const randomSeed = imported.randomSeed ?? sandbox.randomSeed;
    const start = clock ?? sandbox.clock.now();
    const roots = await loadState({ catalog, sections, randomSeed, clock, progress: [imported] }, start);
    return {
      roots: clock === undefined ? { ...roots, clock: sandbox.clock.state } : roots,
      keepsFaults: imported.rules === undefined,
    };
  };
}
