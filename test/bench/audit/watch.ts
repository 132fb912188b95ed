import { PerformanceObserver } from 'node:perf_hooks';

export interface Watched {
  /** Milliseconds. */
  readonly took: number;
  /** Milliseconds of all threads of the process. */
  readonly processor: number;
  /** The longest time in which nobody else had a turn, in milliseconds; 0 where none was longer than a few. */
  readonly worst: number;
  /** The same without the times for which the garbage collector stopped everything. */
  readonly own: number;
  /** The longest of those times, in milliseconds. */
  readonly collected: number;
}

/** On the scale of `performance.now`. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds of a turn that is worth a look. */
const LONG = 5;

function withoutPauses({ from, to }: Span, pauses: readonly Span[]): number {
  const paused = pauses.map((pause) => Math.max(0, Math.min(to, pause.to) - Math.max(from, pause.from)));
  return to - from - paused.reduce((sum, time) => sum + time, 0);
}

/** Takes turns with what is measured, as a request does that comes meanwhile. */
export class Watch {
  readonly #began = performance.now();
  readonly #processor = process.cpuUsage();
  readonly #observer: PerformanceObserver;
  readonly #pauses: Span[] = [];
  readonly #long: Span[] = [];
  #last = this.#began;
  #isOver = false;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime: from, duration } of list.getEntries()) this.#pauses.push({ from, to: from + duration });
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#take();
  }

  #take(): void {
    const now = performance.now();
    if (now - this.#last > LONG) this.#long.push({ from: this.#last, to: now });
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
    const longest = (spans: readonly Span[], toLength: (span: Span) => number): number =>
      Math.max(0, ...spans.map(toLength));
    return {
      took,
      processor: (user + system) / 1000,
      worst: longest(this.#long, ({ from, to }) => to - from),
      own: longest(this.#long, (turn) => withoutPauses(turn, this.#pauses)),
      collected: longest(this.#pauses, ({ from, to }) => to - from),
    };
  }
}
