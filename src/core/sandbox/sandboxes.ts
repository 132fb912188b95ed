import { Waker } from './waker.ts';
import type { Database } from '../store/disk.ts';
import { Sandbox, type Shared } from './sandbox.ts';

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

/** All sandboxes by name; each is made on its first use. */
export class Sandboxes {
  readonly #database: Database<Sandbox>;
  readonly #common: Shared;
  readonly #limit: number;
  readonly #waker = new Waker<Sandbox>((sandbox) => {
    sandbox.catchUp();
  });
  #count = 0;

  constructor(common: Omit<Shared, 'plan'>, database: Database<Sandbox>, limit: number) {
    this.#database = database;
    this.#limit = limit;
    this.#common = {
      ...common,
      plan: (sandbox, delay) => {
        this.#waker.plan(sandbox, delay);
      },
    };
  }

  /** @throws {TooManySandboxes} */
  get(name: string): Sandbox {
    const { sandboxes } = this.#database;
    const known = sandboxes[name];
    if (known) return known;
    if (!isSandboxName(name)) throw new RangeError(`"${name}" cannot name a sandbox.`);
    if (this.#count >= this.#limit) throw new TooManySandboxes(this.#limit);
    const made = new Sandbox(name, this.#common);
    this.#count += 1;
    return (sandboxes[name] = made);
  }

  close(): void {
    this.#waker.close();
    for (const sandbox of Object.values(this.#database.sandboxes)) sandbox.close();
  }
}
