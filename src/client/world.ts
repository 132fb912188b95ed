import type { Acts, AnswerOf, BodyOf } from './acts.ts';
import type { ControlName, ProviderName } from './names.ts';

/** A sandbox as one document in the format of fixtures. */
export type StateDocument = AnswerOf<'getState'>;
export type Loading = BodyOf<'loadFixtures'>;

/** All that a sandbox holds. */
export class State {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  get(): Promise<StateDocument> {
    return this.#acts.call('getState', {});
  }

  /** Replaces all of it, or nothing if anything is wrong. */
  put(state: BodyOf<'putState'>): Promise<void> {
    return this.#acts.call('putState', { body: state });
  }
}

/** The worlds that are known, and loading them into a sandbox. */
export class Fixtures {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  list(): Promise<AnswerOf<'listFixtures'>> {
    return this.#acts.call('listFixtures', {});
  }

  /** Adds records to those that are there; with `replace` they become what the sandbox starts from. */
  load(fixtures: Loading): Promise<void> {
    return this.#acts.call('loadFixtures', { body: fixtures });
  }
}

/** What a sandbox was at moments that have a name. */
export class Snapshots {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  list(): Promise<AnswerOf<'listSnapshots'>> {
    return this.#acts.call('listSnapshots', {});
  }

  /** In the place of what had that name. It costs the same at any size. */
  take(name: string): Promise<AnswerOf<'takeSnapshot'>> {
    return this.#acts.call('takeSnapshot', { path: { name } });
  }

  /** As often as one likes. The journal stays, and numbers go on. */
  restore(name: string): Promise<void> {
    return this.#acts.call('restoreSnapshot', { path: { name } });
  }

  delete(name: string): Promise<void> {
    return this.#acts.call('deleteSnapshot', { path: { name } });
  }
}

/** What providers can be made to do from outside their APIs. */
export class Controls {
  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
  }

  list(): Promise<AnswerOf<'listControls'>> {
    return this.#acts.call('listControls', {});
  }

  run<P extends ProviderName>(
    provider: P,
    name: ControlName<P>,
    args: Readonly<Record<string, unknown>> = {},
  ): Promise<AnswerOf<'runControl'>> {
    return this.#acts.call('runControl', { path: { provider, name }, body: args });
  }
}
