/** What exchanges of one sandbox wait for: a delay to go by, or their client to leave. */
export class Waits {
  readonly #ends = new Set<() => void>();

  /** How many wait. */
  get size(): number {
    return this.#ends.size;
  }

  /** Settles after so many milliseconds of real time, or when all are ended. */
  pass(milliseconds: number): Promise<void> {
    return this.#wait((end) => {
      const timer = setTimeout(end, milliseconds);
      return () => {
        clearTimeout(timer);
      };
    });
  }

  /**
   * Settles when something happens, or when all are ended.
   *
   * @param listen has `happened` called then, and gives what takes that back
   */
  until(listen: (happened: () => void) => () => void): Promise<void> {
    return this.#wait(listen);
  }

  endAll(): void {
    for (const end of [...this.#ends]) end();
  }

  #wait(listen: (end: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#ends.delete(end);
        forget();
        resolve();
      };
      const forget = listen(end);
      this.#ends.add(end);
    });
  }
}
