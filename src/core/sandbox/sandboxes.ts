import type { Kept } from '../store/disk/kept.ts';
import { Clock, monotonic, type ClockState, type Instant } from '../values/clock.ts';
import { wake } from './lasting.ts';
import { Sandbox, type Shared } from './sandbox.ts';
import type { Seed } from './seed.ts';
import { Waker } from './waker.ts';

/** The name of the sandbox that a request is in when it names none. */
export const DEFAULT_SANDBOX = 'default';

const NAME = /^(?!.*--)[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

export function isSandboxName(name: string): boolean {
  return NAME.test(name);
}

/** How late it is by a clock that was kept. */
function toNow(state: ClockState): Instant {
  const clock = new Clock();
  clock.restore(state);
  return clock.now();
}

export class TooManySandboxes extends Error {
  constructor(limit: number) {
    super(`There are ${limit} sandboxes already, and no more are allowed.`);
  }
}

export interface SandboxesOptions {
  /** How many there may be. */
  readonly limit: number;
  /** Milliseconds of real time without a request after which one goes; `undefined` for never. */
  readonly idle?: number | undefined;
}

/** Milliseconds after which what is due is tried again, where the disk takes nothing. */
const PATIENCE = 1000;

/** How often idle ones are looked for, in parts of the time after which they go. */
const LOOKS = 4;

/** All sandboxes by name; each is made on its first use. */
export class Sandboxes {
  readonly #byName: Record<string, Sandbox>;
  readonly #shared: Shared;
  readonly #options: SandboxesOptions;
  readonly #waker = new Waker<Sandbox>((sandbox) => {
    sandbox.catchUp();
  });
  readonly #sweep: NodeJS.Timeout | undefined;
  #count = 0;

  /**
   * @param byName where they are put
   * @param kept those that there were before
   */
  constructor(
    shared: Omit<Shared, 'plan'>,
    byName: Record<string, Sandbox>,
    options: SandboxesOptions,
    kept: ReadonlyMap<string, Kept> = new Map(),
  ) {
    this.#byName = byName;
    this.#options = options;
    this.#shared = {
      ...shared,
      plan: (sandbox, delay) => {
        const isFailing = shared.disk?.status.status === 'failing';
        this.#waker.plan(sandbox, isFailing && delay !== undefined ? Math.max(delay, PATIENCE) : delay);
      },
    };
    const { providers, catalog, seed } = shared;
    for (const [name, one] of kept) {
      const woken = wake(one, [...providers.keys()], catalog, () => seed.roots(toNow(one.roots.clock)));
      this.#put(new Sandbox(name, this.#shared, woken));
    }
    const { idle } = options;
    if (idle !== undefined) this.#sweep = setInterval(() => this.#dropIdle(idle), Math.max(idle / LOOKS, 1)).unref();
  }

  get size(): number {
    return this.#count;
  }

  find(name: string): Sandbox | undefined {
    return this.#byName[name];
  }

  /** @throws {TooManySandboxes} */
  get(name: string): Sandbox {
    const known = this.find(name);
    if (known) return known;
    if (!isSandboxName(name)) throw new RangeError(`"${name}" cannot name a sandbox.`);
    if (this.#count >= this.#options.limit) throw new TooManySandboxes(this.#options.limit);
    return this.#put(new Sandbox(name, this.#shared));
  }

  #put(sandbox: Sandbox): Sandbox {
    this.#count += 1;
    return (this.#byName[sandbox.name] = sandbox);
  }

  /** Has one go that was made for a request which then was refused. */
  dropUnused(sandbox: Sandbox): void {
    if (sandbox.name !== DEFAULT_SANDBOX && !sandbox.isUsed && !sandbox.isBusy) this.#drop(sandbox);
  }

  /** Every sandbox starts from this seed from now on, and those that were given none of their own are put back to it. */
  reseed(seed: Seed): void {
    this.#shared.seed = seed;
    for (const sandbox of Object.values(this.#byName)) if (!sandbox.hasOwnSeed) sandbox.reset();
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#waker.close();
    for (const sandbox of Object.values(this.#byName)) sandbox.close();
  }

  /** The default one stays: whoever names none expects to find what they left. */
  #dropIdle(idle: number): void {
    const before = monotonic() - idle;
    for (const sandbox of Object.values(this.#byName)) {
      if (sandbox.name !== DEFAULT_SANDBOX && !sandbox.isBusy && sandbox.lastUsed <= before) this.#drop(sandbox);
    }
  }

  #drop(sandbox: Sandbox): void {
    if (this.find(sandbox.name) !== sandbox) return;
    sandbox.close();
    Reflect.deleteProperty(this.#byName, sandbox.name);
    this.#count -= 1;
  }
}
