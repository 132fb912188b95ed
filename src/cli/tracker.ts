import { monotonic } from '../core/values/clock.ts';

interface TrackerTerms {
  /** How many are done at a time. */
  readonly jobs: number;
  /** Milliseconds that one is expected to take, where that is known. */
  readonly estimate?: number;
  readonly isShown: boolean;
}

/** How far many runs are, and about how long the rest takes: a line that is written over, and without a terminal one at the start. */
export class Tracker {
  readonly #count: number;
  readonly #terms: TrackerTerms;
  readonly #started = monotonic();
  readonly #isLive = process.stderr.isTTY;
  #done = 0;
  #failed = 0;

  constructor(count: number, terms: TrackerTerms) {
    this.#count = count;
    this.#terms = terms;
    const { jobs, estimate } = terms;
    const atOnce = Math.min(jobs, count);
    const expected = estimate === undefined ? '' : `, ${toShown((estimate * count) / atOnce)}`;
    const text = `${count} runs, ${atOnce} at a time${expected}`;
    if (terms.isShown) process.stderr.write(this.#isLive ? text : `${text}\n`);
  }

  /** One more is done. @param failure what failed of it */
  tell(failure: string | undefined): void {
    this.#done += 1;
    if (failure !== undefined) this.#failed += 1;
    if (!this.#terms.isShown) return;
    if (!this.#isLive) {
      if (failure !== undefined) process.stderr.write(`${failure}\n`);
      return;
    }
    const left = ((monotonic() - this.#started) / this.#done) * (this.#count - this.#done);
    if (failure !== undefined) process.stderr.write(`\r\u001B[K${failure}\n`);
    process.stderr.write(
      `\r\u001B[K${this.#done} of ${this.#count} runs, ${this.#failed} failed, ${toShown(left)} left`,
    );
  }

  end(): void {
    if (this.#terms.isShown && this.#isLive) process.stderr.write('\r\u001B[K');
  }
}

function toShown(milliseconds: number): string {
  const seconds = Math.max(Math.ceil(milliseconds / 1000), 1);
  return seconds < 120 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} minutes`;
}
