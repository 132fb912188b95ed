import { suggest } from '../values/nearest.ts';

/** Lists what is wrong with a value, each a sentence that begins with its path. */
export type Validator = (value: unknown, where: string) => readonly string[];

const FITS: readonly string[] = [];

/** Makes a validator whose error is "PATH must be EXPECTED". */
export function defineValidator(expected: string, fits: (value: unknown) => boolean): Validator {
  return (value, where) => (fits(value) ? FITS : [`${where} must be ${expected}, got ${toWords(value)}.`]);
}

export const aFunction = defineValidator('a function', (value) => typeof value === 'function');
export const aText = defineValidator('text that is not empty', (value) => typeof value === 'string' && value !== '');
export const aSwitch = defineValidator('true or false', (value) => typeof value === 'boolean');
export const aWhole = defineValidator('a whole number', Number.isSafeInteger);
export const aCount = defineValidator(
  'a whole number of at least 0',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
export const aFile = defineValidator(
  'the URL of a file, such as new URL("mine.yaml", import.meta.url)',
  (value) => value instanceof URL && value.protocol === 'file:',
);
export const anything: Validator = () => FITS;

/** Accepts one of these words. */
export function oneOf(words: readonly string[]): Validator {
  return (value, where) => {
    if (typeof value === 'string' && words.includes(value)) return FITS;
    const said = `${where} must be one of ${words.join(', ')}, got ${toWords(value)}`;
    return [`${said}${typeof value === 'string' ? suggest(value, words) : '.'}`];
  };
}

export function listOf(item: Validator): Validator {
  return (value, where) =>
    Array.isArray(value)
      ? value.flatMap((one: unknown, index) => item(one, `${where}[${index}]`))
      : [`${where} must be a list, got ${toWords(value)}.`];
}

/** Accepts an object with any names. */
export function recordOf(entry: Validator): Validator {
  return (value, where) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, one]) => entry(one, `${where}.${name}`))
      : [`${where} must be an object, got ${toWords(value)}.`];
}

/** Accepts an object with these fields and no others; some may be optional. */
export function fields(
  required: Readonly<Record<string, Validator>>,
  optional: Readonly<Record<string, Validator>> = {},
): Validator {
  const shapes = new Map(Object.entries({ ...required, ...optional }));
  return (value, where) => {
    if (!isObject(value)) return [`${where} must be an object, got ${toWords(value)}.`];
    const given = new Map(Object.entries(value).filter(([, one]) => one !== undefined));
    const missing = Object.keys(required).filter((name) => !given.has(name));
    const wrong = [...given].flatMap(([name, one]) => {
      const shape = shapes.get(name);
      if (shape) return shape(one, `${where}.${name}`);
      // Suggests missing fields first.
      return [`${where}.${name} is not known${suggest(name, missing.length > 0 ? missing : shapes.keys())}`];
    });
    return [...missing.map((name) => `${where}.${name} is missing.`), ...wrong];
  };
}

/** Adds a check that runs if the first one passes. */
export function andAlso<T>(
  shape: Validator,
  isOf: (value: unknown) => value is T,
  more: (value: T, where: string) => readonly string[],
): Validator {
  return (value, where) => {
    const wrong = shape(value, where);
    return wrong.length === 0 && isOf(value) ? more(value, where) : wrong;
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Describes a value briefly. */
function toWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'function' ? 'a function' : 'an object';
}
