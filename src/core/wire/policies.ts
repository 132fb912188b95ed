/** What real services differ in when they take a request apart, as values. */

export interface BodyPolicy {
  /** Media types that are read; any other is the failure `parse: mediaType`. */
  readonly accept: readonly MediaType[];
  /** The media type of a body that names none. Without it that is `parse: mediaType` too. */
  readonly assume?: MediaType;
  /** A request that names JSON and has no body is `parse: empty`, also where none is required. */
  readonly refuseEmptyJson?: true;
  /** A type such as `application/problem+json` is not JSON. */
  readonly refuseJsonSuffix?: true;
  /** A body of another type counts as none at all and is no failure. */
  readonly ignoreOthers?: true;
  /**
   * A name that repeats in a form or query has its last value, and `name[]` makes a list.
   * Left out, a name that repeats makes a list.
   */
  readonly lastValueWins?: true;
  /** Bytes. */
  readonly limit: number;
  /** Levels of nested JSON. */
  readonly depth: number;
  /** Whether an object key `__proto__` is kept as plain data or makes the body unreadable. */
  readonly protoKeys: 'data' | 'refuse';
}

export type MediaType = 'application/json' | 'application/x-www-form-urlencoded' | 'multipart/form-data' | 'text/plain';

export interface PathPolicy {
  readonly doubleSlash: 'collapse' | 'refuse';
  readonly trailingSlash: 'collapse' | 'refuse';
}

/** Headers of a preflight's answer, and those of every answer to a request that has an `Origin`. */
export interface CorsPolicy {
  readonly preflight: Readonly<Record<string, string>>;
  readonly actual: Readonly<Record<string, string>>;
  /**
   * The only origins that get these headers, each with its own name as `Access-Control-Allow-Origin`.
   * Left out, every origin gets the headers as they are.
   */
  readonly origins?: readonly string[];
  /** A preflight allows whatever headers it asks for. */
  readonly echoHeaders?: true;
}

/**
 * Whether values of another type are made ones of the declared type: those of path, query and
 * headers only, also those of a body (lists of one value included), or none.
 */
export type Coercion = 'text' | 'everything' | 'nothing';

/** Which ways in which a part of a request does not fit are looked for; `some` are the first ten of a body. */
export type Failures = 'first' | 'some' | 'all';
