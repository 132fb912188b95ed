import { toProgress } from '../core/sandbox/progress.ts';
import { Store } from '../core/store/store.ts';
import type { Catalog, Roots } from '../core/store/roots.ts';
import type { Provider } from '../core/provider/provider.ts';
import { renderInstant } from '../core/values/clock.ts';
import { PROGRESS, renderProgress } from '../fixtures/progress.ts';

/** Renders a whole state as a state document. A sandbox that imports it continues as this one would. */
export function renderState(
  roots: Roots,
  { catalog, providers }: { readonly catalog: Catalog; readonly providers: ReadonlyMap<string, Provider> },
): Record<string, unknown> {
  const store = new Store(catalog, roots);
  const { frozenAt } = roots.clock;
  const sections = [...providers].map(([id, { fixture, collections }]): [string, unknown] => [
    id,
    fixture.dump(store.open(id, collections)),
  ]);
  return {
    ...(frozenAt === undefined ? undefined : { clock: renderInstant(frozenAt) }),
    ...Object.fromEntries(sections),
    [PROGRESS]: { ...renderProgress(toProgress(store)) },
  };
}
