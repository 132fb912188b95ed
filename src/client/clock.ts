import type { components } from '../generated/emulator.ts';
import type { ControlApi } from './control-api.ts';

export type ClockReading = components['schemas']['Clock'];

/** The time of a sandbox. Instants are RFC 3339 or a `Date`. */
export class Clock {
  readonly #api: ControlApi;

  constructor(api: ControlApi) {
    this.#api = api;
  }

  get(): Promise<ClockReading> {
    return this.#api.call('getClock', {});
  }

  /** Stops it, where it is or at an instant. */
  freeze(at?: string | Date): Promise<ClockReading> {
    return this.#api.call('putClock', { body: { frozen: true, ...(at !== undefined && { now: toText(at) }) } });
  }

  /** Where it moves ahead, what is due on the way happens in order. */
  set(now: string | Date): Promise<ClockReading> {
    return this.#api.call('putClock', { body: { now: toText(now) } });
  }

  /** @param by ISO 8601, such as PT1H, or milliseconds */
  advance(by: string | number): Promise<ClockReading> {
    return this.#api.call('advanceClock', { body: { by } });
  }

  /** Lets it run on with real time. */
  run(): Promise<ClockReading> {
    return this.#api.call('putClock', { body: { frozen: false } });
  }
}

export function toText(instant: string | Date): string {
  return typeof instant === 'string' ? instant : instant.toISOString();
}
