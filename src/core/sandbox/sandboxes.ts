import type { Kept, Snapshot } from '../store/disk/kept.ts';
import { Clock, LONGEST_TIMER, monotonic, type ClockState, type Instant } from '../values/clock.ts';
import { wake } from './lasting.ts';
import type { Origin } from './origin.ts';
import { Sandbox, type Shared } from './sandbox.ts';
import type { Seed } from './seed.ts';
import { Waker } from './waker.ts';

/** The sandbox of requests that name none. */
export const DEFAULT_SANDBOX = 'default';

const NAME = /^(?!.*--)[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

export function isSandboxName(name: string): boolean {
  return NAME.test(name);
}

/** Returns the current time of a restored clock. */
function toNow(state: ClockState): Instant {
  const clock = new Clock();
  clock.restore(state);
  return clock.now();
}

export class TooManySandboxes extends Error {
  override readonly name = 'TooManySandboxes';

  constructor(limit: number) {
    super(`The limit of ${limit} sandboxes is reached.`);
  }
}

export interface SandboxesOptions {
  /** The maximum number of sandboxes. */
  readonly limit: number;
  /** Milliseconds of real time without a request after which a sandbox is deleted; `undefined` for never. */
  readonly idle?: number | undefined;
  /** Receives each deleted sandbox. */
  onGone?(sandbox: Sandbox): void;
}

/** Milliseconds until scheduled items are tried again after a failed write, and a busy sandbox is deleted. */
const PATIENCE = 1000;

/** Limit of sandboxes that are kept although every request to them was refused; their journals count with the others. */
const MOST_REFUSED = 16;

/** Checks for idle sandboxes per idle time. */
const LOOKS = 4;

/** How a fork differs from its source at the start. */
export interface Change {
  readonly clock?: ClockState | undefined;
  readonly randomSeed?: number | undefined;
}

/** All sandboxes by name; each is made on first use. */
export class Sandboxes {
  readonly #byName: Record<string, Sandbox>;
  readonly #shared: Shared;
  readonly #options: SandboxesOptions;
  readonly #waker = new Waker<Sandbox>((sandbox) => {
    sandbox.catchUp();
  });
  readonly #sweep: NodeJS.Timeout | undefined;
  #isClosed = false;
  #count = 0;
  /** Those whose requests were all refused, oldest first: what came is in their journals, but they are not in use. */
  readonly #refused = new Map<string, Sandbox>();
  /** When sandboxes with a time to live are deleted, on the scale of `monotonic`. */
  readonly #ends = new Map<Sandbox, { readonly at: number; readonly timer: NodeJS.Timeout }>();

  /**
   * @param byName the map to use
   * @param kept the stored sandboxes
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
      onForget: (sandbox) => {
        // At the end of the process nobody reads what a journal says any more.
        if (!this.#isClosed) shared.onForget?.(sandbox);
      },
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

  /** Sandboxes that do not exist because every request to them was refused; the last ones are known. */
  listRefused(): readonly Sandbox[] {
    return [...this.#refused.values()];
  }

  /**
   * Creates a fork of a sandbox or its snapshot, replacing any sandbox of that name. Costs the same at any size.
   *
   * @param change how it differs from the source
   * @throws {TooManySandboxes}
   */
  fork(name: string, source: Sandbox, snapshot: string | undefined, change: Change = {}): Sandbox {
    // The fork's commit on disk refers to the source's commits.
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
   * Creates a sandbox from a seed, replacing any of that name.
   *
   * @param own its seed from now on; if left out, the common one
   * @throws {TooManySandboxes}
   */
  begin(name: string, own: Seed | undefined): Sandbox {
    const known = this.find(name);
    this.#endRefused([name]);
    const sandbox = this.#want(known ?? this.#make(name));
    if (known || own) sandbox.reset(false, own);
    return sandbox;
  }

  /** Deletes a sandbox after `ttl` milliseconds of real time, or later if it is in use then; `undefined` means never. */
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

  /** Returns the milliseconds of real time that are left to a sandbox. */
  restOf(sandbox: Sandbox): number | undefined {
    const end = this.#ends.get(sandbox);
    return end && Math.max(Math.round(end.at - monotonic()), 0);
  }

  #make(name: string, origin?: Origin): Sandbox {
    if (this.#count >= this.#options.limit) throw new TooManySandboxes(this.#options.limit);
    const refused = this.#refused.get(name);
    this.#refused.delete(name);
    if (refused && !origin) return this.#put(refused);
    if (refused) this.#end(refused);
    return this.#put(new Sandbox(name, this.#shared, origin));
  }

  /** Keeps a sandbox that was made on purpose, even if the first request to it is refused. */
  #want(sandbox: Sandbox): Sandbox {
    sandbox.usage.want();
    sandbox.persistence.introduce(() => {
      this.#drop(sandbox);
    });
    return sandbox;
  }

  /** Deletes a sandbox. Exchanges that wait in it are not answered. Its streams end once the deletion is durable. */
  delete(sandbox: Sandbox): void {
    this.#remove(sandbox);
    sandbox.halt();
    sandbox.persistence.delete(() => {
      // The sandbox that replaced it depends on this deletion.
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

  /** Deletes a sandbox that was made for a request which was then refused, but keeps its journal if it has one. */
  dropUnused(sandbox: Sandbox): void {
    const { name, usage, isBusy, journal } = sandbox;
    if (name === DEFAULT_SANDBOX || usage.isUsed || isBusy || this.find(name) !== sandbox) return;
    if (journal.newest().next().done) {
      this.#drop(sandbox);
      return;
    }
    this.#remove(sandbox);
    this.#waker.plan(sandbox, undefined);
    this.#refused.set(name, sandbox);
    if (this.#refused.size > MOST_REFUSED) this.#endRefused([...this.#refused.keys()].slice(0, 1));
  }

  #endRefused(names: Iterable<string> = this.#refused.keys()): void {
    for (const name of names) {
      const sandbox = this.#refused.get(name);
      this.#refused.delete(name);
      if (sandbox) this.#end(sandbox);
    }
  }

  /** Sets the seed that every sandbox starts from, and resets those without a seed of their own to it. */
  reseed(seed: Seed): void {
    this.#shared.seed = seed;
    this.#endRefused();
    for (const sandbox of Object.values(this.#byName)) if (!sandbox.ownSeed) sandbox.reset();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    this.#endRefused();
    this.#waker.close();
    for (const { timer } of this.#ends.values()) clearTimeout(timer);
    for (const sandbox of Object.values(this.#byName)) sandbox.close();
  }

  /** Stores what no commit includes. Call it once no request can arrive any more. */
  storeDrift(): void {
    for (const sandbox of Object.values(this.#byName)) sandbox.storeDrift();
  }

  /** The default sandbox stays: clients that name none expect their data there. */
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
