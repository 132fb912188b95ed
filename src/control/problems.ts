import type { Reply } from '../core/wire/reply.ts';
import { Failure, NotKept, type FailureReason, type ParseCause, type Violation } from '../core/wire/failure.ts';
import { findNearest, suggest, suggestKnown } from '../core/values/nearest.ts';
import { quote, shorten } from '../core/values/quotation.ts';
import { renderProblem } from '../http/problem.ts';

/** Failures of the control API: status, title and what to do. */
const PROBLEMS = {
  NO_SUCH_PROVIDER: [404, 'No such provider', 'GET /_emulator/providers lists them.'],
  NO_SUCH_CONTROL: [404, 'No such control', 'GET /_emulator/controls lists them.'],
  NO_SUCH_REQUEST: [404, 'No such exchange', 'The journal keeps only recent exchanges; a reset clears it.'],
  NOT_RECORDED: [409, 'Not recorded in full', 'Start with --record to keep everything from the start.'],
  NO_SUCH_DOCUMENT: [404, 'No such document', 'Name a provider or "emulator", with .yaml or .json.'],
  NO_CA: [404, 'No certificate', 'Start with --https.'],
  BAD_STATE: [400, 'Invalid state', 'Nothing was changed. Send a document in the format of fixtures.'],
  BAD_FIXTURES: [
    400,
    'Invalid fixtures',
    'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.',
  ],
  BAD_ARGUMENTS: [400, 'Invalid arguments', 'GET /_emulator/controls shows their schema.'],
  NO_SUCH_SANDBOX: [404, 'No such sandbox', 'GET /_emulator/sandboxes lists them; PUT creates one.'],
  NO_SUCH_SNAPSHOT: [404, 'No such snapshot', 'GET /_emulator/snapshots lists those of the sandbox; PUT saves one.'],
  TOO_MANY_SANDBOXES: [503, 'Too many sandboxes', 'Use fewer names, or start with a larger --max-sandboxes.'],
  NO_PORT: [503, 'No free port', 'Delete sandboxes that listen, or start with more --listen-ports.'],
  TOO_MANY_SNAPSHOTS: [409, 'Too many snapshots', 'DELETE /_emulator/snapshots/{name} deletes one.'],
  BAD_NAME: [400, 'Invalid name', 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".'],
  BAD_SANDBOX: [400, 'Sandbox cannot be created', 'Nothing was changed.'],
  NO_SUCH_FAULT: [404, 'No such rule', 'GET /_emulator/faults lists them.'],
  FAULT_EXISTS: [409, 'Rule exists already', 'PUT /_emulator/faults/{id} replaces it.'],
  BAD_FAULT: [400, 'Invalid rule', 'docs/faults.md has a recipe for each effect.'],
  REFUSED: [409, 'Refused by the provider', 'Nothing was changed.'],
  BAD_INSTANT: [400, 'Invalid instant', 'Write RFC 3339, such as 2026-01-01T00:00:00Z.'],
  BAD_DURATION: [400, 'Invalid duration', 'Write ISO 8601, such as PT1H, or milliseconds.'],
  BAD_SINCE: [400, 'Invalid position', 'Write RFC 3339, such as 2026-01-01T00:00:00Z, or the id of an entry.'],
  BAD_CURSOR: [400, 'Invalid cursor', 'Send the `next` of the previous page; leave it out for the first page.'],
  UNKNOWN_PARAMETER: [400, 'Unknown parameter', 'GET /_emulator/specs/emulator.yaml describes them all.'],
  UNKNOWN_PROVIDER: [400, 'Unknown provider', 'GET /_emulator/providers lists them.'],
  UNKNOWN_OPERATION: [400, 'Unknown operation', 'GET /_emulator/providers/{id} lists those of a provider.'],
  UNKNOWN_RULE: [400, 'Unknown audit rule', 'docs/audit.md says what each rule finds.'],
  BAD_FILTER: [400, 'Invalid filter', 'GET /_emulator/specs/emulator.yaml describes them all.'],
  BAD_COUNT: [400, 'Invalid count', 'Send `exactly` alone, or `atLeast`, `atMost` or both.'],
  LONG_MATCH: [400, 'Too much to match', 'The journal keeps 16 KiB of a body; leave out fields that need not match.'],
  NOTHING_KEPT: [409, 'No journal is kept', 'Start with a --journal-size above 0.'],
  UNTRUSTED_HOST: [403, 'Host not allowed', 'Start with --allow-host, or use an address or localhost.'],
  UNTRUSTED_ORIGIN: [403, 'Origin not allowed', 'Start with --allow-origin to let its pages use the control API.'],
  WEBHOOK: [403, 'Not for webhooks', 'Subscribe with the URL of your own receiver.'],
  NO_SUCH_WEBHOOK: [404, 'No such delivery', 'GET /_emulator/webhooks lists them.'],
  WEBHOOK_UNDER_WAY: [409, 'On its way already', 'GET /_emulator/webhooks/{id} shows the result.'],
  WEBHOOK_WITHOUT_EVENT: [409, 'Nothing to send', 'The event of a finished delivery is dropped to make room.'],
  NO_TOKEN: [401, 'Token needed', 'Send Authorization: Bearer with the value of --control-token.'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

export function toFailure(code: ProblemCode, detail: string): Failure {
  return new Failure({ kind: 'refused', code, detail });
}

export function renderFailure(
  failure: FailureReason,
  { method, url }: { readonly method: string; readonly url: string },
): Reply {
  switch (failure.kind) {
    case 'refused':
      return renderRefusal(failure.code, failure.detail);
    case 'notFound':
      if (/^\/(?:\?|$)/.test(url)) return problem(404, 'No such endpoint', NOTHING_AT_ROOT, MAIN_ENDPOINTS);
      return problem(404, 'No such endpoint', `The control API has no ${shorten(url)}.`, DOCUMENT);
    case 'methodNotAllowed': {
      const allow = failure.allow.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])).join(', ');
      const detail = `${shorten(url)} does not accept ${method}.`;
      return renderProblem(
        { status: 405, title: 'Method not allowed', detail, hint: `It accepts ${allow}.` },
        { Allow: allow },
      );
    }
    case 'badPath':
      return problem(
        400,
        'Invalid path',
        `${shorten(url)} has a percent sign that encodes nothing.`,
        'Write %25 for a percent sign.',
      );
    case 'parse': {
      const [status, detail] = UNREADABLE[failure.cause];
      return problem(status, 'Unreadable body', detail, 'Send JSON in UTF-8 as Content-Type: application/json.');
    }
    case 'tooLarge':
      return problem(
        413,
        'Body too large',
        `The body has more than ${failure.limit} bytes.`,
        'Seed a world of that size at the start, with --fixtures FILE.',
      );
    case 'invalid':
      return problem(400, 'Invalid request', describeViolations(failure.violations), DOCUMENT);
    case 'unauthenticated':
      return renderRefusal('NO_TOKEN', 'The control API requires a token.');
    case 'limited':
    case 'injected':
    case 'unwritten':
    case 'bug':
      if (failure.kind === 'bug' && failure.error instanceof NotKept) {
        return problem(
          500,
          'Not stored',
          failure.error.message,
          'Free space on the disk, or fix what else is wrong with it.',
        );
      }
      return problem(500, 'The emulator broke', 'The emulator itself failed; its log says why.', 'Please report it.');
  }
}

const NOTHING_AT_ROOT = 'The control API begins here; its endpoints are below.';
const MAIN_ENDPOINTS =
  'Try GET /_emulator/health, /providers, /state, /requests, /ledger, /accounts, /faults, /clock or /controls; ' +
  'GET /_emulator/specs/emulator.yaml describes them all.';

const DOCUMENT = 'GET /_emulator/specs/emulator.yaml describes the control API.';

const UNREADABLE: Readonly<Record<ParseCause, readonly [number, string]>> = {
  json: [400, 'The body is not JSON.'],
  empty: [400, 'The body is missing.'],
  tooDeep: [400, 'The body is nested too deeply.'],
  mediaType: [415, 'The media type of the body is not supported.'],
  encoding: [415, 'The encoding of the body is not supported.'],
};

function renderRefusal(code: string, detail = ''): Reply {
  if (!isProblemCode(code)) throw new Error(`"${code}" is not a problem of the control API.`);
  const [status, title, hint] = PROBLEMS[code];
  return renderProblem({ status, title, detail, hint }, status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {});
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

function problem(status: number, title: string, detail: string, hint: string): Reply {
  return renderProblem({ status, title, detail, hint });
}

/** Describes each violation in a sentence, with the names of unknown fields. */
export function describeViolations(violations: readonly Violation[]): string {
  // The violations of each alternative already say that none of them matches.
  const relevant = violations.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf');
  const listed = new Set<unknown>();
  return relevant.map((violation) => describe(violation, listed)).join('; ');
}

/** @param listed schemas whose fields were listed already */
function describe({ where, pointer, keyword, params, message, data, schema }: Violation, listed: Set<unknown>): string {
  const at = `${where}${shorten(pointer)}`;
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    const known = Object.keys((schema as { readonly properties?: object } | undefined)?.properties ?? {});
    const ending = (listed.has(schema) ? suggest : suggestKnown)(name, known);
    if (ending.startsWith('. Known')) listed.add(schema);
    // It was made to end a sentence, and is put in brackets here.
    return `${at} ${message} (${shorten(name)}${ending.replace(/^\. Known/, '; known').replace(/\.$/, '')})`;
  }
  const allowed = params['allowedValues'];
  if (!Array.isArray(allowed)) return `${at} ${message}`;
  const near = typeof data === 'string' ? findNearest(data, allowed.map(String)) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`;
  return `${at} ${message} (${allowed.join(', ')}${hint})`;
}
