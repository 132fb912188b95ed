import { monotonic } from '../core/values/clock.ts';

interface TrackerTerms {
  /** Runs at a time. */
  readonly jobs: number;
  /** Expected milliseconds of a run, if known. */
  readonly estimate?: number;
  readonly isShown: boolean;
}

/** Shows the progress of many runs and the time left: on a terminal as one line, otherwise as a line at the start. */
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

  /** Counts a finished run. @param failure what failed in it */
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
