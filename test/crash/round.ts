import type { Connection } from './connection.ts';
import type { Hooks } from './hooks.ts';

/** What a run has counted. */
export class Tally {
  rounds = 0;
  /** Writes whose answer came whole. */
  acknowledged = 0;
  /** Of these, answers that were errors by a fault of phase `after`. */
  errorsAfter = 0;
  /** Writes that had no answer when the emulator went. */
  inFlight = 0;
  /** Of these, those that were there afterwards, and those that were not. */
  found = 0;
  missing = 0;
  /** Writes that had no answer yet when another client, or a stream, showed their effect. */
  seenEarly = 0;
  pushes = 0;
  resets = 0;
  clockActs = 0;
  rules = 0;
  /** Rules that had fired and say that they had not: what moves without a commit may go. */
  rulesBehind = 0;
  /** Lives that ended while files were being written beside those that count. */
  caughtWriting = 0;
  reads = 0;
  /** Writes of which somebody was told as they should be. */
  told = 0;
  lost = 0;
  half = 0;
  readonly findings: string[] = [];

  find(text: string): void {
    this.findings.push(text);
  }
}

/** One life of the emulator, and those who use it. */
export interface Round {
  readonly number: number;
  readonly connection: Connection;
  readonly tally: Tally;
  readonly hooks: Hooks;
  /** Set before the emulator is ended; what then fails is no finding. */
  isOver: boolean;
}
