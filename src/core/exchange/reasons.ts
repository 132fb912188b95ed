import { findNearestRoute } from '../contract/nearest-route.ts';
import { KEPT_BODY, toKeptText, type KeptBody } from '../sandbox/journal.ts';
import { findNearest } from '../values/nearest.ts';
import { quote, shorten } from '../values/quotation.ts';
import type { FailureReason, ParseCause } from '../wire/failure.ts';
import { ASKED } from '../wire/fault.ts';
import { findJsonBreak } from '../wire/json-place.ts';
import { toReason, type Reason, type Refusal } from '../wire/reason.ts';
import type { Request } from '../wire/request.ts';
import { toCredentialReason } from './credential-reason.ts';
import type { Exchange, Service } from './exchange.ts';
import { listMisfits, listMisspelt } from './misfits.ts';

/** Why an exchange ended without success: a failure, an operation's own reply, or a disk that fails. */
export type Cause = FailureReason | { readonly kind: 'answered' } | { readonly kind: 'notKept' };

/** How an exchange was refused. */
export interface Refused {
  readonly cause: Cause;
  /** Whether a fault refused it. */
  readonly isInjected: boolean;
}

/** What the journal keeps of the exchange in any case. */
interface Kept {
  readonly status: number;
  readonly body: KeptBody | undefined;
  readonly subject: string | undefined;
}

/** What reasons are made of when they are read. None of it grows with the body beyond what the journal keeps. */
interface Known
  extends
    Kept,
    Pick<Exchange, 'service' | 'sandbox' | 'operation' | 'basePath' | 'path' | 'pathParams' | 'credential' | 'met'>,
    Pick<Request, 'method' | 'url' | 'headers'> {
  /** `undefined` if all reasons were found at once. */
  readonly cause: Exclude<Cause, { readonly kind: 'invalid' }> | undefined;
}

/** Bytes of a refusal, and of each reason, in addition to their texts. */
const REFUSAL = 300;
const REASON = 100;
const NONE: readonly Reason[] = [];

/**
 * Keeps why an exchange was refused. What is wrong with its body is found at once, because the journal does not keep all
 * of a body. The rest is found when it is read: finding the nearest account took longer than a 404 itself.
 */
export function createRefusal(exchange: Exchange, { cause, isInjected }: Refused, kept: Kept): Refusal {
  const { service, sandbox, operation, basePath, path, pathParams, credential, met, request } = exchange;
  const { method, url, headers } = request;
  const inBody = isInjected ? NONE : listReasonsOfBody(exchange, cause).map(toOwn);
  const known: Known = {
    ...kept,
    ...{ service, sandbox, operation, basePath, path, pathParams, credential, met, method, url, headers },
    cause: isInjected ? { kind: 'injected', status: kept.status } : cause.kind === 'invalid' ? undefined : cause,
  };
  return {
    bytes: inBody.reduce((sum, { field, problem }) => sum + REASON + (field?.length ?? 0) + problem.length, REFUSAL),
    isMisfit: cause.kind === 'invalid' || cause.kind === 'parse',
    reasons: () => [...listOtherReasons(known), ...inBody],
  };
}

function listReasonsOfBody(exchange: Exchange, cause: Cause): readonly Reason[] {
  if (cause.kind === 'invalid') return listMisfits(exchange, cause.violations);
  return cause.kind === 'refused' || cause.kind === 'answered' ? listMisspelt(exchange) : NONE;
}

/** A copy, because a part of a text keeps the whole text alive. */
function toOwn({ where, field, problem, nearest }: Reason): Reason {
  return toReason(where, field && copy(field), copy(problem), nearest);
}

function copy(text: string): string {
  return Buffer.from(text).toString();
}

function listOtherReasons(known: Known): readonly Reason[] {
  const { cause, service, path } = known;
  switch (cause?.kind) {
    case 'notFound':
      return [toRouteReason(known)];
    case 'methodNotAllowed':
      return [toMethodReason(known, cause.allow)];
    case 'badPath':
      return [toReason('path', shorten(path), 'has a "%" that does not begin an encoded character')];
    case 'parse':
      return [toParseReason(known, cause.cause)];
    case 'tooLarge':
      return [toReason('body', null, `is larger than ${cause.limit} bytes`)];
    case 'unauthenticated':
      return [toCredentialReason(known, cause.code === undefined ? undefined : toRuleText(service, cause.code))];
    case 'limited':
      return [toReason('rate', null, toRateProblem(cause))];
    case 'injected':
      return [toFaultReason(known)];
    case 'unwritten':
      return [toReason('document', cause.operationId, 'is in the document, but not implemented; --strict refuses it')];
    case 'refused':
      return [toRuleReason(known, cause.code, cause.detail)];
    case 'answered':
      return [toAnsweredReason(known)];
    case 'notKept':
      return [
        toReason('disk', null, 'could not store the change, so nothing was changed; GET /_emulator/health says why'),
      ];
    case 'bug':
    case undefined:
      return NONE;
  }
}

function toFaultReason({ met, status }: Known): Reason {
  const last = met.at(-1);
  if (!last) return toReason('fault', null, `a fault answered ${status}`);
  const { name, phase } = last;
  const when = phase === 'after' ? 'after the change was stored' : 'before the request was processed';
  const from = name === ASKED ? 'the request itself asked for it' : 'a fault that is armed';
  return toReason('fault', shorten(name), `${from}: answered ${status} ${when}`);
}

function toRouteReason({ service, operation, method, path, basePath }: Known): Reason {
  const { contract, basePaths = [''] } = service;
  const field = shorten(path);
  if (operation)
    return toReason('path', field, `${operation.operationId} is not answered under ${quote(basePath ?? '')}`);
  const nearest = findNearestRoute(contract.operations, { method, path, basePaths });
  const begins = basePath === undefined ? `; paths begin with ${basePaths.join(' or ')}` : '';
  return toReason('path', field, `is not a path of ${service.id}${begins}`, nearest ?? null);
}

function toMethodReason({ method, path }: Known, allow: readonly string[]): Reason {
  const nearest = findNearest(method, allow) ?? (allow.length === 1 ? allow[0] : undefined);
  return toReason('method', shorten(method), `${shorten(path)} takes ${allow.join(', ')}`, nearest ?? null);
}

function toParseReason(known: Known, cause: ParseCause): Reason {
  const { service, headers, body, method } = known;
  const { accept, depth } = service.body;
  const type = headers['content-type'];
  const text = body ? toKeptText(body) : '';
  switch (cause) {
    case 'empty':
      return toReason('body', null, `is empty; this ${method} needs one`);
    case 'tooDeep':
      return toReason('body', null, `is nested deeper than ${depth} levels`);
    case 'json':
      return toReason('body', null, toJsonProblem(text, (body?.length ?? 0) >= KEPT_BODY));
    case 'mediaType': {
      if (type === undefined) return toReason('header', 'content-type', `is missing; send ${accept.join(' or ')}`);
      const essence = (type.split(';', 1)[0] ?? '').trim();
      const isTaken = accept.some((mediaType) => mediaType === essence.toLowerCase());
      // Its parts do not match what it says.
      if (isTaken) return toReason('body', null, `is not ${essence} as its Content-Type describes it`);
      const problem = `${quote(essence)} is not accepted here; send ${accept.join(' or ')}`;
      return toReason('header', 'content-type', problem, findNearest(essence, accept) ?? null);
    }
    case 'encoding':
      return toEncodingReason(known);
  }
}

function toEncodingReason({ headers }: Known): Reason {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  if (encoding !== 'identity') {
    return toReason('header', 'content-encoding', `${quote(encoding)} is not accepted here; send the body without it`);
  }
  if (/charset/i.test(type)) return toReason('header', 'content-type', `${quote(type)}: only UTF-8 is accepted here`);
  return toReason('body', null, 'is not UTF-8');
}

function toJsonProblem(text: string, isCut: boolean): string {
  const found = findJsonBreak(text);
  if (found?.isEnd === true && isCut) return 'is not JSON: the error is after the part that the journal keeps';
  if (!found) return 'is JSON with a field such as "__proto__", which is refused here';
  const place = `line ${found.line}, column ${found.column}`;
  return found.isEnd ? `is JSON that ends too early, at ${place}` : `is not JSON from ${place} on`;
}

function toRateProblem({ retryAfter, rate }: Extract<FailureReason, { readonly kind: 'limited' }>): string {
  const bound = rate ? `more than ${rate.limit} in ${rate.window / 1000} s` : 'too many requests';
  return `${bound}; the next one may come in ${retryAfter} s, by the clock of the sandbox`;
}

/** The text of the provider's own table, which is `[status, text]` for each code. */
function toRuleText({ codes = {} }: Service, code: string): string | undefined {
  const entry: unknown = Object.hasOwn(codes, code) ? Reflect.get(codes, code) : undefined;
  const text: unknown = Array.isArray(entry) ? (entry as readonly unknown[])[1] : entry;
  return typeof text === 'string' ? text : undefined;
}

function toRuleReason(known: Known, code: string, detail = ''): Reason {
  const { service, subject = '', pathParams } = known;
  const text = toRuleText(service, code);
  const problem = shorten(text === undefined ? code : `${code}: ${text}${detail}`);
  const nearest = findNearestSubject(known);
  if (nearest === undefined) return toReason('rule', null, problem);
  const parameter = Object.keys(pathParams).find((name) => Reflect.get(pathParams, name) === subject);
  const where = parameter === undefined ? 'rule' : 'path';
  return toReason(
    where,
    parameter ?? null,
    `${problem.replace(/\.$/, '')}; there is no account ${quote(subject)}`,
    nearest,
  );
}

function toAnsweredReason({ operation, status }: Known): Reason {
  return toReason('rule', null, shorten(operation?.describeStatus(status) ?? `answered ${status}`));
}

/** Accounts that are searched for the one that was meant. If there are more, none is suggested. */
const ACCOUNTS = 500;

/** The nearest account, if none has the id that the exchange is about. */
function findNearestSubject({ subject, sandbox, service }: Known): string | undefined {
  if (subject === undefined) return undefined;
  const known = new Set<string>();
  let count = 0;
  for (const { provider, account } of sandbox.accounts()) {
    if ((count += 1) > ACCOUNTS || account === subject) return undefined;
    if (provider === service.id) known.add(account);
  }
  return findNearest(subject, known);
}
