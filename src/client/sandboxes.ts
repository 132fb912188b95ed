import type { components } from '../generated/emulator.ts';
import type { ControlApi, AnswerOf, BodyOf } from './control-api.ts';
import { toText } from './clock.ts';

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
export class Sandboxes {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  list(): Promise<AnswerOf<'listSandboxes'>> {
    return this.#api.call('listSandboxes', {});
  }

  get(name: string): Promise<SandboxDescription> {
    return this.#api.call('getSandbox', { path: { name } });
  }

  /** Makes it, or makes it anew. */
  create(name: string, { from, clock, ...others }: SandboxOptions = {}): Promise<SandboxDescription> {
    const body: Terms = {
      ...others,
      ...(from !== undefined && { from: typeof from === 'string' ? { sandbox: from } : from }),
      ...(clock !== undefined && { clock: toText(clock) }),
    };
    return this.#api.call('putSandbox', { path: { name }, body });
  }

  /** As another one is, which costs the same at any size. */
  fork(name: string, from: string, snapshot?: string): Promise<SandboxDescription> {
    return this.create(name, { from: { sandbox: from, ...(snapshot !== undefined && { snapshot }) } });
  }

  /** Its streams end; the next request that names it finds a new one. */
  delete(name: string): Promise<void> {
    return this.#api.call('deleteSandbox', { path: { name } });
  }
}
