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
const NUMBER = /-?\d[\d.eE+-]*/y;
/** Maximum nesting of lists and objects. */
const DEEPEST = 64;

/** Parses JSON. @throws {SyntaxError} if it is not JSON, or nested deeper than 64 levels */
export function parseJson(text: string): Json {
  const { outline, numbers } = takeNumbers(text);
  // Numbers are replaced before JSON.parse, so their notation is checked here.
  for (const number of numbers) if (!PARTS.test(number) || /^-?0\d/.test(number)) JSON.parse(number);
  return JSON.parse(outline, (_, value: unknown) =>
    typeof value === 'number' ? new Numeral(numbers[value] ?? '') : value,
  ) as Json;
}

/** Replaces each number by its index. */
function takeNumbers(text: string): { readonly outline: string; readonly numbers: readonly string[] } {
  const numbers: string[] = [];
  const parts: string[] = [];
  let [depth, copied] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') at = findEnd(text, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    else if (character === '-' || (character >= '0' && character <= '9')) {
      NUMBER.lastIndex = at;
      const [number] = NUMBER.exec(text) ?? [character];
      parts.push(text.slice(copied, at), String(numbers.length));
      numbers.push(number);
      copied = at + number.length;
      at = copied - 1;
    }
    if (depth > DEEPEST) throw new SyntaxError(`It is nested deeper than ${DEEPEST} levels.`);
  }
  return { outline: parts.join('') + text.slice(copied), numbers };
}

/** Finds the end of the string that begins at `start`. */
function findEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
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
