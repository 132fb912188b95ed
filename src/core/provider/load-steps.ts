import type { FixtureContext, FixtureFormat } from './fixture.ts';

type Load<S, F> = FixtureFormat<S, F>['load'];
type LoadInSteps<S, F> = (section: F, state: S, context: FixtureContext) => Iterable<unknown>;

const known = new WeakMap<object, LoadInSteps<never, never>>();

/** Says how to do in steps what `load` does at once, so that a server answers others while it takes in a long state. */
export function setSteps<S, F>(load: Load<S, F>, inSteps: LoadInSteps<S, F>): Load<S, F> {
  known.set(load, inSteps);
  return load;
}

/** Finds the steps of a `load`. One that a provider wrote by hand has none. */
export function findSteps<S, F>(load: Load<S, F>): LoadInSteps<S, F> | undefined {
  // `setSteps` has checked that they take what `load` takes.
  return known.get(load) as LoadInSteps<S, F> | undefined;
}
