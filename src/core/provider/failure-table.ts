import { STATUS_CODES } from 'node:http';

import { suggestKnown } from '../values/nearest.ts';
import type { FailureReason } from '../wire/failure.ts';
import type { Reply } from '../wire/reply.ts';
import type { FailedRequest } from './provider.ts';

/** What a failure has to say, before it has the provider's shape. */
export interface Saying<Code extends string> {
  readonly status: number;
  readonly text: string;
  /** Whose status and text these are; `undefined` where a fault asks for a status of which nothing is known. */
  readonly code: Code | undefined;
  /** Whether a fault asked for it, which then chooses the status. */
  readonly injected: boolean;
}

/** What is not found in the codes alone. */
type Kind = Exclude<FailureReason['kind'], 'refused' | 'injected'>;
type Reason<K extends Kind> = Extract<FailureReason, { readonly kind: K }>;

/** A code, or what finds one; a whole reply where the table does not go far enough. */
type Answer<K extends Kind, Code extends string> = Code | ((reason: Reason<K>, request: FailedRequest) => Code | Reply);

type Usual<Code extends string> = Readonly<Record<number, Code>>;

/** How a provider renders all of its failures. */
export interface FailureTable<Code extends string> {
  /** Status and text of every code, its own and those of controls and switches of ours. */
  readonly codes: Readonly<Record<Code, readonly [status: number, text: string, ...more: unknown[]]>>;
  /** What is said to every other kind of failure. The list is closed: one that is missing breaks the build. */
  readonly kinds: { readonly [K in Kind]: Answer<K, Code> };
  /** For faults: what a status says at operations that have something of their own to say with it. */
  readonly usual?: Readonly<Record<string, Usual<Code>>>;
  /** For faults: what it says at any of them. Where nothing is said it has the words of HTTP. */
  readonly usualAnywhere?: Usual<Code>;
  /** Gives it the provider's shape. */
  render(saying: Saying<Code>, request: FailedRequest): Reply;
}

/**
 * Makes a provider's `renderFailure` of its table.
 *
 * @throws {RangeError} where it names a code that it does not have, which a compiler would have told
 */
export function defineFailures<Code extends string>(
  table: FailureTable<Code>,
): (failure: FailureReason<Code>, request: FailedRequest) => Reply {
  assertCodes(table);
  const { codes, kinds } = table;
  const renderCode = (code: Code, request: FailedRequest, detail = ''): Reply => {
    const [status, text] = codes[code];
    return table.render({ status, text: text + detail, code, injected: false }, request);
  };
  const renderKind = <K extends Kind>(kind: K, reason: Reason<K>, request: FailedRequest): Reply => {
    const given: Answer<K, Code> = kinds[kind];
    const found = typeof given === 'function' ? given(reason, request) : given;
    return typeof found === 'string' ? renderCode(found, request) : found;
  };
  const renderFailure = (failure: FailureReason<Code>, request: FailedRequest): Reply => {
    switch (failure.kind) {
      case 'refused':
        return renderCode(failure.code, request, failure.detail);
      case 'injected':
        return table.render(toSaying(table, failure, request), request);
      case 'unauthenticated':
        if (failure.code !== undefined) return renderCode(failure.code, request);
        return renderKind(failure.kind, failure, request);
      case 'limited':
        return withRetryAfter(renderKind(failure.kind, failure, request), failure.retryAfter);
      case 'notFound':
      case 'methodNotAllowed':
      case 'badPath':
      case 'parse':
      case 'tooLarge':
      case 'invalid':
      case 'unwritten':
      case 'bug':
        return renderKind(failure.kind, failure, request);
    }
  };
  return Object.assign(renderFailure, { [USUAL]: Object.keys(table.usual ?? {}) });
}

/** Known to every copy of this package, one of which may have made the table. */
const USUAL = Symbol.for('credits-emulator usual operations');

/** The operations of which a table says what is usual, where `renderFailure` was made of one. */
export function listUsualOperations(renderFailure: object): readonly string[] {
  const listed: unknown = Reflect.get(renderFailure, USUAL);
  return Array.isArray(listed) ? listed.map(String) : [];
}

function assertCodes<Code extends string>({ codes, kinds, usual = {}, usualAnywhere = {} }: FailureTable<Code>): void {
  const ofOperations = Object.entries(usual).map(([operation, answers]) => [`usual.${operation}`, answers] as const);
  const places: readonly (readonly [string, object])[] = [
    ['kinds', kinds],
    ['usualAnywhere', usualAnywhere],
    ...ofOperations,
  ];
  for (const [place, answers] of places) {
    for (const [of, code] of Object.entries<unknown>({ ...answers })) {
      if (typeof code !== 'string' || Object.hasOwn(codes, code)) continue;
      throw new RangeError(`There is no code "${code}" for ${place}.${of}${suggestKnown(code, Object.keys(codes))}`);
    }
  }
}

function withRetryAfter(reply: Reply, seconds: number): Reply {
  return { ...reply, headers: { 'Retry-After': String(seconds), ...reply.headers } };
}

/** The status that the fault asks for, with the words that the provider has for it. */
function toSaying<Code extends string>(
  { codes, usual, usualAnywhere }: FailureTable<Code>,
  { status, message }: Extract<FailureReason, { kind: 'injected' }>,
  { operationId = '' }: FailedRequest,
): Saying<Code> {
  const code = usual?.[operationId]?.[status] ?? usualAnywhere?.[status];
  const words = code === undefined ? (STATUS_CODES[status] ?? 'Error') : codes[code][1];
  return { status, text: message ?? words, code, injected: true };
}
