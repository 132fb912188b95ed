import { Gates } from '../faults/gates.ts';
import { LONGEST_TIMER } from '../values/clock.ts';

/** What exchanges of one sandbox wait for: a delay to go by, their client to leave, or each other. */
export class Waits {
  readonly gates = new Gates();
  readonly #ends = new Set<(happened: boolean) => void>();

  #isClosed = false;
  /** Where somebody else says when it is over: who waits, and who may go on. */
  #steered: { readonly waiting: Map<string, () => void>; readonly free: Set<string> } | undefined;

  /** How many wait. */
  get size(): number {
    return this.#ends.size;
  }

  /** From now on nobody goes on before `go` says so. */
  steer(): void {
    this.#steered = { waiting: new Map(), free: new Set() };
    this.gates.isSteered = true;
  }

  /** As it was before; those who wait wait on. */
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

  /** Its time is over, however many things it waits for. */
  go(who: string): void {
    this.#steered?.free.add(who);
    this.#steered?.waiting.get(who)?.();
  }

  /** It has gone on; what it comes to wait for now is something else. */
  settle(who: string): void {
    this.#steered?.free.delete(who);
  }

  /** @returns whether so many milliseconds of real time went by before all were ended */
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
   * @param listen has `happened` called when something happens, and gives what takes that back
   * @returns whether it happened before all were ended
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
