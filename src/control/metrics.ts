import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Exposition } from './exposition.ts';
import { listMeasures, type Measured } from './measures.ts';

interface MetricsOptions extends Measured {
  /** Calls the function with each exchange from now on. */
  readonly onExchange: (tell: (entry: JournalEntry) => void) => void;
}

/**
 * `GET /metrics`. Nothing is counted before the first request for metrics; what happened before is counted from the
 * journals, as far as they reach back.
 */
export class Metrics {
  readonly #options: MetricsOptions;
  #exposition: Promise<Exposition> | undefined;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  /** Returns the text format of Prometheus. */
  async render(): Promise<string> {
    this.#exposition ??= this.#begin();
    return (await this.#exposition).render();
  }

  async #begin(): Promise<Exposition> {
    const { sandboxes, onExchange } = this.#options;
    const { Exposition } = await import('./exposition.ts');
    const exposition = new Exposition(listMeasures(this.#options));
    // An exchange that waits for the disk is in the journal already, and is reported again later.
    const counted = new WeakSet<JournalEntry>();
    for (const { journal } of sandboxes.list()) {
      for (const entry of journal.newest()) {
        // The emulator sent it itself.
        if (entry.webhook) continue;
        exposition.count(entry);
        counted.add(entry);
      }
    }
    onExchange((entry) => {
      if (!counted.has(entry)) exposition.count(entry);
    });
    return exposition;
  }
}
