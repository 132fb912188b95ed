import type { Installation } from '../control/endpoint.ts';
import type { Provider } from '../core/provider/provider.ts';
import { Seed } from '../core/sandbox/seed.ts';
import type { Catalog } from '../core/store/roots.ts';
import { parseProgress } from '../fixtures/progress.ts';
import type { Naming } from '../fixtures/rule-list.ts';
import { assertFixture, toSections } from '../fixtures/worlds.ts';

/** Makes what builds the state that a state document describes. */
export function createStateImport(
  catalog: Catalog,
  providers: readonly Provider[],
  naming: Naming,
): Installation['buildState'] {
  return async (written, sandbox) => {
    const source = { content: written, locate: () => 'body' };
    const { clock, progress: content } = assertFixture(source, new Set(naming.known));
    const imported = content === undefined ? {} : await parseProgress(source, content, naming);
    const state = new Seed({
      catalog,
      sections: toSections(source, providers),
      randomSeed: imported.randomSeed ?? sandbox.randomSeed,
      clock,
      progress: [imported],
    });
    const roots = state.roots(clock ?? sandbox.clock.now());
    return {
      roots: clock === undefined ? { ...roots, clock: sandbox.clock.state } : roots,
      keepsFaults: imported.rules === undefined,
    };
  };
}
