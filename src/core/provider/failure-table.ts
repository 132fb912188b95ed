import { STATUS_CODES } from 'node:http';

import { suggestKnown } from '../values/nearest.ts';
import type { FailureReason } from '../wire/failure.ts';
import type { Reply } from '../wire/reply.ts';
import type { FailedRequest } from './provider.ts';

/** The content of a failure, before the provider renders it. */
export interface Saying<Code extends string> {
  readonly status: number;
  readonly text: string;
  /** The code of this status and text; `undefined` if a fault asks for a status that the provider does not know. */
  readonly code: Code | undefined;
  /** Whether a fault asked for it and chose the status. */
  readonly injected: boolean;
}

/** The kinds of failure other than the provider's codes. */
type Kind = Exclude<FailureReason['kind'], 'refused' | 'injected'>;
type Reason<K extends Kind> = Extract<FailureReason, { readonly kind: K }>;

/** A code, or a function that returns one, or a whole reply. */
type Answer<K extends Kind, Code extends string> = Code | ((reason: Reason<K>, request: FailedRequest) => Code | Reply);

type Usual<Code extends string> = Readonly<Record<number, Code>>;

/** The table by which a provider renders all failures. */
export interface FailureTable<Code extends string> {
  /** Status and text of every code, including codes of controls and of the emulator's options. */
  readonly codes: Readonly<Record<Code, readonly [status: number, text: string, ...more: unknown[]]>>;
  /** The response to every other kind of failure. A missing kind breaks the build. */
  readonly kinds: { readonly [K in Kind]: Answer<K, Code> };
  /** For faults: the code of a status at operations with a code of their own. */
  readonly usual?: Readonly<Record<string, Usual<Code>>>;
  /** For faults: the code of a status at any other operation. Default: the text of HTTP. */
  readonly usualAnywhere?: Usual<Code>;
  /** Renders it in the provider's format. */
  render(saying: Saying<Code>, request: FailedRequest): Reply;
}

/**
 * Makes a provider's `renderFailure` from its table.
 *
 * @throws {RangeError} if the table names an unknown code, for authors without a compiler
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

/** A global symbol, because another copy of this package may have made the table. */
const USUAL = Symbol.for('credits-emulator usual operations');

/** Lists the operations in `usual`, if `renderFailure` was made from a table. */
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

/** The status of a fault, with the provider's text for it. */
function toSaying<Code extends string>(
  { codes, usual, usualAnywhere }: FailureTable<Code>,
  { status, message }: Extract<FailureReason, { kind: 'injected' }>,
  { operationId = '' }: FailedRequest,
): Saying<Code> {
  const code = usual?.[operationId]?.[status] ?? usualAnywhere?.[status];
  const words = code === undefined ? (STATUS_CODES[status] ?? 'Error') : codes[code][1];
  return { status, text: message ?? words, code, injected: true };
}
