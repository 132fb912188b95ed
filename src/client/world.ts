import type { ControlApi, AnswerOf, BodyOf } from './control-api.ts';
import type { ControlName, ProviderName } from './names.ts';

/** A sandbox as one document in the format of fixtures. */
export type StateDocument = AnswerOf<'getState'>;
export type Loading = BodyOf<'loadFixtures'>;

/** All that a sandbox holds. */
export class State {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  get(): Promise<StateDocument> {
    return this.#api.call('getState', {});
  }

  /** Replaces all of it, or nothing if anything is wrong. */
  put(state: BodyOf<'putState'>): Promise<void> {
    return this.#api.call('putState', { body: state });
  }
}

/** The worlds that are known, and loading them into a sandbox. */
export class Fixtures {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  list(): Promise<AnswerOf<'listFixtures'>> {
    return this.#api.call('listFixtures', {});
  }

  /** Adds records to those that are there; with `replace` they become what the sandbox starts from. */
  load(fixtures: Loading): Promise<void> {
    return this.#api.call('loadFixtures', { body: fixtures });
  }
}

/** What a sandbox was at moments that have a name. */
export class Snapshots {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  list(): Promise<AnswerOf<'listSnapshots'>> {
    return this.#api.call('listSnapshots', {});
  }

  /** In the place of what had that name. It costs the same at any size. */
  take(name: string): Promise<AnswerOf<'takeSnapshot'>> {
    return this.#api.call('takeSnapshot', { path: { name } });
  }

  /** As often as one likes. The journal stays, and numbers go on. */
  restore(name: string): Promise<void> {
    return this.#api.call('restoreSnapshot', { path: { name } });
  }

  delete(name: string): Promise<void> {
    return this.#api.call('deleteSnapshot', { path: { name } });
  }
}

/** What providers can be made to do from outside their APIs. */
export class Controls {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  list(): Promise<AnswerOf<'listControls'>> {
    return this.#api.call('listControls', {});
  }

  run<P extends ProviderName>(
    provider: P,
    name: ControlName<P>,
    args: Readonly<Record<string, unknown>> = {},
  ): Promise<AnswerOf<'runControl'>> {
    return this.#api.call('runControl', { path: { provider, name }, body: args });
  }
}
