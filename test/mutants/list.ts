import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { format } from 'prettier';

const LIST = fileURLToPath(new URL('mutants.json', import.meta.url));

/** One change to one line of `src`. */
export interface Mutant {
  readonly id: string;
  readonly wing: string;
  readonly file: string;
  /** The named function, method or class around it. */
  readonly in: string;
  readonly kind: string;
  /** The line without its indent, before and after the change. No other line of `src` reads the same before it. */
  readonly before: string;
  readonly after: string;
  /** Why no test can find it. Written by hand. */
  readonly equivalent?: string;
  /** What the tests said before the work began. */
  readonly base?: Outcome;
  /** What they said last. */
  readonly now?: Outcome;
}

export interface Outcome {
  /** `gone`: its line is no longer in `src`; write its new text into the list. */
  readonly result: 'found' | 'survived' | 'gone';
  /** The test that found it. */
  readonly by?: string;
  readonly seconds: number;
}

export interface List {
  /** The mutants were drawn by it: first a file of each wing, then a kind of change, then a place. */
  readonly seed: string;
  readonly mutants: readonly Mutant[];
}

export function readList(): List {
  return JSON.parse(readFileSync(LIST, 'utf8')) as List;
}

export async function writeList(list: List): Promise<void> {
  writeFileSync(LIST, await format(JSON.stringify(list), { parser: 'json', printWidth: 120 }));
}
