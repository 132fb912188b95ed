import type { components } from '../generated/emulator.ts';
import { Group, type AnswerOf, type BodyOf } from './control-api.ts';
import type { ControlName, ProviderName } from './names.ts';

/** The state of a sandbox as one document, in the format of fixtures. */
export type StateDocument = AnswerOf<'getState'>;
export type Loading = BodyOf<'loadFixtures'>;

/** The state of a sandbox. */
export class State extends Group {
  get(): Promise<StateDocument> {
    return this.api.call('getState', {});
  }

  /** Replaces the whole state, or nothing if anything is wrong. */
  put(state: BodyOf<'putState'>): Promise<void> {
    return this.api.call('putState', { body: state });
  }
}

/** The known worlds, to be loaded into a sandbox. */
export class Fixtures extends Group {
  list(): Promise<AnswerOf<'listFixtures'>> {
    return this.api.call('listFixtures', {});
  }

  /** Adds records to the existing ones; with `replace` they become the seed of the sandbox. */
  load(fixtures: Loading): Promise<void> {
    return this.api.call('loadFixtures', { body: fixtures });
  }
}

/** The saved states of a sandbox. */
export class Snapshots extends Group {
  list(): Promise<AnswerOf<'listSnapshots'>> {
    return this.api.call('listSnapshots', {});
  }

  /** Saves the state, replacing an older snapshot of that name. This costs the same at any size. */
  take(name: string): Promise<AnswerOf<'takeSnapshot'>> {
    return this.api.call('takeSnapshot', { path: { name } });
  }

  /** Restores a snapshot; can be repeated. The journal stays, and request numbers continue. */
  restore(name: string): Promise<void> {
    return this.api.call('restoreSnapshot', { path: { name } });
  }

  delete(name: string): Promise<void> {
    return this.api.call('deleteSnapshot', { path: { name } });
  }
}

/** Triggers for what happens outside the API of a service. */
export class Controls extends Group {
  list(): Promise<AnswerOf<'listControls'>> {
    return this.api.call('listControls', {});
  }

  run<P extends ProviderName>(
    provider: P,
    name: ControlName<P>,
    args: Readonly<Record<string, unknown>> = {},
  ): Promise<AnswerOf<'runControl'>> {
    return this.api.call('runControl', { path: { provider, name }, body: args });
  }
}

export type ClockReading = components['schemas']['Clock'];

/** The clock of a sandbox. Instants are RFC 3339 or a `Date`. */
export class Clock extends Group {
  get(): Promise<ClockReading> {
    return this.api.call('getClock', {});
  }

  /** Stops the clock, at its current time or at an instant. */
  freeze(at?: string | Date): Promise<ClockReading> {
    return this.api.call('putClock', { body: { frozen: true, ...(at !== undefined && { now: toText(at) }) } });
  }

  /** Sets the clock. Everything that falls due on the way happens in order. */
  set(now: string | Date): Promise<ClockReading> {
    return this.api.call('putClock', { body: { now: toText(now) } });
  }

  /** @param by ISO 8601, such as PT1H, or milliseconds */
  advance(by: string | number): Promise<ClockReading> {
    return this.api.call('advanceClock', { body: { by } });
  }

  /** Lets the clock run on with real time. */
  run(): Promise<ClockReading> {
    return this.api.call('putClock', { body: { frozen: false } });
  }
}

export function toText(instant: string | Date): string {
  return typeof instant === 'string' ? instant : instant.toISOString();
}
