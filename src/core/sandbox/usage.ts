import { monotonic } from '../values/clock.ts';

/** Whether requests to one sandbox are in progress, and when the last one ended. */
export class Usage {
  #underWay = 0;
  #isUsed: boolean;
  #lastUsed = monotonic();

  /** @param isUsed whether it was made on purpose */
  constructor(isUsed: boolean) {
    this.#isUsed = isUsed;
  }

  /** Whether it was made on purpose or any request was accepted. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Whether requests are in progress. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** When the last request ended, on the scale of `monotonic`. */
  get lastUsed(): number {
    return this.#lastUsed;
  }

  /** Marks it as made on purpose. */
  want(): void {
    this.#isUsed = true;
    this.#lastUsed = monotonic();
  }

  begin(): void {
    this.#underWay += 1;
  }

  /** @param wasLetIn whether its credential was accepted */
  end(wasLetIn: boolean): void {
    this.#underWay -= 1;
    this.#isUsed ||= wasLetIn;
    this.#lastUsed = monotonic();
  }
}
