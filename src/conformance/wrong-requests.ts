import type { Contract, ContractOperation } from '../core/contract/contract.ts';
import { findBasePath } from '../core/exchange/exchange.ts';
import type { Provider } from '../core/provider/provider.ts';
import { toCorsHeaders } from '../core/wire/cors.ts';
import type { FailureReason } from '../core/wire/failure.ts';
import { openBench, type Answered, type Bench, type Fields } from './bench.ts';
import type { SampleRequest, Subject } from './subject.ts';
import { isUnchanged } from './terms.ts';

const JSON_TYPE = 'application/json';
const ORIGIN = 'https://page.example';

/** The arguments of `fetch`. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Fields;
  readonly body?: string;
}

/** A request with one error. */
interface WrongRequest extends Sent {
  readonly title: string;
  /** The failures whose rendering is accepted. */
  readonly reasons: readonly FailureReason[];
}

/**
 * Sends requests that are wrong by the document and the policies: unknown paths and methods, and unreadable bodies. The
 * answer must be that of `renderFailure`. The journal must have each, and no record may change.
 *
 * @returns a sentence for each wrong answer
 */
export async function findMisanswered(subject: Subject, contract: Contract): Promise<readonly string[]> {
  const bench = await openBench(subject);
  const largest = contract.operations.find(takesSent)?.operationId;
  const sentences: string[] = [];
  for (const [index, [id, sample]] of Object.entries(subject.requests.operations).entries()) {
    const operation = findOperation(contract, id);
    const sent = toSent(subject, sample);
    const wrong = [
      ...listUnrouted(subject.provider, contract, sent),
      ...(takesSent(operation) ? listUnread(subject.provider, operation, sent, id === largest) : []),
    ];
    sentences.push(...(await findOtherwise(subject, contract, bench, id, wrong)));
    sentences.push(...(await findDeviations(subject, bench, index, sample)));
  }
  return sentences;
}

/** Sends samples without their credential and with an unknown one, to operations that need one. See `findMisanswered`. */
export async function findUnguarded(subject: Subject, contract: Contract): Promise<readonly string[]> {
  const bench = await openBench(subject);
  const sentences: string[] = [];
  for (const [id, sample] of Object.entries(subject.requests.operations)) {
    const wrong = [...listUnknown(subject.provider, findOperation(contract, id), toSent(subject, sample))];
    sentences.push(...(await findOtherwise(subject, contract, bench, id, wrong)));
  }
  return sentences;
}

async function findOtherwise(
  subject: Subject,
  contract: Contract,
  bench: Bench,
  id: string,
  wrong: readonly WrongRequest[],
): Promise<readonly string[]> {
  const { provider, requests } = subject;
  await bench.act('POST', '/reset');
  const before = bench.records();
  const sentences: string[] = [];
  for (const request of wrong) {
    const { title, method, path, headers, body, reasons } = request;
    const sent = { ...headers, Origin: ORIGIN };
    const answer = await bench.ask(`/${provider.id}${path}`, method, sent, body);
    const expected = reasons.map((reason) => render(provider, contract, request, reason));
    const isReadable = isAllowed(provider, answer, 'actual');
    if (expected.includes(`${answer.status} ${answer.text}`) && isReadable) continue;
    const found = `is answered ${answer.status} ${answer.text}${isReadable ? '' : ' without the headers of cors'}`;
    sentences.push(`${title} of ${id} ${found}; renderFailure has ${expected[0] ?? 'nothing'}.`);
  }
  const { requests: entries } = (await bench.act('GET', '/requests')) as { requests: object[] };
  return [
    ...sentences,
    ...(entries.length === wrong.length
      ? []
      : [`The journal has ${entries.length} of ${wrong.length} wrong requests of ${id}.`]),
    ...(isUnchanged(before, bench.records(), requests.counted) ? [] : [`A wrong request of ${id} changes records.`]),
  ];
}

function takesSent({ takesBody, method }: ContractOperation): boolean {
  // `fetch` sends no body with a GET.
  return takesBody && method.toUpperCase() !== 'GET';
}

function toSent({ requests }: Subject, { method, path, headers: own, body }: SampleRequest): Sent {
  const headers = { ...requests.headers, ...own };
  if (body === undefined) return { method, path, headers };
  return { method, path, headers: { ...headers, 'Content-Type': JSON_TYPE }, body: JSON.stringify(body) };
}

function* listUnrouted(provider: Provider, contract: Contract, sent: Sent): IterableIterator<WrongRequest> {
  const { method } = sent;
  const [path = '', query = ''] = sent.path.split(/(?=\?)/);
  const { trailingSlash, doubleSlash } = provider.paths;
  const others: readonly (readonly [title: string, method: string, path: string])[] = [
    ['An unknown path', method, `${path}/no/such/path`],
    ['A path that cannot be decoded', method, path.replace(/[^/]+$/, '%ZZ')],
    ...['DELETE', 'PATCH', 'PUT', 'POST'].map((other) => [`The method ${other}`, other, path] as const),
    ...(trailingSlash === 'refuse' ? [['A slash at the end', method, `${path}/`] as const] : []),
    ...(doubleSlash === 'refuse' ? [['A doubled slash', method, `/${path}`] as const] : []),
  ];
  for (const [title, other, wrongPath] of others) {
    const found = contract.find(other, toRoute(provider, wrongPath));
    if ('kind' in found) yield { ...sent, title, method: other, path: wrongPath + query, reasons: [found] };
  }
}

function* listUnknown(provider: Provider, operation: ContractOperation, sent: Sent): IterableIterator<WrongRequest> {
  const places = operation.credentials.map(({ name }) => name.toLowerCase());
  const others = Object.entries(sent.headers).filter(([name]) => !places.includes(name.toLowerCase()));
  const unknown = Object.entries(sent.headers).map(([name, value]) => [name, `${value}0`] as const);
  if (operation.open || others.length === unknown.length) return;
  // A provider may throw any of its own codes.
  const codes = Object.keys(provider.codes ?? {}) as never[];
  const ofCodes = codes.map((code): FailureReason => ({ kind: 'unauthenticated', code }));
  const reasons = [{ kind: 'unauthenticated' } as const, ...ofCodes];
  const without = Object.fromEntries(others);
  yield { ...sent, title: 'A request without a credential', headers: without, reasons };
  yield { ...sent, title: 'An unknown credential', headers: { ...Object.fromEntries(unknown), ...without }, reasons };
}

function* listUnread(
  { body: policy }: Provider,
  { bodyRequired }: ContractOperation,
  sent: Sent,
  isLargest: boolean,
): IterableIterator<WrongRequest> {
  const wrong = (title: string, body: string, reason: FailureReason, headers: Fields = {}): WrongRequest => ({
    ...sent,
    title,
    headers: { ...sent.headers, 'Content-Type': JSON_TYPE, ...headers },
    body,
    reasons: [reason],
  });
  const { limit, depth, ignoreOthers, refuseEmptyJson } = policy;
  yield wrong('JSON that is cut off', '{"a":', { kind: 'parse', cause: 'json' });
  yield wrong('JSON that is too deep', '['.repeat(depth + 1), { kind: 'parse', cause: 'tooDeep' });
  yield wrong('A compressed body', '{}', { kind: 'parse', cause: 'encoding' }, { 'Content-Encoding': 'gzip' });
  if (ignoreOthers !== true) {
    const other = { 'Content-Type': 'application/x-other' };
    yield wrong('A body of another type', '{}', { kind: 'parse', cause: 'mediaType' }, other);
  }
  if (refuseEmptyJson === true || bodyRequired) yield wrong('An empty body', '', { kind: 'parse', cause: 'empty' });
  if (isLargest) yield wrong('A body over the limit', ' '.repeat(limit + 1), { kind: 'tooLarge', limit });
}

/** Sends a sample with differences that the policies ignore, and a browser's preflight. */
async function findDeviations(
  { provider }: Subject,
  bench: Bench,
  index: number,
  sample: SampleRequest,
): Promise<readonly string[]> {
  const [path = '', query = ''] = sample.path.split(/(?=\?)/);
  const variants = [
    ...(provider.paths.trailingSlash === 'collapse' ? [`${path}/${query}`] : []),
    ...(provider.paths.doubleSlash === 'collapse' ? [`/${path}${query}`] : []),
    `${sample.path}${query === '' ? '?' : '&'}undeclared=1`,
  ];
  const usual = await bench.send(sample, { sandbox: `usual-${index}` });
  const sentences: string[] = [];
  for (const [number, variant] of variants.entries()) {
    const { status, text } = await bench.send({ ...sample, path: variant }, { sandbox: `other-${number}-${index}` });
    if (status === usual.status && text === usual.text) continue;
    sentences.push(
      `${sample.method} ${variant} is answered ${status} ${text}, and ${sample.path} ${usual.status} ${usual.text}`,
    );
  }
  const asking = { Origin: ORIGIN, 'Access-Control-Request-Method': sample.method };
  const preflight = await bench.ask(`/${provider.id}${sample.path}`, 'OPTIONS', asking);
  if (provider.cors && !(preflight.status === 204 && isAllowed(provider, preflight, 'preflight'))) {
    sentences.push(`The preflight of ${sample.path} is answered ${preflight.status}, and not as cors has it.`);
  }
  return sentences;
}

function isAllowed({ cors }: Provider, { headers }: Answered, kind: 'preflight' | 'actual'): boolean {
  const expected = (cors && toCorsHeaders(cors, ORIGIN, kind)) ?? {};
  return Object.entries(expected).every(([name, value]) => headers[name.toLowerCase()] === value);
}

/** Returns the path as in the document. */
function toRoute(provider: Provider, path: string): string {
  return path.slice(findBasePath(provider, path)?.length ?? 0);
}

function findOperation({ operations }: Contract, id: string): ContractOperation {
  const operation = operations.find(({ operationId }) => operationId === id);
  if (!operation) throw new Error(`The document has no operation "${id}".`);
  return operation;
}

/** Returns the status and the text of a failure. */
function render(
  provider: Provider,
  contract: Contract,
  { method, path, headers }: WrongRequest,
  reason: FailureReason,
): string {
  const found = contract.find(method, toRoute(provider, path.replace(/\?.*/, '')));
  const { status, body } = provider.renderFailure(reason, {
    method,
    url: path,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    operationId: 'kind' in found ? undefined : found.operation.operationId,
    basePath: findBasePath(provider, path),
  });
  return `${status} ${typeof body === 'string' ? body : JSON.stringify(body)}`;
}
