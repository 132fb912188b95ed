import { JsonScanner } from '../values/json-scanner.ts';

/** A place in a text, counted from 1 as editors do. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface JsonBreak extends TextPlace {
  /** Whether the text ends there too early. */
  readonly isEnd: boolean;
}

/**
 * Finds where a text stops being JSON. The parser's own message differs between versions of Node, may lack the position
 * and repeats what was sent.
 */
export function findJsonBreak(text: string): JsonBreak | undefined {
  const scanner = new JsonScanner(text);
  while (scanner.next());
  const isEnd = scanner.token === 'cut';
  const offset = isEnd ? text.length : scanner.start;
  return scanner.token === 'end' && offset === text.length ? undefined : { ...toTextPlace(text, offset), isEnd };
}

export function toTextPlace(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
