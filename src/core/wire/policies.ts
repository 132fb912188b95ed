/** How real services differ in reading a request, as values. */

export interface BodyPolicy {
  /** Media types that are read; any other is the failure `parse: mediaType`. */
  readonly accept: readonly MediaType[];
  /** The media type of a body that names none. Without it that is `parse: mediaType` too. */
  readonly assume?: MediaType;
  /** A request that declares JSON without a body is `parse: empty`, even if no body is required. */
  readonly refuseEmptyJson?: true;
  /** A type such as `application/problem+json` is not JSON. */
  readonly refuseJsonSuffix?: true;
  /** A body of another type counts as missing and is not a failure. */
  readonly ignoreOthers?: true;
  /**
   * The last value of a repeated name in a form or query counts, and `name[]` makes a list. If left out, a repeated
   * name makes a list.
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

/** Headers of a preflight's answer, and of every answer to a request with an `Origin`. */
export interface CorsPolicy {
  readonly preflight: Readonly<Record<string, string>>;
  readonly actual: Readonly<Record<string, string>>;
  /**
   * The only origins that get these headers, each with its own name as `Access-Control-Allow-Origin`. If left out,
   * every origin gets the headers unchanged.
   */
  readonly origins?: readonly string[];
  /** A preflight allows whatever headers it asks for. */
  readonly echoHeaders?: true;
}

/**
 * Which values are converted to the declared type: only those of path, query and headers, also those of a body
 * (including lists of one value), or none.
 */
export type Coercion = 'text' | 'everything' | 'nothing';

/** Which mismatches of a part of a request are reported; `some` are the first ten of a body. */
export type Failures = 'first' | 'some' | 'all';
