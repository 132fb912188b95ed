import type { ContractOperation } from '../contract/contract.ts';
import type { Violation } from '../wire/failure.ts';
import type { Refusal } from '../wire/reason.ts';
import type { Exchange } from './exchange.ts';
import { toReasons } from './reasons.ts';
import { holdAgainst, type KeptViolation, type Refused } from './refused.ts';

/** Ways in which a request did not fit that are kept of one refusal. */
const MOST = 10;
/** Characters of a text that is kept. */
const LONGEST = 300;
/** Bytes of a refusal, and of a violation, beside their texts. */
const OBJECT = 300;

const NOTHING: readonly never[] = [];
const NO_NAMES: ReadonlySet<string> = new Set();

/** What is told of an exchange beside what it knows itself. */
export type Ended = Pick<Refused, 'cause' | 'isInjected' | 'status' | 'body' | 'subject'>;

/** Keeps of an exchange that was refused what its reasons will be made of: a few short texts, however large the request. */
export function keepRefusal(exchange: Exchange, { cause, ...ended }: Ended): Refusal {
  const { service, sandbox, operation, basePath, path, request, credential, met } = exchange;
  const { method, url, headers } = request;
  const all = cause.kind === 'invalid' ? cause.violations : [];
  const refused: Refused = {
    ...ended,
    // Its violations hold the values that were sent.
    cause: cause.kind === 'invalid' ? { kind: 'invalid', violations: [] } : cause,
    service,
    sandbox,
    operation,
    basePath,
    path,
    params: operation ? exchange.found.params : {},
    method,
    url,
    headers,
    credential,
    met,
    violations: all.length === 0 ? NOTHING : all.slice(0, MOST).map((violation) => toKept(violation, operation)),
    more: Math.max(0, all.length - MOST),
    fields:
      service.parameters === 'merged'
        ? holdAgainst(exchange.params, toParameterNames(operation))
        : holdAgainst(exchange.body, operation?.fieldNames ?? NO_NAMES),
  };
  const isMisfit = cause.kind === 'invalid' || cause.kind === 'parse';
  return { bytes: countBytes(refused), isMisfit, reasons: () => toReasons(refused) };
}

/** Wherever they may stand; none where the body takes any. */
function toParameterNames(operation: ContractOperation | undefined): ReadonlySet<string> {
  if (!operation || (operation.takesBody && operation.fieldNames.size === 0)) return NO_NAMES;
  return new Set([...operation.pathNames, ...operation.queryNames, ...operation.fieldNames]);
}

function toKept(violation: Violation, operation: ContractOperation | undefined): KeptViolation {
  const { where, pointer, keyword, params, message, data, schema = {} } = violation;
  const isChoice = keyword === 'enum' && typeof data === 'string' && data.length <= LONGEST;
  const name = params['missingProperty'] ?? params['additionalProperty'];
  const { allowedValues } = params;
  const { properties = {} } = schema as { readonly properties?: object };
  const others = where === 'parameters' && pointer === '' ? toParameterNames(operation) : [];
  return {
    where,
    pointer: toOwn(pointer),
    keyword,
    message: toOwn(message),
    type: data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data,
    choice: isChoice ? toOwn(data) : undefined,
    choices: Array.isArray(allowedValues) ? allowedValues : [],
    name: typeof name === 'string' ? toOwn(name) : undefined,
    fields: holdAgainst(keyword === 'required' ? data : undefined, new Set([...Object.keys(properties), ...others])),
    schema,
  };
}

/** A copy: a slice would keep the whole text alive that it was cut from. */
function toOwn(text: string): string {
  return Buffer.from(text.slice(0, LONGEST)).toString();
}

function countBytes({ violations, fields }: Refused): number {
  let bytes = OBJECT + countNames(fields.unknown);
  for (const kept of violations) {
    bytes += OBJECT + kept.pointer.length + kept.message.length + countNames(kept.fields.unknown);
  }
  return bytes;
}

function countNames(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length, 0);
}
