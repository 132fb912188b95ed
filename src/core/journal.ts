import type { IncomingHttpHeaders } from 'node:http';

import type { Instant } from './clock.ts';
import type { Answer } from './exchange.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Change } from './store.ts';

/** Bytes of a body that the journal keeps. */
export const KEPT_BODY = 16_384;

/** One exchange: what the client sent and saw, and what the store did. Nothing is redacted yet. */
export interface JournalEntry {
  readonly id: string;
  readonly sandbox: string;
  readonly at: Instant;
  /** Milliseconds of real time. */
  readonly duration: number;
  readonly provider: string;
  readonly operation: string | undefined;
  readonly subject: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: IncomingHttpHeaders;
  /** `undefined` for a body over the limit. */
  readonly requestBody: Buffer | undefined;
  readonly answer: Answer;
  readonly changes: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
  /** Ways in which the reply did not fit the document. */
  readonly violations: readonly string[];
  /** What broke inside the emulator, when something did. */
  readonly bug: string | undefined;
}

/** The last exchanges of one sandbox, in a ring of fixed size. */
export class Journal {
  readonly #size: number;
  #ring: JournalEntry[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(entry: JournalEntry): void {
    if (this.#size === 0) return;
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#size;
  }

  /** Newest first, lazily. */
  *newest(): IterableIterator<JournalEntry> {
    const { length } = this.#ring;
    for (let back = 1; back <= length; back += 1) {
      const entry = this.#ring[(this.#next - back + length) % length];
      if (entry) yield entry;
    }
  }

  find(id: string): JournalEntry | undefined {
    for (const entry of this.newest()) if (entry.id === id) return entry;
    return undefined;
  }

  clear(): void {
    this.#ring = [];
    this.#next = 0;
  }
}

/** The beginning of a body, copied when keeping the slice would keep the rest alive. */
export function toKeptBody(body: Buffer | undefined): Buffer | undefined {
  return body && body.length > KEPT_BODY ? Buffer.from(body.subarray(0, KEPT_BODY)) : body;
}
