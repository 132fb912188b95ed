import type { Snapshot } from '../store/disk/kept.ts';
import type { SandboxPersistence } from './sandbox-persistence.ts';

/** The saved states of one sandbox, by name. */
export class Snapshots {
  readonly #byName: Map<string, Snapshot>;
  readonly #persistence: SandboxPersistence;

  constructor(left: ReadonlyMap<string, Snapshot> | undefined, persistence: SandboxPersistence) {
    this.#byName = new Map(left);
    this.#persistence = persistence;
  }

  get byName(): ReadonlyMap<string, Snapshot> {
    return this.#byName;
  }

  /** Replaces the one of that name, if any. */
  put(name: string, snapshot: Snapshot): void {
    this.#change(name, snapshot);
  }

  delete(name: string): void {
    if (this.#byName.has(name)) this.#change(name, undefined);
  }

  #change(name: string, snapshot: Snapshot | undefined): void {
    const before = this.#byName.get(name);
    this.#set(name, snapshot);
    this.#persistence.keepSnapshot(name, snapshot?.at, () => {
      this.#set(name, before);
    });
  }

  #set(name: string, snapshot: Snapshot | undefined): void {
    if (snapshot) this.#byName.set(name, snapshot);
    else this.#byName.delete(name);
  }
}
