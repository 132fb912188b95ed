import type { ProviderRequests, SampleRequest } from '../src/conformance/subject.ts';

/** One request as it goes onto the wire, with a name that is unique among those of its operation. */
export interface RequestCase {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const UUID = '00000000-0000-4000-8000-000000000000';
const ADDRESS = `0x${'0'.repeat(40)}`;

/** Values of every type, at the edges, and ids that nobody has. */
export const ODD_VALUES: readonly unknown[] = [
  ...[null, '', ' ', 'nope', '5', '-5', '1.5', UUID, ADDRESS, 'x'.repeat(300)],
  ...[0, -1, 1.5, 1e21, true, [], ['nope'], {}, { nope: 1 }],
];
const ODD_TEXTS: readonly string[] = ['', '0', '-1', '1.5', 'nope', '999999', UUID, ADDRESS, 'x'.repeat(300), 'ä b'];
const MEDIA_TYPES = ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', ''];
const STATUSES = [400, 401, 403, 404, 409, 422, 429, 500, 502, 503];
const EFFECTS = [
  ...STATUSES.flatMap((status) => [`status=${status}`, `status=${status}; phase=after`]),
  'status=429; retryAfter=30',
  'status=503; message=Out of order',
  ...['connection=reset', 'connection=empty', 'connection=empty; phase=after', 'stream=refuse'],
  ...['body=truncate', 'body=garbage', 'body=malformed-json', 'body=wrong-type'],
];

/**
 * Every copy of a JSON value that differs in one place: left out, replaced, or with something unknown beside it. Entries of
 * a list that have the same fields are varied once.
 */
export function* listVariations(
  value: unknown,
  odd: readonly unknown[],
  seen = new Set<string>(),
  shape = '',
): Generator<readonly [name: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    if (!seen.has(shape) && list.length > 0) yield [`${shape} has its first twice`, [...list, list[0]]];
    seen.add(shape);
    for (const [index, part] of list.entries()) {
      for (const [name, varied] of listVariations(part, odd, seen, `${shape}[]`))
        yield [name, list.with(index, varied)];
    }
    return;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  if (!seen.has(shape)) yield [`${shape}.unknown is added`, { ...fields, unknown: 1 }];
  seen.add(shape);
  for (const [field, part] of Object.entries(fields)) {
    const own = `${shape}.${field}`;
    if (!seen.has(`${own} itself`)) {
      yield [`${own} is left out`, Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field))];
      for (const other of odd) yield [`${own} is ${JSON.stringify(other)}`, { ...fields, [field]: other }];
    }
    seen.add(`${own} itself`);
    for (const [name, varied] of listVariations(part, odd, seen, own)) yield [name, { ...fields, [field]: varied }];
  }
}

/** The sample as the conformance suite sends it. */
export function toCase({ headers }: ProviderRequests, sample: SampleRequest): RequestCase {
  const { method, path, body } = sample;
  const typed = body && { 'Content-Type': 'application/json' };
  const all = { ...headers, ...sample.headers, ...typed };
  return { name: 'sample', method, path, headers: all, ...(body && { body: JSON.stringify(body) }) };
}

/** The sample with one thing changed, for everything in a request that can be wrong. */
export function* listWrongCases(requests: ProviderRequests, sample: SampleRequest): Generator<RequestCase> {
  const right = toCase(requests, sample);
  const credentials = Object.keys({ ...requests.headers, ...sample.headers });
  const typed = { 'Content-Type': 'application/json' };
  const without = Object.fromEntries(Object.entries(right.headers).filter(([name]) => !credentials.includes(name)));
  yield { ...right, name: 'without credentials', headers: without };
  for (const name of credentials) {
    for (const wrong of ['wrong', 'Bearer wrong', 'Basic wrong', ''])
      yield { ...right, name: `${name}: ${wrong}`, headers: { ...right.headers, [name]: wrong } };
    const others = Object.entries(right.headers).filter(([other]) => other !== name);
    yield { ...right, name: `without ${name}`, headers: Object.fromEntries(others) };
  }
  for (const method of ['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])
    if (method !== right.method) yield { ...right, name: `method ${method}`, method };
  const origin = { Origin: 'http://localhost:3000' };
  yield { ...right, name: 'from a page', headers: { ...right.headers, ...origin } };
  const preflight = { ...origin, 'Access-Control-Request-Method': right.method };
  yield { name: 'preflight', method: 'OPTIONS', path: right.path, headers: preflight };
  yield* listWrongPaths(right);
  for (const body of ['{"a":', '', 'null', '[]', '{}', '"text"', '5', '[{}]', '{"a":1}{', '{"__proto__":{"a":1}}'])
    yield { ...right, name: `body ${body}`, headers: { ...right.headers, ...typed }, body };
  const deep = `${'['.repeat(200)}${']'.repeat(200)}`;
  yield { ...right, name: 'deep body', headers: { ...right.headers, ...typed }, body: deep };
  if (right.body === undefined) return;
  for (const type of MEDIA_TYPES)
    yield { ...right, name: `type ${type}`, headers: { ...right.headers, 'Content-Type': type } };
  for (const coding of ['gzip', 'nope'])
    yield { ...right, name: `encoding ${coding}`, headers: { ...right.headers, 'Content-Encoding': coding } };
  yield { ...right, name: 'large body', body: JSON.stringify({ ...sample.body, filler: 'x'.repeat(1_200_000) }) };
  for (const [name, varied] of listVariations(sample.body, ODD_VALUES))
    yield { ...right, name: `body ${name}`, body: JSON.stringify(varied) };
}

function* listWrongPaths(right: RequestCase): Generator<RequestCase> {
  const [path = '', query = ''] = right.path.split('?');
  const segments = path.split('/');
  const rest = query === '' ? '' : `?${query}`;
  for (const index of segments.keys()) {
    if (index === 0) continue;
    for (const odd of ODD_TEXTS) {
      const changed = segments.with(index, encodeURIComponent(odd)).join('/');
      yield { ...right, name: `segment ${index} is ${odd}`, path: `${changed}${rest}` };
    }
  }
  for (const changed of [`${path}/`, `/${path}`, `${path}/nope`, `${path}/%zz`, path.toUpperCase()])
    yield { ...right, name: `path ${changed}`, path: `${changed}${rest}` };
  const pairs = query === '' ? [] : query.split('&');
  for (const [index, pair] of pairs.entries()) {
    const [name = ''] = pair.split('=');
    yield { ...right, name: `query without ${name}`, path: `${path}?${pairs.toSpliced(index, 1).join('&')}` };
    yield { ...right, name: `query with ${name} twice`, path: `${path}?${[...pairs, pair].join('&')}` };
    for (const odd of ODD_TEXTS) {
      const changed = pairs.with(index, `${name}=${encodeURIComponent(odd)}`);
      yield { ...right, name: `query ${name} is ${odd}`, path: `${path}?${changed.join('&')}` };
    }
  }
  for (const name of ['unknown', 'limit', 'page', 'offset', 'status'])
    yield { ...right, name: `query and ${name}`, path: `${path}?${[...pairs, `${name}=nope`].join('&')}` };
}

/** The sample with each fault that a request can ask for. */
export function* listFaultCases(right: RequestCase, codes: readonly string[]): Generator<RequestCase> {
  for (const fault of [...EFFECTS, ...codes.map((code) => `code=${code}`)])
    yield { ...right, name: `fault ${fault}`, headers: { ...right.headers, 'X-Emulator-Inject': fault } };
  yield { ...right, name: 'prefer 409', headers: { ...right.headers, Prefer: 'code=409' } };
}

/** The sample about another subject, such as a magic one. */
export function toCaseAbout(right: RequestCase, subject: string, other: string, name: string): RequestCase {
  const replace = (text: string): string => (text === subject ? other : text);
  const path = right.path.replaceAll(/[^/?=&]+/g, replace);
  const body = right.body?.replaceAll(/(?<=:"?)[^",{}[\]]+/g, replace);
  const headers = Object.entries(right.headers).map(([key, value]) => [
    key,
    value.replace(/-test-\w+$/, `-test-${name}`),
  ]);
  return {
    ...right,
    name: `subject ${name}`,
    path,
    headers: Object.fromEntries(headers) as RequestCase['headers'],
    ...(body !== undefined && { body }),
  };
}
