import { Gates } from '../faults/gates.ts';
import { LONGEST_TIMER } from '../values/clock.ts';

/** The waits of exchanges in one sandbox: for a delay, for their client to leave, or for each other. */
export class Waits {
  readonly gates = new Gates();
  readonly #ends = new Set<(happened: boolean) => void>();

  #isClosed = false;
  /** Set while a player ends the waits: those that wait, and those that may continue. */
  #steered: { readonly waiting: Map<string, () => void>; readonly free: Set<string> } | undefined;

  /** The number of waits. */
  get size(): number {
    return this.#ends.size;
  }

  /** Makes every wait last until `go` ends it. */
  steer(): void {
    this.#steered = { waiting: new Map(), free: new Set() };
    this.gates.isSteered = true;
  }

  /** Ends the steering; current waits continue. */
  release(): void {
    this.#steered = undefined;
    this.gates.isSteered = false;
  }

  get isSteered(): boolean {
    return this.#steered !== undefined;
  }

  isWaiting(who: string): boolean {
    return this.#steered?.waiting.has(who) === true;
  }

  /** Ends all waits of an exchange. */
  go(who: string): void {
    this.#steered?.free.add(who);
    this.#steered?.waiting.get(who)?.();
  }

  /** Forgets the `go` of an exchange that resumed: its next wait is another one. */
  settle(who: string): void {
    this.#steered?.free.delete(who);
  }

  /** @returns whether these milliseconds of real time passed before all waits were ended */
  pass(milliseconds: number, who: string): Promise<boolean> {
    if (this.#steered) return this.until(() => () => undefined, who);
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
   * @param listen calls `happened` when it happens, and returns a function that stops listening
   * @returns whether it happened before all waits were ended
   */
  until(listen: (happened: () => void) => () => void, who: string): Promise<boolean> {
    const steered = this.#steered;
    if (!steered) return this.#wait(listen);
    if (steered.free.has(who)) return Promise.resolve(true);
    return this.#wait((happened) => {
      steered.waiting.set(who, happened);
      const forget = listen(happened);
      return () => {
        steered.waiting.delete(who);
        forget();
      };
    });
  }

  /** Ends all waits, current and future. */
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
