import type { Acts, AnswerOf, BodyOf } from './acts.ts';
import type { ControlName, ProviderName } from './names.ts';

/** A sandbox as one document in the format of fixtures. */
export type StateDocument = AnswerOf<'getState'>;

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
