import type { Reply } from '../core/wire/reply.ts';
import { Failure, NotKept, type FailureReason, type ParseCause, type Violation } from '../core/wire/failure.ts';
import { findNearest, suggest, suggestKnown } from '../core/values/nearest.ts';
import { quote, shorten } from '../core/values/quotation.ts';
import { renderProblem } from '../http/problem.ts';

/** The control API's own failures: status, title and what to do. */
const PROBLEMS = {
  NO_SUCH_PROVIDER: [404, 'No such provider', 'GET /_emulator/providers lists them.'],
  NO_SUCH_CONTROL: [404, 'No such control', 'GET /_emulator/controls lists them.'],
  NO_SUCH_REQUEST: [
    404,
    'No such exchange',
    'The journal keeps the last ones of a sandbox only, and none over a reset.',
  ],
  NOT_RECORDED: [409, 'Not kept whole', 'Start with --record, and everything is kept from the start.'],
  NO_SUCH_DOCUMENT: [404, 'No such document', "Ask for a provider's id or emulator, with .yaml or .json."],
  NO_CA: [404, 'No certificate', 'Start with --https.'],
  BAD_STATE: [400, 'Not a state', 'Nothing was changed. Send a document in the format of fixtures.'],
  BAD_FIXTURES: [
    400,
    'Not fixtures',
    'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.',
  ],
  BAD_ARGUMENTS: [400, 'Not the arguments of this control', 'GET /_emulator/controls shows their schema.'],
  NO_SUCH_SANDBOX: [404, 'No such sandbox', 'GET /_emulator/sandboxes lists them; PUT makes one.'],
  NO_SUCH_SNAPSHOT: [404, 'No such snapshot', 'GET /_emulator/snapshots lists those of the sandbox; PUT takes one.'],
  TOO_MANY_SANDBOXES: [503, 'Too many sandboxes', 'Use fewer names, or start with a larger --max-sandboxes.'],
  NO_PORT: [503, 'No port is free', 'Delete sandboxes that listen, or start with more --listen-ports.'],
  TOO_MANY_SNAPSHOTS: [409, 'Too many snapshots', 'DELETE /_emulator/snapshots/{name} drops one.'],
  BAD_NAME: [400, 'Not a name', 'Use 1 to 64 of a-z 0-9 . _ - with a letter or digit at both ends and no "--".'],
  BAD_SANDBOX: [400, 'Not a sandbox that can be made', 'Nothing was changed.'],
  NO_SUCH_FAULT: [404, 'No such rule', 'GET /_emulator/faults lists them.'],
  FAULT_EXISTS: [409, 'There is one already', 'PUT /_emulator/faults/{id} replaces it.'],
  BAD_FAULT: [400, 'Not a rule', 'docs/faults.md has a recipe for each effect.'],
  REFUSED: [409, 'Refused by the provider', 'Nothing was changed.'],
  BAD_INSTANT: [400, 'Not an instant', 'Write RFC 3339, such as 2026-01-01T00:00:00Z.'],
  BAD_DURATION: [400, 'Not a duration', 'Write ISO 8601, such as PT1H, or milliseconds.'],
  BAD_SINCE: [400, 'Not a point in this list', 'Write RFC 3339, such as 2026-01-01T00:00:00Z, or the id of an entry.'],
  BAD_CURSOR: [400, 'Not a cursor', 'Send the `next` of the page before, and drop it for the first page.'],
  UNKNOWN_PARAMETER: [400, 'Unknown parameter', 'GET /_emulator/specs/emulator.yaml describes them all.'],
  UNKNOWN_PROVIDER: [400, 'Unknown provider', 'GET /_emulator/providers lists them.'],
  UNKNOWN_OPERATION: [400, 'Unknown operation', 'GET /_emulator/providers/{id} lists those of a provider.'],
  UNKNOWN_RULE: [400, 'Unknown rule of the audit', 'docs/audit.md says what each of them finds.'],
  BAD_FILTER: [400, 'Not a filter', 'GET /_emulator/specs/emulator.yaml describes them all.'],
  BAD_COUNT: [400, 'Not a count', 'Say exactly, or atLeast and atMost.'],
  LONG_MATCH: [400, 'Too much to match', 'The journal keeps 16 KiB of a body; leave out what need not be equal.'],
  NOTHING_KEPT: [409, 'No journal is kept', 'Start with a --journal-size above 0.'],
  UNTRUSTED_HOST: [403, 'Host not allowed', 'Start with --allow-host, or use an address or localhost.'],
  UNTRUSTED_ORIGIN: [403, 'Origin not allowed', 'Start with --allow-origin to let its pages use the control API.'],
  WEBHOOK: [403, 'Not for webhooks', 'Subscribe with the URL of what is to be told.'],
  NO_SUCH_WEBHOOK: [404, 'No such delivery', 'GET /_emulator/webhooks lists them.'],
  WEBHOOK_UNDER_WAY: [409, 'On its way already', 'GET /_emulator/webhooks/{id} shows what came of it.'],
  WEBHOOK_WITHOUT_EVENT: [409, 'Nothing to send', 'Its event was not kept; webhooks whose end has come make room.'],
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
      if (/^\/(?:\?|$)/.test(url)) return problem(404, 'No such act', NOTHING_AT_ROOT, MAIN_ACTS);
      return problem(404, 'No such act', `There is no ${shorten(url)} in the control API.`, DOCUMENT);
    case 'methodNotAllowed': {
      const allow = failure.allow.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])).join(', ');
      const detail = `${shorten(url)} does not take ${method}.`;
      return renderProblem(
        { status: 405, title: 'Method not allowed', detail, hint: `It takes ${allow}.` },
        { Allow: allow },
      );
    }
    case 'badPath':
      return problem(
        400,
        'Not a path',
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
      return problem(400, 'Not what the act takes', describeViolations(failure.violations), DOCUMENT);
    case 'unauthenticated':
      return renderRefusal('NO_TOKEN', 'The control API asks for a token.');
    case 'limited':
    case 'injected':
    case 'unwritten':
    case 'bug':
      if (failure.kind === 'bug' && failure.error instanceof NotKept) {
        return problem(
          500,
          'Not kept',
          failure.error.message,
          'Make room on the disk, or mend what else is wrong with it.',
        );
      }
      return problem(
        500,
        'The emulator broke',
        'Something in the emulator itself failed; its log says what.',
        'Please report it.',
      );
  }
}

const NOTHING_AT_ROOT = 'This is where the control API begins; its acts are below it.';
const MAIN_ACTS =
  'GET /_emulator/health, /providers, /state, /requests, /ledger, /accounts, /faults, /clock or /controls below it; ' +
  'GET /_emulator/specs/emulator.yaml describes them all.';

const DOCUMENT = 'GET /_emulator/specs/emulator.yaml describes the control API.';

const UNREADABLE: Readonly<Record<ParseCause, readonly [number, string]>> = {
  json: [400, 'The body is not JSON.'],
  empty: [400, 'There is no body.'],
  tooDeep: [400, 'The body is nested too deeply.'],
  mediaType: [415, 'The body is of a type that is not read here.'],
  encoding: [415, 'The body is in an encoding that is not read here.'],
};

function renderRefusal(code: string, detail = ''): Reply {
  if (!isProblemCode(code)) throw new Error(`"${code}" is no problem of the control API.`);
  const [status, title, hint] = PROBLEMS[code];
  return renderProblem({ status, title, detail, hint }, status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {});
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

function problem(status: number, title: string, detail: string, hint: string): Reply {
  return renderProblem({ status, title, detail, hint });
}

/** One sentence a violation, with the names of unknown fields. */
export function describeViolations(violations: readonly Violation[]): string {
  // That none of several alternatives fits is said by what each of them wants.
  const telling = violations.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf');
  const listed = new Set<unknown>();
  return telling.map((violation) => describe(violation, listed)).join('; ');
}

/** @param listed schemas whose fields have been listed, which is done once */
function describe({ where, pointer, keyword, params, message, data, schema }: Violation, listed: Set<unknown>): string {
  const at = `${where}${shorten(pointer)}`;
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    const known = Object.keys((schema as { readonly properties?: object } | undefined)?.properties ?? {});
    const ending = (listed.has(schema) ? suggest : suggestKnown)(name, known);
    if (ending.startsWith('. Known')) listed.add(schema);
    // It ends a sentence, and here it stands in brackets.
    return `${at} ${message} (${shorten(name)}${ending.replace(/^\. Known/, '; known').replace(/\.$/, '')})`;
  }
  const allowed = params['allowedValues'];
  if (!Array.isArray(allowed)) return `${at} ${message}`;
  const near = typeof data === 'string' ? findNearest(data, allowed.map(String)) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`;
  return `${at} ${message} (${allowed.join(', ')}${hint})`;
}
