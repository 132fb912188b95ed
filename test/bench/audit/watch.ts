import { PerformanceObserver } from 'node:perf_hooks';

export interface Watched {
  /** Milliseconds. */
  readonly took: number;
  /** Milliseconds of all threads of the process. */
  readonly processor: number;
  /** The longest time in which nobody else had a turn, in milliseconds. */
  readonly worst: number;
  /** The longest time for which the garbage collector stopped everything, in milliseconds. */
  readonly collected: number;
}

/** Takes turns with what is measured, as a request does that comes meanwhile. */
export class Watch {
  readonly #began = performance.now();
  readonly #processor = process.cpuUsage();
  readonly #observer: PerformanceObserver;
  #last = this.#began;
  #worst = 0;
  #collected = 0;
  #isOver = false;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#collected = Math.max(this.#collected, duration);
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#take();
  }

  #take(): void {
    const now = performance.now();
    this.#worst = Math.max(this.#worst, now - this.#last);
    this.#last = now;
    if (!this.#isOver) setImmediate(this.#take.bind(this));
  }

  async end(): Promise<Watched> {
    const took = performance.now() - this.#began;
    const { user, system } = process.cpuUsage(this.#processor);
    this.#take();
    this.#isOver = true;
    // What was observed is told later.
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    this.#observer.disconnect();
    return { took, processor: (user + system) / 1000, worst: this.#worst, collected: this.#collected };
  }
}
