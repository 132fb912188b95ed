import { monotonic } from '../core/values/clock.ts';

/** Milliseconds before progress is shown, and between two updates. */
const PATIENCE = 1000;
const PAUSE = 100;

/** A stream on which a line can be overwritten. */
export interface Screen {
  write(text: string): unknown;
}

/** The progress of slow work, as a line of the terminal that disappears at the end. */
export class Progress {
  readonly #what: string;
  readonly #screen: Screen;
  readonly #now: () => number;
  #due: number;
  #isShown = false;

  /** @param what is done, such as `Reading ./data` */
  constructor(what: string, screen: Screen = process.stderr, now: () => number = monotonic) {
    this.#what = what;
    this.#screen = screen;
    this.#now = now;
    this.#due = now() + PATIENCE;
  }

  /** @param part from 0 to 1 */
  tell(part: number): void {
    if (part >= 1) this.end();
    else if (this.#now() >= this.#due) {
      this.#due = this.#now() + PAUSE;
      this.#isShown = true;
      this.#screen.write(`\r${this.#what}: ${Math.floor(part * 100)} %`);
    }
  }

  end(): void {
    if (this.#isShown) this.#screen.write('\r\u001B[K');
    this.#isShown = false;
  }
}
