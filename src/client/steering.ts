import type { components } from '../generated/emulator.ts';
import { ControlApi, Group, type AnswerOf, type BodyOf } from './control-api.ts';
import { Sandbox, type Health } from './sandbox.ts';
import { toText } from './world.ts';
import type { Transport } from '../http/control-transport.ts';

export type ProviderDescription = components['schemas']['Provider'];

/** The services that an emulator emulates. */
export class Providers extends Group {
  list(): Promise<AnswerOf<'listProviders'>> {
    return this.api.call('listProviders', {});
  }

  get(id: string): Promise<ProviderDescription> {
    return this.api.call('getProvider', { path: { id } });
  }

  /** Returns the OpenAPI document of a provider; `emulator` is the control API. */
  document(id: string): Promise<AnswerOf<'getDocument'>> {
    return this.api.call('getDocument', { path: { file: `${id}.json` } });
  }
}

export type SandboxDescription = components['schemas']['Sandbox'];

type Terms = NonNullable<BodyOf<'putSandbox'>>;

/** How a sandbox begins; as the emulator was started, if left out. */
export type SandboxOptions = Omit<Terms, 'from' | 'clock'> & {
  /** Another sandbox, or a snapshot of one. */
  readonly from?: string | NonNullable<Terms['from']> | undefined;
  /** Where its clock is frozen: RFC 3339 or a `Date`. */
  readonly clock?: string | Date | undefined;
};

/** All sandboxes of an emulator. */
export class Sandboxes extends Group {
  list(): Promise<AnswerOf<'listSandboxes'>> {
    return this.api.call('listSandboxes', {});
  }

  get(name: string): Promise<SandboxDescription> {
    return this.api.call('getSandbox', { path: { name } });
  }

  /** Creates a sandbox, or replaces the one of that name. */
  create(name: string, { from, clock, ...others }: SandboxOptions = {}): Promise<SandboxDescription> {
    const body: Terms = {
      ...others,
      ...(from !== undefined && { from: typeof from === 'string' ? { sandbox: from } : from }),
      ...(clock !== undefined && { clock: toText(clock) }),
    };
    return this.api.call('putSandbox', { path: { name }, body });
  }

  /** Creates a sandbox as a copy of another one. This costs the same at any size. */
  fork(name: string, from: string, snapshot?: string): Promise<SandboxDescription> {
    return this.create(name, { from: { sandbox: from, ...(snapshot !== undefined && { snapshot }) } });
  }

  /** Deletes a sandbox and ends its streams; the next request that names it gets a new one. */
  delete(name: string): Promise<void> {
    return this.api.call('deleteSandbox', { path: { name } });
  }
}

/** An emulator as a whole, over any transport. */
export class Steering {
  readonly providers: Providers;
  readonly sandboxes: Sandboxes;
  readonly #api: ControlApi;
  readonly #named: string | undefined;

  /** @param sandbox used if a call names no sandbox */
  constructor(transport: Transport, sandbox?: string) {
    this.#api = new ControlApi(transport, sandbox);
    this.#named = sandbox;
    this.providers = new Providers(this.#api);
    this.sandboxes = new Sandboxes(this.#api);
  }

  /** Returns the calls on a sandbox, which the first request to it creates. */
  sandbox(name?: string): Sandbox;
  /** Creates or replaces the sandbox first. */
  sandbox(name: string, options: SandboxOptions): Promise<Sandbox>;
  sandbox(name = this.#named ?? 'default', options?: SandboxOptions): Sandbox | Promise<Sandbox> {
    const sandbox = new Sandbox(name, this.#api.in(name));
    return options ? this.sandboxes.create(name, options).then(() => sandbox) : sandbox;
  }

  /** Answers also while the disk cannot be written; `status` says so. */
  health(): Promise<Health> {
    return this.#api.call('getHealth', {}, [503]);
  }

  /** Resolves if the emulator is ready for requests to its providers. */
  ready(): Promise<Health> {
    return this.#api.call('getReady', {});
  }

  /**
   * Returns the certificate that clients must trust for `--https`, as PEM.
   *
   * @throws {EmulatorError} if the emulator was started without `--https`
   */
  ca(): Promise<string> {
    return this.#api.read('getCa');
  }

  /** Returns the metrics for Prometheus. */
  metrics(): Promise<string> {
    return this.#api.read('getMetrics');
  }

  /** Lists the operations called since the start in all sandboxes, also in deleted ones, with how each is known. */
  evidence(): Promise<AnswerOf<'listEvidence'>> {
    return this.#api.call('listEvidence', { query: { all: true } });
  }

  /** Returns the variables that point clients at the emulator. */
  env(): Promise<Readonly<Record<string, string>>> {
    return this.#api.call('getEnv', {});
  }
}
