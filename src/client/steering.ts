import type { components } from '../generated/emulator.ts';
import { ControlApi, type AnswerOf } from './control-api.ts';
import { Sandbox, type Health } from './sandbox.ts';
import { Sandboxes, type SandboxOptions } from './sandboxes.ts';
import type { Transport } from '../http/control-transport.ts';

export type ProviderDescription = components['schemas']['Provider'];

/** The services that an emulator answers for. */
export class Providers {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  list(): Promise<AnswerOf<'listProviders'>> {
    return this.#api.call('listProviders', {});
  }

  get(id: string): Promise<ProviderDescription> {
    return this.#api.call('getProvider', { path: { id } });
  }

  /** The OpenAPI document by which it answers; that of the control API by the name `emulator`. */
  document(id: string): Promise<AnswerOf<'getDocument'>> {
    return this.#api.call('getDocument', { path: { file: `${id}.json` } });
  }
}

/** An emulator as a whole, by whatever way its control API is reached. */
export class Steering {
  readonly providers: Providers;
  readonly sandboxes: Sandboxes;
  readonly #api: ControlApi;
  readonly #named: string | undefined;

  /** @param sandbox the one that is meant where none is named */
  constructor(transport: Transport, sandbox?: string) {
    this.#api = new ControlApi(transport, sandbox);
    this.#named = sandbox;
    this.providers = new Providers(this.#api);
    this.sandboxes = new Sandboxes(this.#api);
  }

  /** All that can be done with a sandbox, which is made by the first that asks for it. */
  sandbox(name?: string): Sandbox;
  /** The same, once it has been made as it is asked for, or made anew. */
  sandbox(name: string, options: SandboxOptions): Promise<Sandbox>;
  sandbox(name = this.#named ?? 'default', options?: SandboxOptions): Sandbox | Promise<Sandbox> {
    const sandbox = new Sandbox(name, this.#api.in(name));
    return options ? this.sandboxes.create(name, options).then(() => sandbox) : sandbox;
  }

  /** Answers also while the disk takes nothing; `status` says so. */
  health(): Promise<Health> {
    return this.#api.call('getHealth', {}, [503]);
  }

  /** Whether it answers as its providers do. */
  ready(): Promise<Health> {
    return this.#api.call('getReady', {});
  }

  /**
   * The certificate of the authority of `--https`, as PEM, for clients to trust.
   *
   * @throws {EmulatorError} where it was started without
   */
  ca(): Promise<string> {
    return this.#api.read('getCa');
  }

  /** What Prometheus reads of it. */
  metrics(): Promise<string> {
    return this.#api.read('getMetrics');
  }

  /** What all its sandboxes were answered since the start, those that are gone too, with how that is known. */
  evidence(): Promise<AnswerOf<'listEvidence'>> {
    return this.#api.call('listEvidence', { query: { all: true } });
  }

  /** The variables that point clients at it. */
  env(): Promise<Readonly<Record<string, string>>> {
    return this.#api.call('getEnv', {});
  }
}
