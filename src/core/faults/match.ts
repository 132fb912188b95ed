import { isDeepStrictEqual } from 'node:util';

/** What a request must look like. Every given field must match. */
export interface Match {
  readonly subject?: string;
  readonly method?: string;
  /** The path that the real service would see; `*` matches any characters. */
  readonly path?: string;
  /** The topic of a webhook; exchanges have none. */
  readonly topic?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Every given field must be equal. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The parts of an exchange that are matched. A part that could not be read is `undefined`. */
export interface Matchable {
  readonly subject: string | undefined;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly topic?: string | undefined;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** One condition on an exchange. */
export interface Condition<T> {
  /** `method`, or the part and the name of a field in it. */
  readonly place: readonly [part: string, ...name: readonly string[]];
  readonly expected: unknown;
  readonly read: (exchange: T) => unknown;
  readonly accepts: (actual: unknown) => boolean;
}

/** One part of an exchange that does not match. */
export interface Difference extends Pick<Condition<never>, 'place' | 'expected'> {
  /** `undefined` if it is missing. */
  readonly actual: unknown;
}

export function fits<T>(conditions: readonly Condition<T>[], exchange: T): boolean {
  return conditions.every(({ read, accepts }) => accepts(read(exchange)));
}

/** Differences in the order of the conditions; none if the exchange matches. */
export function findDifferences<T>(conditions: readonly Condition<T>[], exchange: T): readonly Difference[] {
  const differences: Difference[] = [];
  for (const { place, expected, read, accepts } of conditions) {
    const actual = read(exchange);
    if (!accepts(actual)) differences.push({ place, expected, actual });
  }
  return differences;
}

/** The most telling conditions come first: the subject, then method and path, then the content. */
export function toConditions({
  subject,
  topic,
  method,
  path,
  query,
  headers,
  body,
}: Match): readonly Condition<Matchable>[] {
  const conditions: Condition<Matchable>[] = [];
  if (subject !== undefined) conditions.push(toCondition('subject', subject, (exchange) => exchange.subject));
  if (topic !== undefined) conditions.push(toCondition('topic', topic, (exchange) => exchange.topic));
  if (method !== undefined) conditions.push(toCondition('method', method.toUpperCase(), (exchange) => exchange.method));
  if (path !== undefined) {
    const isLike = toPattern(path);
    conditions.push({
      place: ['path'],
      expected: path,
      read: (exchange) => exchange.path,
      accepts: (actual) => typeof actual === 'string' && isLike(actual),
    });
  }
  return [
    ...conditions,
    ...toFieldConditions('query', query, (exchange) => exchange.query),
    ...toFieldConditions('headers', headers && toLowerCase(headers), (exchange) => exchange.headers),
    ...toFieldConditions('body', body, (exchange) => exchange.body),
  ];
}

/** A condition that a part equals a value. */
export function toCondition<T>(part: string, expected: string | number, read: (exchange: T) => unknown): Condition<T> {
  return { place: [part], expected, read, accepts: (actual) => actual === expected };
}

function toFieldConditions(
  part: string,
  fields: Readonly<Record<string, unknown>> | undefined,
  readPart: (exchange: Matchable) => unknown,
): readonly Condition<Matchable>[] {
  if (fields === undefined) return [];
  const entries = Object.entries(fields);
  if (entries.length === 0) return [{ place: [part], expected: fields, read: readPart, accepts: isObject }];
  return entries.map(([name, expected]) => ({
    place: [part, name],
    expected,
    read: (exchange) => readField(readPart(exchange), name),
    accepts: (actual) => isSame(actual, expected),
  }));
}

/** The value of an own field; `undefined` if it is missing. */
export function readField(whole: unknown, name: string): unknown {
  return isObject(whole) && Object.hasOwn(whole, name) ? Reflect.get(whole, name) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A number equals its text, as in a form. Of a repeated parameter one value is enough. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && !Array.isArray(other)) return one.some((item) => isSame(item, other));
  return isDeepStrictEqual(one, other) || (isPlain(one) && isPlain(other) && String(one) === String(other));
}

export function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function toLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** `*` matches any characters. No regular expression, so that a hostile pattern costs no more than its length. */
function toPattern(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return (text) => text === pattern;
  const last = rest.pop() ?? '';
  const middle = rest.filter((part) => part !== '');
  const least = [first, ...middle, last].reduce((length, part) => length + part.length, 0);
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    const end = text.length - last.length;
    for (const part of middle) {
      const at = text.indexOf(part, from);
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}
