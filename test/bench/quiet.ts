import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** The system counts time in hundredths of a second. */
const TICK = 10;
/** Of the machine's time, as a part of 1: what others take on a quiet one. */
const SOME = 0.03;
/** Milliseconds after a disturbance, which last for some seconds. */
const PAUSE = 10_000;
/** In a run, which would never end on a machine that has no quiet minute. */
const MOST = 100;

/** Takes measurements, and takes one again in which the machine of a virtual one did work for others. */
export class Quiet {
  #again = 0;
  #disturbed = 0;

  /** @param discard ends what a measurement began that does not count */
  async take<T>(measure: () => Promise<T>, discard: (taken: T) => Promise<void> = () => Promise.resolve()): Promise<T> {
    for (;;) {
      const [before, began] = [readStolen(), performance.now()];
      const outcome = await measure().then(
        (taken) => ({ taken }),
        (error: unknown) => ({ error }),
      );
      const part = (readStolen() - before) / (performance.now() - began) / availableParallelism();
      const isDisturbed = part > SOME;
      if (isDisturbed && this.#again < MOST) {
        this.#again += 1;
        if ('taken' in outcome) await discard(outcome.taken);
        await sleep(PAUSE);
        continue;
      }
      if ('error' in outcome) throw outcome.error;
      if (isDisturbed) this.#disturbed += 1;
      return outcome.taken;
    }
  }

  describe(): string {
    return `${this.#again} measurements were taken again, since others had more than ${SOME * 100} % of the machine; of those that count, ${this.#disturbed} were disturbed`;
  }
}

/** Milliseconds that the processors had work for and were not given; 0 where the system does not tell. */
function readStolen(): number {
  if (process.platform !== 'linux') return 0;
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/) ?? [];
  return Number(fields[7] ?? 0) * TICK;
}
