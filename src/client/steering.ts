import type { components } from '../generated/emulator.ts';
import { ControlApi, Group, type AnswerOf, type BodyOf } from './control-api.ts';
import { Sandbox, type Health } from './sandbox.ts';
import { toText } from './world.ts';
import type { Transport } from '../http/control-transport.ts';

export type ProviderDescription = components['schemas']['Provider'];

/** The services that an emulator answers for. */
export class Providers extends Group {
  list(): Promise<AnswerOf<'listProviders'>> {
    return this.api.call('listProviders', {});
  }

  get(id: string): Promise<ProviderDescription> {
    return this.api.call('getProvider', { path: { id } });
  }

  /** The OpenAPI document by which it answers; that of the control API by the name `emulator`. */
  document(id: string): Promise<AnswerOf<'getDocument'>> {
    return this.api.call('getDocument', { path: { file: `${id}.json` } });
  }
}

export type SandboxDescription = components['schemas']['Sandbox'];

type Terms = NonNullable<BodyOf<'putSandbox'>>;

/** How a sandbox begins; as the emulator was started, where nothing is said. */
export type SandboxOptions = Omit<Terms, 'from' | 'clock'> & {
  /** Another sandbox, or a snapshot of one. */
  readonly from?: string | NonNullable<Terms['from']> | undefined;
  /** RFC 3339 or a `Date`, where its clock stands still. */
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

  /** Makes it, or makes it anew. */
  create(name: string, { from, clock, ...others }: SandboxOptions = {}): Promise<SandboxDescription> {
    const body: Terms = {
      ...others,
      ...(from !== undefined && { from: typeof from === 'string' ? { sandbox: from } : from }),
      ...(clock !== undefined && { clock: toText(clock) }),
    };
    return this.api.call('putSandbox', { path: { name }, body });
  }

  /** As another one is, which costs the same at any size. */
  fork(name: string, from: string, snapshot?: string): Promise<SandboxDescription> {
    return this.create(name, { from: { sandbox: from, ...(snapshot !== undefined && { snapshot }) } });
  }

  /** Its streams end; the next request that names it finds a new one. */
  delete(name: string): Promise<void> {
    return this.api.call('deleteSandbox', { path: { name } });
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
