import { JsonScanner } from '../../core/values/json-scanner.ts';

/** A JSON value whose numbers keep their digits. */
export type Json = null | boolean | string | Numeral | readonly Json[] | { readonly [name: string]: Json };

/** A number as written: `705.0` differs from `705`, and a JavaScript number holds 17 digits only. */
export class Numeral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** A canonical form, equal for all notations of one number. */
  get value(): string {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = PARTS.exec(this.text) ?? [];
    const digits = whole + fraction;
    let [from, to] = [0, digits.length];
    while (from < to && digits[from] === '0') from += 1;
    while (to > from && digits[to - 1] === '0') to -= 1;
    if (from === to) return '0';
    return `${sign}${digits.slice(from, to)}e${Number(exponent) - fraction.length + digits.length - to}`;
  }
}

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Maximum nesting of lists and objects. */
const DEEPEST = 64;

/** Parses JSON. @throws {SyntaxError} if it is not JSON, or nested deeper than 64 levels */
export function parseJson(text: string): Json {
  const { outline, numbers } = takeNumbers(text);
  return JSON.parse(outline, (_, value: unknown) =>
    typeof value === 'number' ? new Numeral(numbers[value] ?? '') : value,
  ) as Json;
}

/** Replaces each number by its index. */
function takeNumbers(text: string): { readonly outline: string; readonly numbers: readonly string[] } {
  const numbers: string[] = [];
  const parts: string[] = [];
  let copied = 0;
  const scanner = new JsonScanner(text);
  while (scanner.next()) {
    if (scanner.depth > DEEPEST) throw new SyntaxError(`It is nested deeper than ${DEEPEST} levels.`);
    if (scanner.token !== 'number') continue;
    parts.push(text.slice(copied, scanner.start), String(numbers.length));
    numbers.push(text.slice(scanner.start, scanner.end));
    copied = scanner.end;
  }
  // In "[7,05]", the index of the second number and the 5 would make another number.
  if (scanner.token !== 'end') throw new SyntaxError('It is not JSON.');
  return { outline: parts.join('') + text.slice(copied), numbers };
}

export type Kind = 'null' | 'boolean' | 'string' | 'number' | 'list' | 'object';

export function toKind(value: Json): Kind {
  if (value === null) return 'null';
  if (value instanceof Numeral) return 'number';
  if (isList(value)) return 'list';
  return typeof value as 'boolean' | 'string' | 'object';
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return toKind(value) === 'object';
}

/** A plain value to show: a number that JavaScript would write differently stays text. */
export function toPlain(value: Json): unknown {
  if (value instanceof Numeral) return String(Number(value.text)) === value.text ? Number(value.text) : value.text;
  if (isList(value)) return value.map(toPlain);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlain(one)]));
  return value;
}
