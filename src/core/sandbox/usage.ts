import { monotonic } from '../values/clock.ts';

/** Whether requests to one sandbox are under way, and when the last one was. */
export class Usage {
  #underWay = 0;
  #isUsed: boolean;
  #lastUsed = monotonic();

  /** @param isUsed whether somebody has wanted it already */
  constructor(isUsed: boolean) {
    this.#isUsed = isUsed;
  }

  /** Whether any request was let in. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Whether requests are under way. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** When the last request ended, on the scale of `monotonic`. */
  get lastUsed(): number {
    return this.#lastUsed;
  }

  /** Somebody made it on purpose. */
  want(): void {
    this.#isUsed = true;
    this.#lastUsed = monotonic();
  }

  begin(): void {
    this.#underWay += 1;
  }

  /** @param wasLetIn or was refused for who sent it */
  end(wasLetIn: boolean): void {
    this.#underWay -= 1;
    this.#isUsed ||= wasLetIn;
    this.#lastUsed = monotonic();
  }
}
