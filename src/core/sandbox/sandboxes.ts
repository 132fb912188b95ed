import type { Kept, Snapshot } from '../store/disk/kept.ts';
import { Clock, LONGEST_TIMER, monotonic, type ClockState, type Instant } from '../values/clock.ts';
import { wake } from './lasting.ts';
import type { Origin } from './origin.ts';
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
  override readonly name = 'TooManySandboxes';

  constructor(limit: number) {
    super(`There are ${limit} sandboxes already, and no more are allowed.`);
  }
}

export interface SandboxesOptions {
  /** How many there may be. */
  readonly limit: number;
  /** Milliseconds of real time without a request after which one goes; `undefined` for never. */
  readonly idle?: number | undefined;
  /** Is told of each that is gone. */
  onGone?(sandbox: Sandbox): void;
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
  /** When those go that have a time to live, on the scale of `monotonic`. */
  readonly #ends = new Map<Sandbox, { readonly at: number; readonly timer: NodeJS.Timeout }>();

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
    // What goes back to it on disk finds it there.
    this.#want(source).settle('forkSandbox');
    const taken = snapshot === undefined ? source : source.snapshots.get(snapshot);
    if (!taken) throw new RangeError(`"${source.name}" has no snapshot "${snapshot ?? ''}".`);
    const { roots, base, providers } = taken;
    const { clock = roots.clock, randomSeed = roots.randomSeed } = change;
    const numbering = { requests: 0, commits: 0, entries: 0 };
    const origin: Origin = {
      ...{ base, providers, snapshots: new Map<string, Snapshot>() },
      roots: { ...roots, numbering, clock, randomSeed },
      from: { sandbox: source.name, snapshot },
      ownSeed: source.ownSeed,
    };
    const known = this.find(name);
    if (!known) return this.#want(this.#make(name, origin));
    known.remake(origin);
    return this.#want(known);
  }

  /**
   * Makes one that begins with a seed, in the place of any that has that name.
   *
   * @param own is its seed from now on; left out for the one of the start
   * @throws {TooManySandboxes}
   */
  begin(name: string, own: Seed | undefined): Sandbox {
    const known = this.find(name);
    const sandbox = this.#want(known ?? this.#make(name));
    if (known || own) sandbox.reset(false, own);
    return sandbox;
  }

  /** Has one go after so many milliseconds of real time, unless it is in use then; `undefined` for never. */
  limit(sandbox: Sandbox, ttl: number | undefined): void {
    clearTimeout(this.#ends.get(sandbox)?.timer);
    this.#ends.delete(sandbox);
    if (ttl === undefined) return;
    const timer = setTimeout(
      () => {
        const rest = this.restOf(sandbox) ?? 0;
        if (rest > 0 || sandbox.isBusy) this.limit(sandbox, Math.max(rest, PATIENCE));
        else this.#drop(sandbox);
      },
      Math.min(ttl, LONGEST_TIMER),
    ).unref();
    this.#ends.set(sandbox, { at: monotonic() + ttl, timer });
  }

  /** Milliseconds of real time that are left to one. */
  restOf(sandbox: Sandbox): number | undefined {
    const end = this.#ends.get(sandbox);
    return end && Math.max(Math.round(end.at - monotonic()), 0);
  }

  #make(name: string, origin?: Origin): Sandbox {
    if (this.#count >= this.#options.limit) throw new TooManySandboxes(this.#options.limit);
    return this.#put(new Sandbox(name, this.#shared, origin));
  }

  /** Whoever made it on purpose wants it, whatever becomes of the first request to it. */
  #want(sandbox: Sandbox): Sandbox {
    sandbox.usage.want();
    sandbox.persistence.introduce(() => {
      this.#drop(sandbox);
    });
    return sandbox;
  }

  /** What waits in it is not answered. Its streams end once that is kept. */
  delete(sandbox: Sandbox): void {
    this.#remove(sandbox);
    sandbox.halt();
    sandbox.persistence.delete(() => {
      // One that was made in its place was so no more than that it had gone.
      const other = this.find(sandbox.name);
      if (other) this.#drop(other);
      this.#put(sandbox);
      sandbox.resume();
    });
    sandbox.persistence.whenKept(() => {
      this.#end(sandbox);
    });
  }

  #put(sandbox: Sandbox): Sandbox {
    this.#count += 1;
    return (this.#byName[sandbox.name] = sandbox);
  }

  /** Has one go that was made for a request which then was refused. */
  dropUnused(sandbox: Sandbox): void {
    if (sandbox.name !== DEFAULT_SANDBOX && !sandbox.usage.isUsed && !sandbox.isBusy) this.#drop(sandbox);
  }

  /** Every sandbox starts from this seed from now on, and those that were given none of their own are put back to it. */
  reseed(seed: Seed): void {
    this.#shared.seed = seed;
    for (const sandbox of Object.values(this.#byName)) if (!sandbox.ownSeed) sandbox.reset();
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#waker.close();
    for (const { timer } of this.#ends.values()) clearTimeout(timer);
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
    this.#remove(sandbox);
    this.#end(sandbox);
  }

  #end(sandbox: Sandbox): void {
    sandbox.close();
    this.#options.onGone?.(sandbox);
  }

  #remove(sandbox: Sandbox): void {
    this.limit(sandbox, undefined);
    Reflect.deleteProperty(this.#byName, sandbox.name);
    this.#count -= 1;
  }
}
