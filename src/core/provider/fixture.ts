import { isKin } from '../values/kinship.ts';
import type { Instant } from '../values/clock.ts';
import type { SeedIds } from '../store/ids.ts';
import type { GeneratedList } from './generation.ts';

/** The path of a value in a provider's section of a fixture: ["users", 3, "email"]. */
export type FixturePath = readonly (string | number)[];

const FIXTURE_MISTAKE = Symbol.for('credits-emulator fixture mistake');

/** An error in a fixture; the reader of the file adds file and line. */
export class FixtureMistake extends Error {
  override readonly name = 'FixtureMistake';
  readonly [FIXTURE_MISTAKE] = true;
  readonly path: FixturePath;

  constructor(path: FixturePath, message: string) {
    super(message);
    this.path = path;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isKin(this, FixtureMistake, FIXTURE_MISTAKE, value);
  }
}

export interface FixtureContext {
  /** The instant when the seed was first built, for entries without a time. */
  readonly start: Instant;
  /** The instant of the sandbox's start, for relative times. A fixture that calls it is built again once a running clock has moved on. */
  now(): Instant;
  /** Random characters of the alphabet that depend only on the random seed and the name. */
  text(name: string, alphabet: string, length: number): string;
  readonly ids: SeedIds;
  /**
   * Keeps operations from drawing these texts of a random stream again: the sandbox may have drawn them before its state
   * was saved. A state that contains the positions of its streams continues from there anyway.
   */
  drawOthers(stream: string, drawn: readonly string[]): void;
  /** Schedules a scheduled item of this kind in every sandbox that starts from the seed. */
  schedule(at: Instant, kind: string, payload: object): void;
}

/** Converts a provider's section of a fixture to records and back. */
export interface FixtureFormat<S, F = unknown> {
  /** JSON Schema of the section, checked before `load`. */
  readonly schema: object;
  /**
   * Adds the section's records to the state, replacing those with the same identity.
   *
   * @throws {FixtureMistake} for duplicates in the section and broken references
   */
  load(this: void, section: F, state: S, context: FixtureContext): void;
  /** The section that loads back to the same state. */
  dump(state: S): F;
  /** Generates lists of the section; each comes after the lists that it needs. */
  readonly generate?: Readonly<Record<string, GeneratedList>>;
}
