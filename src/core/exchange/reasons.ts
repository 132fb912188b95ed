import { findNearestRoute } from '../contract/nearest-route.ts';
import { KEPT_BODY, toKeptText } from '../sandbox/journal.ts';
import { findNearest } from '../values/nearest.ts';
import { quote, shorten } from '../values/quotation.ts';
import type { FailureReason, ParseCause } from '../wire/failure.ts';
import { ASKED } from '../wire/fault.ts';
import { findJsonBreak } from '../wire/json-place.ts';
import type { Reason } from '../wire/reason.ts';
import { toCredentialReason } from './credential-reason.ts';
import type { Service } from './exchange.ts';
import { toInvalidReasons, toMisspelt } from './misfits.ts';
import { toReason, type Refused } from './refused.ts';

/** What was wrong with a request that was refused, the gravest first. Of what was sent it repeats names only, and whom it was about. */
export function toReasons(refused: Refused): readonly Reason[] {
  if (refused.isInjected) return [toFaultReason(refused)];
  const { cause } = refused;
  switch (cause.kind) {
    case 'notFound':
      return [toRouteReason(refused)];
    case 'methodNotAllowed':
      return [toMethodReason(refused, cause.allow)];
    case 'badPath':
      return [toReason('path', shorten(refused.path), 'has a "%" that does not begin an encoded character')];
    case 'parse':
      return [toParseReason(refused, cause.cause)];
    case 'tooLarge':
      return [toReason('body', null, `is larger than ${cause.limit} bytes`)];
    case 'unauthenticated':
      return [
        toCredentialReason(refused, cause.code === undefined ? undefined : toRuleText(refused.service, cause.code)),
      ];
    case 'invalid':
      return toInvalidReasons(refused);
    case 'limited':
      return [toReason('rate', null, toRateProblem(cause))];
    case 'injected':
      return [toFaultReason(refused)];
    case 'unwritten':
      return [toReason('document', cause.operationId, 'is in the document, but not written; --strict refuses it')];
    case 'refused':
      return [toRuleReason(refused, cause.code, cause.detail), ...toMisspelt(refused, [])];
    case 'answered':
      return [toAnsweredReason(refused), ...toMisspelt(refused, [])];
    case 'notKept':
      return [toReason('disk', null, 'did not take what was changed, so nothing was; GET /_emulator/health says why')];
    case 'bug':
      return [];
  }
}

function toFaultReason({ met, status }: Refused): Reason {
  const last = met.at(-1);
  if (!last) return toReason('fault', null, `a fault answered ${status}`);
  const { name, phase } = last;
  const when = phase === 'after' ? 'after the change was stored' : 'before anything was looked at';
  const from = name === ASKED ? 'the request itself asked for it' : 'a fault that is armed';
  return toReason('fault', shorten(name), `${from}: answered ${status} ${when}`);
}

function toRouteReason({ service, operation, method, path, basePath }: Refused): Reason {
  const { contract, basePaths = [''] } = service;
  const field = shorten(path);
  if (operation)
    return toReason('path', field, `${operation.operationId} is not answered under ${quote(basePath ?? '')}`);
  const nearest = findNearestRoute(contract.operations, { method, path, basePaths });
  const begins = basePath === undefined ? `; paths begin with ${basePaths.join(' or ')}` : '';
  return toReason('path', field, `is no path of ${service.id}${begins}`, nearest ?? null);
}

function toMethodReason({ method, path }: Refused, allow: readonly string[]): Reason {
  const nearest = findNearest(method, allow) ?? (allow.length === 1 ? allow[0] : undefined);
  return toReason('method', shorten(method), `${shorten(path)} takes ${allow.join(', ')}`, nearest ?? null);
}

function toParseReason(refused: Refused, cause: ParseCause): Reason {
  const { service, headers, body, method } = refused;
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
      if (type === undefined) return toReason('header', 'content-type', `is missing; taken is ${accept.join(', ')}`);
      const essence = (type.split(';', 1)[0] ?? '').trim();
      const isTaken = accept.some((mediaType) => mediaType === essence.toLowerCase());
      // Its parts are not as it says.
      if (isTaken) return toReason('body', null, `is not ${essence} as its Content-Type describes it`);
      const problem = `${quote(essence)} is not read here; taken is ${accept.join(', ')}`;
      return toReason('header', 'content-type', problem, findNearest(essence, accept) ?? null);
    }
    case 'encoding':
      return toEncodingReason(refused);
  }
}

function toEncodingReason({ headers }: Refused): Reason {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  if (encoding !== 'identity') {
    return toReason('header', 'content-encoding', `${quote(encoding)} is not read here; send the body as it is`);
  }
  if (/charset/i.test(type)) return toReason('header', 'content-type', `${quote(type)}: only UTF-8 is read here`);
  return toReason('body', null, 'is not UTF-8');
}

function toJsonProblem(text: string, isCut: boolean): string {
  const found = findJsonBreak(text);
  if (found?.isEnd === true && isCut) return 'is not JSON, somewhere behind what the journal keeps of it';
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

function toRuleReason(refused: Refused, code: string, detail = ''): Reason {
  const { service, subject = '', params } = refused;
  const text = toRuleText(service, code);
  const problem = shorten(text === undefined ? code : `${code}: ${text}${detail}`);
  const nearest = findNearestSubject(refused);
  if (nearest === undefined) return toReason('rule', null, problem);
  const parameter = Object.keys(params).find((name) => Reflect.get(params, name) === subject);
  const where = parameter === undefined ? 'rule' : 'path';
  return toReason(where, parameter ?? null, `${problem.replace(/\.$/, '')}; no account is ${quote(subject)}`, nearest);
}

function toAnsweredReason({ operation, status }: Refused): Reason {
  return toReason('rule', null, shorten(operation?.describeStatus(status) ?? `answered ${status}`));
}

/** Accounts that are looked through for the one that was meant: of more than these nothing is said. */
const ACCOUNTS = 500;

/** Where no account has the id that an exchange is about: the nearest that one has. */
function findNearestSubject({ subject, sandbox, service }: Refused): string | undefined {
  if (subject === undefined) return undefined;
  const known = new Set<string>();
  let count = 0;
  for (const { provider, account } of sandbox.accounts()) {
    if ((count += 1) > ACCOUNTS || account === subject) return undefined;
    if (provider === service.id) known.add(account);
  }
  return findNearest(subject, known);
}
