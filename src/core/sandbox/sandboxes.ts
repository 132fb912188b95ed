import type { Database } from '../store/disk.ts';
import { monotonic } from '../values/clock.ts';
import { Sandbox, type Shared } from './sandbox.ts';
import type { Seed } from './seed.ts';
import { Waker } from './waker.ts';

/** The name of the sandbox that a request is in when it names none. */
export const DEFAULT_SANDBOX = 'default';

const NAME = /^(?!.*--)[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

export function isSandboxName(name: string): boolean {
  return NAME.test(name);
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

/** How often idle ones are looked for, in parts of the time after which they go. */
const LOOKS = 4;

/** All sandboxes by name; each is made on its first use. */
export class Sandboxes {
  readonly #database: Database<Sandbox>;
  readonly #shared: Shared;
  readonly #options: SandboxesOptions;
  readonly #waker = new Waker<Sandbox>((sandbox) => {
    sandbox.catchUp();
  });
  readonly #sweep: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(shared: Omit<Shared, 'plan'>, database: Database<Sandbox>, options: SandboxesOptions) {
    this.#database = database;
    this.#options = options;
    this.#shared = {
      ...shared,
      plan: (sandbox, delay) => {
        this.#waker.plan(sandbox, delay);
      },
    };
    const { idle } = options;
    if (idle !== undefined) this.#sweep = setInterval(() => this.#dropIdle(idle), Math.max(idle / LOOKS, 1)).unref();
  }

  get size(): number {
    return this.#count;
  }

  find(name: string): Sandbox | undefined {
    return this.#database.sandboxes[name];
  }

  /** @throws {TooManySandboxes} */
  get(name: string): Sandbox {
    const known = this.find(name);
    if (known) return known;
    if (!isSandboxName(name)) throw new RangeError(`"${name}" cannot name a sandbox.`);
    if (this.#count >= this.#options.limit) throw new TooManySandboxes(this.#options.limit);
    const made = new Sandbox(name, this.#shared);
    this.#count += 1;
    return (this.#database.sandboxes[name] = made);
  }

  /** Has one go that was made for a request which then was refused. */
  dropUnused(sandbox: Sandbox): void {
    if (sandbox.name !== DEFAULT_SANDBOX && !sandbox.isUsed && !sandbox.isBusy) this.#drop(sandbox);
  }

  /** Every sandbox starts from this seed from now on, and those that were given none of their own are put back to it. */
  reseed(seed: Seed): void {
    this.#shared.seed = seed;
    for (const sandbox of Object.values(this.#database.sandboxes)) if (!sandbox.hasOwnSeed) sandbox.reset();
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#waker.close();
    for (const sandbox of Object.values(this.#database.sandboxes)) sandbox.close();
  }

  /** The default one stays: whoever names none expects to find what they left. */
  #dropIdle(idle: number): void {
    const before = monotonic() - idle;
    for (const sandbox of Object.values(this.#database.sandboxes)) {
      if (sandbox.name !== DEFAULT_SANDBOX && !sandbox.isBusy && sandbox.lastUsed <= before) this.#drop(sandbox);
    }
  }

  #drop(sandbox: Sandbox): void {
    if (this.find(sandbox.name) !== sandbox) return;
    sandbox.close();
    Reflect.deleteProperty(this.#database.sandboxes, sandbox.name);
    this.#count -= 1;
  }
}
