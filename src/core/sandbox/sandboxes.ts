import { Waker } from '../store/due.ts';
import type { Document } from '../store/disk.ts';
import { Sandbox, type Common } from './sandbox.ts';

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
  readonly #document: Document<Sandbox>;
  readonly #common: Common;
  readonly #limit: number;
  readonly #waker = new Waker<Sandbox>((sandbox) => {
    sandbox.catchUp();
  });
  #count = 0;

  constructor(common: Omit<Common, 'plan'>, document: Document<Sandbox>, limit: number) {
    this.#document = document;
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
    const { sandboxes } = this.#document;
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
    for (const sandbox of Object.values(this.#document.sandboxes)) sandbox.close();
  }
}
