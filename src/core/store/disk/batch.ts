import type { LogEntry } from './entries.ts';

/** Something that is to be durable. */
export interface Item {
  /** What the log says of it, asked for when it is written. */
  readonly entries: () => Iterable<LogEntry>;
  /** Has it not have been, where it cannot be kept. */
  readonly undo?: () => void;
}

/** Whether what was put into a batch is on its way still. */
export interface Pending {
  readonly isOver: boolean;
  /** Resolves when all of it is durable, or was undone. Never rejects: who lost something is told by `undo`. */
  readonly over: Promise<void>;
}

/** Items that are written together. */
export class Batch implements Pending {
  readonly items: Item[] = [];
  readonly over: Promise<void>;
  isOver = false;
  #end = (): void => undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.#end = resolve));
  }

  end(): void {
    this.isOver = true;
    this.#end();
  }
}
