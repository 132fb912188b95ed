import type { Outcome } from '../support/command.ts';

/** The outcome of a command that prints to standard output only. */
export const prints = (stdout = '', code = 0): Outcome => ({ stdout, stderr: '', code });

/** The outcome of a command that refuses its words, or fails. */
export const refuses = (stderr: string, code = 2): Outcome => ({ stdout: '', stderr, code });
