import type { LogEntry } from './entries.ts';

/** A change that is to be durable. */
export interface Item {
  /** The lines of the log, made when they are written. */
  readonly entries: () => Iterable<LogEntry>;
  /** Rolls the change back if it cannot be stored. */
  readonly undo?: () => void;
}

/** Whether the changes of a batch are still being written. */
export interface Pending {
  readonly isOver: boolean;
  /** Resolves when all of them are durable or rolled back. Never rejects: `undo` says what was lost. */
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
