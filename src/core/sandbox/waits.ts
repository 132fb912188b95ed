import { Gates } from '../faults/gates.ts';
import { LONGEST_TIMER } from '../values/clock.ts';

/** What exchanges of one sandbox wait for: a delay to go by, their client to leave, or each other. */
export class Waits {
  readonly gates = new Gates();
  readonly #ends = new Set<(happened: boolean) => void>();

  #isClosed = false;

  /** How many wait. */
  get size(): number {
    return this.#ends.size;
  }

  /** @returns whether so many milliseconds of real time went by before all were ended */
  pass(milliseconds: number): Promise<boolean> {
    return this.#wait((end) => {
      let timer: NodeJS.Timeout | undefined;
      const wait = (rest: number): void => {
        const part = Math.min(rest, LONGEST_TIMER);
        timer = setTimeout(() => {
          if (rest > part) wait(rest - part);
          else end();
        }, part);
      };
      wait(milliseconds);
      return () => {
        clearTimeout(timer);
      };
    });
  }

  /**
   * @param listen has `happened` called when something happens, and gives what takes that back
   * @returns whether it happened before all were ended
   */
  until(listen: (happened: () => void) => () => void): Promise<boolean> {
    return this.#wait(listen);
  }

  /** Ends all, and whatever would wait from now on. */
  close(): void {
    this.#isClosed = true;
    this.endAll();
  }

  endAll(): void {
    for (const end of [...this.#ends]) end(false);
    this.gates.clear();
  }

  #wait(listen: (happened: () => void) => () => void): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (happened: boolean): void => {
        this.#ends.delete(end);
        forget();
        resolve(happened);
      };
      const forget = listen(() => {
        end(true);
      });
      this.#ends.add(end);
    });
  }
}
