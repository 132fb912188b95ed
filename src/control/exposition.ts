/** The only importer of prom-client, loaded by the first request for metrics. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { JournalEntry } from '../core/sandbox/journal.ts';
import type { Measure } from './measures.ts';

const PREFIX = 'credits_emulator_';
/** Upper bounds of the histogram, in seconds. An exchange takes tens of microseconds, a delay by a fault takes seconds. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The label of a fault's effect: a fixed set, so that clients cannot add series. */
const EFFECTS = ['status', 'connection', 'body', 'stream', 'hold', 'webhook', 'code', 'delay'] as const;

/**
 * Counts and times exchanges, and renders the metrics in the text format of Prometheus. Labels hold ids of providers and
 * operations, statuses and fixed words, never text of a client, so the number of series is bounded.
 */
export class Exposition {
  readonly #registry = new Registry();
  readonly #requests: Counter<'provider' | 'operation' | 'status'>;
  readonly #durations: Histogram<'provider' | 'operation'>;
  readonly #faults: Counter<'provider' | 'operation' | 'phase' | 'effect'>;

  constructor(measures: readonly Measure[]) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: `${PREFIX}requests_total`,
      help: 'Exchanges with providers, by the status that the client saw; "none" if it saw no response.',
      labelNames: ['provider', 'operation', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: `${PREFIX}request_duration_seconds`,
      help: 'From the end of a request to its response, including delays by faults.',
      labelNames: ['provider', 'operation'],
      buckets: BUCKETS,
      registers,
    });
    this.#faults = new Counter({
      name: `${PREFIX}faults_total`,
      help: 'Faults met by exchanges.',
      labelNames: ['provider', 'operation', 'phase', 'effect'],
      registers,
    });
    for (const { name, help, labelNames = [], counts = false, read } of measures) {
      const kind = counts ? Counter : Gauge;
      new kind({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        collect() {
          this.reset();
          for (const { value, labels = {} } of read()) this.inc(labels, value);
        },
      });
    }
  }

  /** Counts an exchange. */
  readonly count = ({ provider, operation = 'unmatched', answer, duration, faults }: JournalEntry): void => {
    this.#requests.inc({ provider, operation, status: answer.status === 0 ? 'none' : String(answer.status) });
    this.#durations.observe({ provider, operation }, duration / 1000);
    for (const { phase, written } of faults) {
      this.#faults.inc({ provider, operation, phase, effect: EFFECTS.find((name) => name in written) ?? 'other' });
    }
  };

  render(): Promise<string> {
    return this.#registry.metrics();
  }
}
