import type { Commit, MovedCounters } from '../store/commit.ts';
import type { Pending } from '../store/disk/batch.ts';
import type { DataFolder } from '../store/disk/data-folder.ts';
import type { Committed } from '../store/disk/entries.ts';
import type { Base } from '../store/disk/kept.ts';
import type { Numbering } from '../store/roots.ts';
import type { Instant } from '../values/clock.ts';

/** Where what is committed outlives the process. */
export type Disk = Pick<DataFolder, 'keep' | 'keepSnapshot' | 'delete' | 'count' | 'writeAnew' | 'status'>;

/** After so many requests that changed nothing the disk is told of their number: ids must not come again. */
const COUNTED = 500;

/** What the disk is told of one sandbox, and who has to wait for that. */
export class SandboxPersistence {
  readonly #disk: Disk | undefined;
  readonly #about: Pick<Committed, 'sandbox' | 'providers'>;
  /** How it began, while the disk has not been told of it. */
  #start: { readonly commit: Commit; readonly base: Base } | undefined;
  #pending: Pending | undefined;
  #losses = 0;
  readonly #lost = new WeakSet<Commit>();
  /** The number of the last request that the disk knows of. */
  #counted = 0;
  /** The sandbox was deleted, and the disk is told nothing more of it. */
  #isGone = false;
  /** Something was so since then that it was not told of. */
  #hasMissed = false;

  constructor(sandbox: string, providers: readonly string[], disk: Disk | undefined) {
    this.#disk = disk;
    this.#about = { sandbox, providers };
  }

  /** Nobody need know yet how it began: it may go again before anybody is let in. */
  begin(commit: Commit, base: Base): void {
    if (this.#disk) this.#start = { commit, base };
  }

  /** From now on the disk has it. @param undo has it not be there at all, where that cannot be kept */
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

  /** @param undo has it not have been, where it cannot be kept */
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

  /** @param at left out where there is no snapshot of that name any more */
  keepSnapshot(snapshot: string, at: Instant | undefined, undo: () => void): void {
    if (!this.#disk || this.#misses()) return;
    this.introduce();
    this.#pending = this.#disk.keepSnapshot(this.#about.sandbox, snapshot, at, () => {
      this.#losses += 1;
      undo();
    });
  }

  /** The sandbox is deleted. @param undo has it be there still */
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

  /** A request has this number, and may make no commit that would say so. */
  count(requests: number): void {
    if (requests - this.#counted < COUNTED || this.#start || this.#isGone) return;
    this.#counted = requests;
    this.#disk?.count(this.#about.sandbox, { requests });
  }

  /** Resolves when all that is so is durable, or was taken back; `undefined` where it is durable. The same for all that is durable at once. */
  get pending(): Promise<void> | undefined {
    return this.#pending?.isOver === false ? this.#pending.over : undefined;
  }

  /** How often something was taken back that could not be kept. Who saw it has seen what was not so. */
  get losses(): number {
    return this.#losses;
  }

  /** Whether it was taken back. So was all that came after it, and all that it saw and that was not durable. */
  hasLost(commit: Commit): boolean {
    return this.#lost.has(commit);
  }

  /** Has somebody be told what is so, once it is durable. @param otherwise where it was taken back instead */
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
