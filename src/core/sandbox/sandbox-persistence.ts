import type { Commit, MovedCounters } from '../store/commit.ts';
import type { Pending } from '../store/disk/batch.ts';
import type { DataFolder } from '../store/disk/data-folder.ts';
import type { Committed } from '../store/disk/entries.ts';
import type { Base } from '../store/disk/kept.ts';
import type { Numbering } from '../store/roots.ts';
import type { Carried } from '../store/store.ts';
import type { Instant } from '../values/clock.ts';

/** The folder that stores commits beyond the end of the process. */
export type Disk = Pick<DataFolder, 'keep' | 'keepSnapshot' | 'delete' | 'drift' | 'writeAnew' | 'status'>;

/** The number of requests without changes after which their count is stored: ids must not be used again. */
const COUNTED = 500;

/** Writes the commits of one sandbox to disk, and reports when they are durable. */
export class SandboxPersistence {
  readonly #disk: Disk | undefined;
  readonly #about: Pick<Committed, 'sandbox' | 'providers'>;
  /** The first commit, until it is written. */
  #start: { readonly commit: Commit; readonly base: Base } | undefined;
  #pending: Pending | undefined;
  #losses = 0;
  readonly #lost = new WeakSet<Commit>();
  /** The number of the last request that was stored. */
  #counted = 0;
  /** Whether the sandbox was deleted; nothing more is written then. */
  #isGone = false;
  /** Whether a write was skipped since the deletion. */
  #hasMissed = false;

  constructor(sandbox: string, providers: readonly string[], disk: Disk | undefined) {
    this.#disk = disk;
    this.#about = { sandbox, providers };
  }

  /** Sets the first commit. It is not written yet: the sandbox may be deleted before any request is accepted. */
  begin(commit: Commit, base: Base): void {
    if (this.#disk) this.#start = { commit, base };
  }

  /** Writes the first commit. @param undo removes the sandbox if that cannot be stored */
  introduce(undo?: () => void): void {
    const start = this.#start;
    if (!start || !this.#disk || this.#isGone) return;
    this.#start = undefined;
    this.#pending = this.#disk.keep({ ...this.#about, ...start, counters: [], requests: undefined, entries: 0 }, () => {
      this.#start = start;
      if (!undo) return;
      this.#losses += 1;
      undo();
    });
  }

  /** @param undo rolls the commit back if it cannot be stored */
  keep(commit: Commit, counters: MovedCounters, base: Base, { requests, entries }: Numbering, undo: () => void): void {
    if (!this.#disk || this.#misses()) return;
    this.introduce();
    this.#counted = requests;
    const { sandbox, providers } = this.#about;
    const committed: Committed = { sandbox, providers, commit, counters, base, requests, entries };
    this.#pending = this.#disk.keep(committed, () => {
      this.#losses += 1;
      this.#lost.add(commit);
      undo();
    });
  }

  /** @param at left out if the snapshot was deleted */
  keepSnapshot(snapshot: string, at: Instant | undefined, undo: () => void): void {
    if (!this.#disk || this.#misses()) return;
    this.introduce();
    this.#pending = this.#disk.keepSnapshot(this.#about.sandbox, snapshot, at, () => {
      this.#losses += 1;
      undo();
    });
  }

  /** Deletes the sandbox. @param undo restores it if that cannot be stored */
  delete(undo: () => void): void {
    this.#isGone = true;
    if (!this.#disk || this.#start) return;
    this.#pending = this.#disk.delete(this.#about.sandbox, () => {
      this.#losses += 1;
      this.#isGone = false;
      if (this.#hasMissed) this.#disk?.writeAnew();
      this.#hasMissed = false;
      undo();
    });
  }

  #misses(): boolean {
    this.#hasMissed ||= this.#isGone;
    return this.#isGone;
  }

  /** Stores the number of a request, which may make no commit. */
  count(requests: number): void {
    if (requests - this.#counted < COUNTED || this.#start || this.#isGone) return;
    this.#counted = requests;
    this.#disk?.drift(this.#about.sandbox, [], { requests });
  }

  /** Stores what no commit includes, before the process ends. */
  storeDrift({ changes, counters }: Carried, requests: number): void {
    const isStored = changes.length === 0 && counters.length === 0 && requests === this.#counted;
    if (isStored || this.#start || this.#isGone) return;
    this.#disk?.drift(this.#about.sandbox, changes, { requests, ...Object.fromEntries(counters) });
  }

  /**
   * Resolves when all changes are durable or rolled back; `undefined` if they are durable. Changes that become durable
   * together share the promise.
   */
  get pending(): Promise<void> | undefined {
    return this.#pending?.isOver === false ? this.#pending.over : undefined;
  }

  /** The number of rollbacks of changes that could not be stored. Requests in between may have seen such changes. */
  get losses(): number {
    return this.#losses;
  }

  /** Whether the commit was rolled back, as are all later ones and all that it saw before these were durable. */
  hasLost(commit: Commit): boolean {
    return this.#lost.has(commit);
  }

  /** Calls `tell` once all changes are durable. @param otherwise runs instead if they were rolled back */
  whenKept(tell: () => void, otherwise: () => void = () => undefined): void {
    const { pending } = this;
    const losses = this.#losses;
    if (!pending) tell();
    else {
      void pending.then(() => {
        (this.#losses === losses ? tell : otherwise)();
      });
    }
  }
}
