import type { Violation } from '../../core/wire/failure.ts';

/** FIDELITY: the validator's order and names of the parts of a request (real server). */
const PARTS = ['path', 'body', 'query', 'header', 'parameters'] as const satisfies readonly Violation['where'][];
const WORDS: Readonly<Record<Violation['where'], string>> = {
  path: 'params',
  body: 'body',
  query: 'querystring',
  header: 'headers',
  parameters: 'parameters',
};

function byPart(violations: readonly Violation[]): readonly Violation[] {
  return PARTS.flatMap((part) => violations.filter(({ where }) => where === part));
}

/** FIDELITY: profile seed names only the first failure, in AJV's words (real server). */
export function toAjvMessage(violations: readonly Violation[]): string {
  const [first] = byPart(violations);
  return first ? `${WORDS[first.where]}${first.pointer} ${toAjvWords(first)}` : '';
}

/** ASSUMED: the words for events, which another validator than AJV refuses. Bounds of our own document are not shown. */
function toAjvWords({ keyword, params, message }: Violation): string {
  if (keyword === 'minimum' && params['limit'] === JUST_ABOVE_ZERO) return 'must be > 0';
  return keyword === 'pattern' ? 'must be an ISO datetime with Z' : message;
}

/** FIDELITY: profile head names all failures, in the order of the fields in its schemas (real server). */
export function toZodMessage(violations: readonly Violation[]): string {
  const failures = byPart(violations).map((violation) => {
    const path = `${WORDS[violation.where]}${toPath(violation)}`;
    return { path, ranks: toRanks(path), message: toZodWords(violation) };
  });
  const sorted = failures.sort((a, b) => compareRanks(a.ranks, b.ranks));
  // Each field is named once, because a value of the wrong type has no size.
  const told = sorted.filter(({ path }, index) => path !== sorted[index - 1]?.path);
  return told.map(({ path, message }) => `${path} ${message}`).join(', ');
}

/** The path of the field itself, even if it is missing; "/" for the whole. */
function toPath({ pointer, keyword, params }: Violation): string {
  if (keyword === 'required') return `${pointer}/${String(params['missingProperty'])}`;
  return pointer === '' ? '/' : pointer;
}

/** The fields in the order of the schemas, which all agree on it. */
const FIELDS = [
  ...['name', 'externalUserId', 'email', 'tier', 'customerId', 'startDate', 'endDate', 'groupBy', 'userId', 'teamId'],
  ...['provider', 'model', 'featureId', 'action', 'limitType', 'limitValue', 'period', 'inputTokens', 'outputTokens'],
  ...['perUnit', 'type', 'count', 'durationSeconds', 'rules', 'isActive', 'validFrom', 'validUntil', 'amount'],
  ...['purchasePrice', 'reason', 'metadata', 'idempotencyKey', 'expiresAt', 'limit', 'offset', 'search', 'events'],
];
const EVENT_FIELDS = [
  ...['event_id', 'customer_id', 'user_id', 'team_id', 'model', 'image_size', 'quality', 'unit_type'],
  ...['idempotency_key', 'event_type', 'feature_id', 'provider', 'input_tokens', 'output_tokens', 'image_count'],
  ...['quantity', 'timestamp', 'metadata'],
];
const ACTION_FIELDS = [
  ...['type', 'provider', 'model', 'estimated_input_tokens', 'estimated_output_tokens'],
  ...['estimated_duration_seconds', 'estimated_count', 'image_size', 'quality'],
];
const RANKS = toRanksByField(FIELDS);
const RANKS_OF_EVENTS = toRanksByField([...FIELDS, ...EVENT_FIELDS]);
const RANKS_OF_ACTIONS = toRanksByField([...FIELDS, ...ACTION_FIELDS]);

/** A field that is listed twice gets its later position. */
function toRanksByField(fields: readonly string[]): ReadonlyMap<string, number> {
  return new Map(fields.map((field, rank) => [field, rank]));
}

/** The sort key of a path: indexes as numbers, fields by their order in the schemas. */
function toRanks(path: string): readonly number[] {
  const ranks = findRanks(path);
  return path.split('/').map((segment) => (/^\d+$/.test(segment) ? Number(segment) : (ranks.get(segment) ?? -1)));
}

function findRanks(path: string): ReadonlyMap<string, number> {
  if (path.startsWith('body/events/')) return RANKS_OF_EVENTS;
  return path.startsWith('body/action/') ? RANKS_OF_ACTIONS : RANKS;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((rank, index) => rank !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}

interface FieldSchema {
  readonly type?: string;
  /** Contains null if null is allowed. */
  readonly enum?: readonly (string | null)[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** Means "more than 0" in a document, because its own form of an exclusive bound cannot be used. */
const JUST_ABOVE_ZERO = Number.MIN_VALUE;

function toZodWords({ keyword, params, data, schema = {} }: Violation): string {
  const field = schema as FieldSchema;
  const { limit } = params;
  switch (keyword) {
    case 'required': {
      const missing = field.properties?.[String(params['missingProperty'])] ?? {};
      return missing.enum ? toOptions(missing.enum) : toTypeWords(missing, undefined);
    }
    case 'type':
      return field.enum ? toOptions(field.enum) : toTypeWords(field, data);
    case 'enum':
      return toOptions(field.enum ?? []);
    case 'minimum':
      return `Too small: expected number to be ${limit === JUST_ABOVE_ZERO ? '>0' : `>=${String(limit)}`}`;
    case 'maximum':
      return `Too big: expected number to be <=${String(limit)}`;
    case 'minLength':
      return `Too small: expected string to have >=${String(limit)} characters`;
    case 'maxLength':
      return `Too big: expected string to have <=${String(limit)} characters`;
    case 'minItems':
      return `Too small: expected array to have >=${String(limit)} items`;
    case 'maxItems':
      return `Too big: expected array to have <=${String(limit)} items`;
    case 'pattern':
      return 'Invalid ISO datetime';
    case 'format':
      return params['format'] === 'email' ? 'Invalid email address' : 'Invalid UUID';
  }
  return 'Invalid input';
}

function toOptions(values: readonly (string | null)[]): string {
  const named = values.filter((value) => value !== null);
  return `Invalid option: expected one of ${named.map((value) => `"${value}"`).join('|')}`;
}

/** The validator calls an object without declared properties a record. */
function toTypeWords({ type = 'object', properties }: FieldSchema, data: unknown): string {
  // NaN is the result of converting text that is not a number.
  const isNumber = typeof data === 'number' && !Number.isNaN(data);
  if (type === 'integer' && isNumber) return 'Invalid input: expected int, received number';
  const expected = type === 'integer' ? 'number' : type === 'object' && !properties ? 'record' : type;
  return `Invalid input: expected ${expected}, received ${toReceived(data)}`;
}

function toReceived(data: unknown): string {
  if (data === null) return 'null';
  if (Number.isNaN(data)) return 'NaN';
  return Array.isArray(data) ? 'array' : typeof data;
}
