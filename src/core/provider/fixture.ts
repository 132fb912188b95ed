import { isKin } from '../values/kinship.ts';
import type { Instant } from '../values/clock.ts';
import type { SeedIds } from '../store/ids.ts';
import type { GeneratedList } from './generation.ts';

/** Where a value stands in a provider's section of a fixture: ["users", 3, "email"]. */
export type FixturePath = readonly (string | number)[];

const FIXTURE_MISTAKE = Symbol.for('credits-emulator fixture mistake');

/** What is wrong in a fixture, reported with file, line and path by whoever read the file. */
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
  /** When the seed was first built: what an entry means that says nothing of time. */
  readonly start: Instant;
  /** The instant of the sandbox's start, for what is relative to it. A fixture that asks is built anew when a running clock has moved on. */
  now(): Instant;
  /** Characters of the alphabet that depend on the random seed and the name only, not on what else is seeded. */
  text(name: string, alphabet: string, length: number): string;
  readonly ids: SeedIds;
  /**
   * Has operations draw other texts of a stream of chance than these, which a sandbox may have drawn before its state was
   * saved. Where a state says how far its chance has got, it goes on from there.
   */
  drawOthers(stream: string, drawn: readonly string[]): void;
  /** Has a due item of this kind happen at that instant, in every sandbox that starts from the seed. */
  schedule(at: Instant, kind: string, payload: object): void;
}

/** How a provider's section of a fixture becomes records and back. */
export interface FixtureFormat<S, F = unknown> {
  /** JSON Schema of the section; what does not fit never reaches `load`. */
  readonly schema: object;
  /**
   * Adds the section's records to the state, replacing those with the same identity.
   *
   * @throws {FixtureMistake} for duplicates in the section and broken references
   */
  load(section: F, state: S, context: FixtureContext): void;
  /** The section that loads back to the same state. */
  dump(state: S): F;
  /** How lists of the section are made up, each behind those that it needs. */
  readonly generate?: Readonly<Record<string, GeneratedList>>;
}
