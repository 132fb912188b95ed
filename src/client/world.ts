import type { components } from '../generated/emulator.ts';
import { Group, type AnswerOf, type BodyOf } from './control-api.ts';
import type { ControlName, ProviderName } from './names.ts';

/** A sandbox as one document in the format of fixtures. */
export type StateDocument = AnswerOf<'getState'>;
export type Loading = BodyOf<'loadFixtures'>;

/** All that a sandbox holds. */
export class State extends Group {
  get(): Promise<StateDocument> {
    return this.api.call('getState', {});
  }

  /** Replaces all of it, or nothing if anything is wrong. */
  put(state: BodyOf<'putState'>): Promise<void> {
    return this.api.call('putState', { body: state });
  }
}

/** The worlds that are known, and loading them into a sandbox. */
export class Fixtures extends Group {
  list(): Promise<AnswerOf<'listFixtures'>> {
    return this.api.call('listFixtures', {});
  }

  /** Adds records to those that are there; with `replace` they become what the sandbox starts from. */
  load(fixtures: Loading): Promise<void> {
    return this.api.call('loadFixtures', { body: fixtures });
  }
}

/** What a sandbox was at moments that have a name. */
export class Snapshots extends Group {
  list(): Promise<AnswerOf<'listSnapshots'>> {
    return this.api.call('listSnapshots', {});
  }

  /** In the place of what had that name. It costs the same at any size. */
  take(name: string): Promise<AnswerOf<'takeSnapshot'>> {
    return this.api.call('takeSnapshot', { path: { name } });
  }

  /** As often as one likes. The journal stays, and numbers go on. */
  restore(name: string): Promise<void> {
    return this.api.call('restoreSnapshot', { path: { name } });
  }

  delete(name: string): Promise<void> {
    return this.api.call('deleteSnapshot', { path: { name } });
  }
}

/** What providers can be made to do from outside their APIs. */
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

/** The time of a sandbox. Instants are RFC 3339 or a `Date`. */
export class Clock extends Group {
  get(): Promise<ClockReading> {
    return this.api.call('getClock', {});
  }

  /** Stops it, where it is or at an instant. */
  freeze(at?: string | Date): Promise<ClockReading> {
    return this.api.call('putClock', { body: { frozen: true, ...(at !== undefined && { now: toText(at) }) } });
  }

  /** Where it moves ahead, what is due on the way happens in order. */
  set(now: string | Date): Promise<ClockReading> {
    return this.api.call('putClock', { body: { now: toText(now) } });
  }

  /** @param by ISO 8601, such as PT1H, or milliseconds */
  advance(by: string | number): Promise<ClockReading> {
    return this.api.call('advanceClock', { body: { by } });
  }

  /** Lets it run on with real time. */
  run(): Promise<ClockReading> {
    return this.api.call('putClock', { body: { frozen: false } });
  }
}

export function toText(instant: string | Date): string {
  return typeof instant === 'string' ? instant : instant.toISOString();
}
