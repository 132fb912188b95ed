import type { Kept, Snapshot } from '../store/disk/kept.ts';
import { Clock, monotonic, type ClockState, type Instant } from '../values/clock.ts';
import { wake } from './lasting.ts';
import { Sandbox, type Origin, type Shared } from './sandbox.ts';
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

/** What a fork has of its own from the beginning. */
export interface Change {
  readonly clock?: ClockState | undefined;
  readonly randomSeed?: number | undefined;
}

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
      const toWoken = <K extends Omit<Kept, 'snapshots'>>(left: K): K =>
        wake(left, [...providers.keys()], catalog, () => seed.roots(toNow(left.roots.clock)));
      const snapshots = new Map([...one.snapshots].map(([taken, snapshot]) => [taken, toWoken(snapshot)]));
      this.#put(new Sandbox(name, this.#shared, { ...toWoken(one), snapshots }));
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
    return this.#make(name);
  }

  list(): readonly Sandbox[] {
    return Object.values(this.#byName);
  }

  /**
   * Makes one that begins with what another is, or was, in the place of any that has that name. Costs the same at any
   * size.
   *
   * @param change what is to be another one from the beginning
   * @throws {TooManySandboxes}
   */
  fork(name: string, source: Sandbox, snapshot: string | undefined, change: Change = {}): Sandbox {
    source.settle('forkSandbox');
    const taken = snapshot === undefined ? source : source.snapshots.get(snapshot);
    if (!taken) throw new RangeError(`"${source.name}" has no snapshot "${snapshot ?? ''}".`);
    const { roots, base, providers } = taken;
    const { clock = roots.clock, randomSeed = roots.randomSeed } = change;
    const numbering = { requests: 0, commits: 0, entries: 0 };
    const origin: Origin = {
      ...{ base, providers, snapshots: new Map<string, Snapshot>() },
      roots: { ...roots, numbering, clock, randomSeed },
      from: { sandbox: source.name, snapshot },
    };
    const known = this.find(name);
    if (!known) return this.#make(name, origin);
    known.remake(origin);
    return known;
  }

  #make(name: string, origin?: Origin): Sandbox {
    if (this.#count >= this.#options.limit) throw new TooManySandboxes(this.#options.limit);
    return this.#put(new Sandbox(name, this.#shared, origin));
  }

  /** What waits in it is not answered, and its streams end. */
  delete(sandbox: Sandbox): void {
    sandbox.upkeep.delete(() => {
      if (!this.find(sandbox.name)) this.#put(sandbox);
    });
    this.#drop(sandbox);
  }

  #put(sandbox: Sandbox): Sandbox {
    this.#count += 1;
    return (this.#byName[sandbox.name] = sandbox);
  }

  /** Has one go that was made for a request which then was refused. */
  dropUnused(sandbox: Sandbox): void {
    if (sandbox.name !== DEFAULT_SANDBOX && !sandbox.usage.isUsed && !sandbox.isBusy) this.#drop(sandbox);
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
      if (sandbox.name !== DEFAULT_SANDBOX && !sandbox.isBusy && sandbox.usage.lastUsed <= before) this.#drop(sandbox);
    }
  }

  #drop(sandbox: Sandbox): void {
    if (this.find(sandbox.name) !== sandbox) return;
    sandbox.close();
    Reflect.deleteProperty(this.#byName, sandbox.name);
    this.#count -= 1;
  }
}
