import { isKin } from '../values/kinship.ts';
import type { Rate } from '../values/rate.ts';

/** One mismatch between a request and the document. */
export interface Violation {
  readonly where: 'path' | 'query' | 'header' | 'body' | 'parameters';
  /** JSON pointer inside that part, "" for the part itself. */
  readonly pointer: string;
  /** The JSON Schema keyword that failed. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
  /** The value found. */
  readonly data?: unknown;
  /** The schema that has the keyword. */
  readonly schema?: object;
}

export type ParseCause = 'json' | 'empty' | 'mediaType' | 'encoding' | 'tooDeep';

/**
 * The reasons that end an exchange without success of its operation. The union is closed: each provider renders every
 * kind, without a `default` branch.
 * `refused` carries a provider's own code, which its table maps to status and text.
 */
export type FailureReason<Code extends string = string> =
  | { readonly kind: 'notFound' }
  | { readonly kind: 'methodNotAllowed'; readonly allow: readonly string[] }
  | { readonly kind: 'badPath' }
  | { readonly kind: 'parse'; readonly cause: ParseCause }
  | { readonly kind: 'tooLarge'; readonly limit: number }
  /** Nobody, or nobody who is known; with a code where the provider has several texts for that. */
  | { readonly kind: 'unauthenticated'; readonly code?: Code }
  | { readonly kind: 'invalid'; readonly violations: readonly Violation[] }
  /** Too many requests; `retryAfter` in whole seconds. */
  | { readonly kind: 'limited'; readonly retryAfter: number; readonly rate?: Rate }
  | {
      readonly kind: 'injected';
      readonly status: number;
      readonly message?: string | undefined;
      readonly retryAfter?: number | undefined;
    }
  /** In the document, but not written, and examples are switched off. */
  | { readonly kind: 'unwritten'; readonly operationId: string }
  | { readonly kind: 'refused'; readonly code: Code; readonly detail?: string }
  | { readonly kind: 'bug'; readonly error: unknown };

const FAILURE = Symbol.for('credits-emulator failure');

/**
 * Thrown anywhere while a request is handled; the transaction commits nothing. Frequent failures are returned instead
 * (`refused`, `unauthenticated`), because making and throwing an error is slow: a 404 takes 32 µs instead of 51.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly [FAILURE] = true;
  readonly reason: FailureReason;

  constructor(reason: FailureReason) {
    // A failure is an answer and not a bug: its stack is not needed, and to collect it would take longer than the rest
    // of the exchange.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason.kind === 'refused' ? `refused: ${reason.code}` : reason.kind);
    Error.stackTraceLimit = stackTraceLimit;
    this.reason = reason;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isKin(this, Failure, FAILURE, value);
  }
}

/** Ends an exchange whose changes could not be written to disk and were rolled back. */
export class NotKept extends Error {
  override readonly name = 'NotKept';

  constructor() {
    super('Writing to disk failed, so nothing was changed. GET /_emulator/health says why.');
  }
}

const FAILED = Symbol.for('credits-emulator failed');

/** Returned by an operation or by `authenticate` instead of throwing. */
export class Failed<Code extends string = string> {
  readonly [FAILED] = true;
  readonly reason: FailureReason<Code>;
  /** Whether the transaction commits all the same. */
  readonly commits: boolean;

  constructor(reason: FailureReason<Code>, commits: boolean) {
    this.reason = reason;
    this.commits = commits;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isKin(this, Failed, FAILED, value);
  }
}

/** Refuses but commits, as some real services do. */
export function failed<Code extends string>(code: Code): Failed<Code> {
  return new Failed({ kind: 'refused', code }, true);
}

/** Refuses and commits nothing, like a thrown failure. */
export function refused<Code extends string>(code: Code): Failed<Code> {
  return new Failed({ kind: 'refused', code }, false);
}

/** Refuses a request without a known client. */
export function unauthenticated<Code extends string>(code?: Code): Failed<Code> {
  return new Failed(code === undefined ? { kind: 'unauthenticated' } : { kind: 'unauthenticated', code }, false);
}

/** Refuses with a provider's own code unless the condition holds. */
export function assertOr(condition: unknown, code: string): asserts condition {
  if (!condition) throw new Failure({ kind: 'refused', code });
}
