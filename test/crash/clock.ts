/** What the control API says of a clock. */
export interface ClockAnswer {
  readonly now: string;
  readonly frozen: boolean;
}

interface Reading {
  readonly frozen: boolean;
  /** Milliseconds since 1970, of the sandbox and in reality. */
  readonly now: number;
  readonly real: number;
}

/** Milliseconds by which a running clock may differ from what is foretold; a move that is lost is ten minutes. */
const SLACK = 60_000;

/** Where the clock of a sandbox may be, by what was acknowledged. */
export class ClockRecord {
  #possible: readonly Reading[];

  /** A clock that runs with real time. */
  constructor(real: number) {
    this.#possible = [{ frozen: false, now: real, real }];
  }

  /** An act was sent that moves it by so many milliseconds, or freezes it, or lets it run. */
  begin(act: { readonly by: number } | { readonly frozen: boolean }, real: number): void {
    const moved = this.#possible.map((reading): Reading => {
      const now = toNow(reading, real);
      return 'by' in act ? { frozen: reading.frozen, now: now + act.by, real } : { frozen: act.frozen, now, real };
    });
    this.#possible = [...this.#possible, ...moved];
  }

  /** What the emulator has told, which holds from then on. */
  keep({ now, frozen }: ClockAnswer, real: number): void {
    this.#possible = [{ frozen, now: Date.parse(now), real }];
  }

  /** @param isKnown whether the reset was acknowledged */
  reset(real: number, isKnown: boolean): void {
    const fresh = { frozen: false, now: real, real };
    this.#possible = isKnown ? [fresh] : [...this.#possible, fresh];
  }

  /** Whether the clock may be there. */
  allows(answer: ClockAnswer, real: number): boolean {
    const now = Date.parse(answer.now);
    return this.#possible.some(
      (reading) => reading.frozen === answer.frozen && Math.abs(now - toNow(reading, real)) < SLACK,
    );
  }

  toString(): string {
    return JSON.stringify(this.#possible.map(({ now, frozen }) => ({ now: new Date(now).toISOString(), frozen })));
  }
}

function toNow({ frozen, now, real }: Reading, at: number): number {
  return frozen ? now : now + at - real;
}
