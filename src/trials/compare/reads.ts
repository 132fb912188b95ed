import type { IncomingHttpHeaders } from 'node:http';

import type { Contract, ContractOperation } from '../../core/contract/contract.ts';
import type { Service } from '../../core/exchange/exchange.ts';
import { fromBytes, type Bundle, type BundledChapter, type BundledRequest } from '../../bundles/bundle.ts';
import { listExamples, toText } from './examples.ts';
import { MISREAD, parseWritten } from './sender.ts';

/** A request that changes nothing. */
export interface Read {
  readonly method: 'GET' | 'HEAD';
  /** Path and query, including the provider's base path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly operation: ContractOperation;
  /** Path parameters, decoded. */
  readonly params: readonly string[];
  /** The instant of the request in the bundle. */
  readonly at?: string;
}

/** A request that is not sent, and the reason. */
export interface PassedOver {
  readonly request: string;
  readonly operation: string | undefined;
  readonly reason: string;
}

/** Reads about one state. */
export interface Scene {
  /** Absent for the state of the fixtures. */
  readonly chapter?: BundledChapter;
  readonly reads: readonly Read[];
}

export interface Reading {
  readonly scenes: readonly Scene[];
  readonly passedOver: readonly PassedOver[];
  /** The number of reads that repeat an earlier one; each is sent once. */
  readonly repeated: number;
}

type Request = Pick<Read, 'method' | 'url' | 'headers' | 'body' | 'at'>;

/** Lists the document's reads under each base path: with required parameters only, and with each example. */
export function listExampleReads(service: Service, basePaths: readonly string[]): Reading {
  const { contract } = service;
  const examples = [...listExamples(contract.document, { isBare: true }), ...listExamples(contract.document)];
  const requests = examples
    .filter(({ method }) => method === 'GET' || method === 'HEAD')
    .flatMap(({ method, path, headers, body }) =>
      basePaths.map((basePath): Request => ({
        method: method as Read['method'],
        url: `${basePath}${path}`,
        headers: toPlainHeaders({ ...headers, ...(body && { 'content-type': body.type }) }),
        body: body && Buffer.from(toText(body.value)),
      })),
    );
  return { ...collect([{ requests }], service, basePaths), repeated: 0 };
}

/** Lists a bundle's reads of the provider, under one of its base paths. A state without its secrets cannot be imported. */
export function listBundledReads(
  { chapters, redacted = [] }: Bundle,
  service: Service,
  basePaths: readonly string[],
): Reading {
  const passedOver: PassedOver[] = [];
  const parts = chapters.map((chapter) => {
    const sent = chapter.items.filter(
      (item): item is BundledRequest => item.kind === 'request' && item.provider === service.id,
    );
    const requests = sent.flatMap((item): readonly Request[] => {
      const { at, method, url } = item;
      if (method !== 'GET' && method !== 'HEAD') return [];
      if (redacted.length > 0) {
        passedOver.push({ ...toName(method, url, service), reason: 'its secrets were taken out' });
        return [];
      }
      const body = item.body === null ? undefined : fromBytes(item.body);
      return [{ method, url, at, headers: toPlainHeaders(item.headers), body }];
    });
    return { chapter, requests };
  });
  const reading = collect(parts, service, basePaths);
  return { ...reading, passedOver: withoutRepeats([...passedOver, ...reading.passedOver]) };
}

function toPlainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? []].flat().join(', ')]),
  );
}

interface Part {
  readonly chapter?: BundledChapter;
  readonly requests: readonly Request[];
}

function collect(parts: readonly Part[], service: Service, basePaths: readonly string[]): Reading {
  const passedOver: PassedOver[] = [];
  let repeated = 0;
  const scenes = parts.map(({ requests, ...scene }): Scene => {
    const seen = new Set<string>();
    const reads = requests.flatMap((request): readonly Read[] => {
      const read = toRead(request, service, basePaths);
      if (typeof read === 'string') {
        passedOver.push({ ...toName(request.method, request.url, service), reason: read });
        return [];
      }
      const key = toKey(read);
      if (seen.has(key)) {
        repeated += 1;
        return [];
      }
      seen.add(key);
      return [read];
    });
    return { ...scene, reads };
  });
  return { scenes, passedOver: withoutRepeats(passedOver), repeated };
}

/** The read, or the reason why it is not sent. */
function toRead(request: Request, service: Service, basePaths: readonly string[]): Read | string {
  // Example values are percent-encoded, so a brace is a missing example.
  if (request.at === undefined && splitUrl(request.url).path.includes('{')) {
    return 'the document has no example of a parameter of its path';
  }
  const found = findOperation(service, request);
  if (typeof found === 'string') return found;
  const { operation, params } = found;
  const reason = findReason(operation);
  if (reason !== undefined) return reason;
  if (!basePaths.some((basePath) => request.url.startsWith(`${basePath}/`))) {
    return `it is not under ${basePaths.join(' or ')}, with which --target ends`;
  }
  if (!parseWritten('http://here.invalid', request.url) || Object.values(params).some(isAscending)) return MISREAD;
  const body = operation.takesBody && request.body?.length ? request.body : undefined;
  return { ...request, body, operation, params: Object.values(params) };
}

/** Whether a service that decodes the parameter first would leave the path's folder. */
function isAscending(param: string): boolean {
  return param.split(/[\\/]/).includes('..');
}

/** Headers that make a request another read, in addition to credentials and declared parameters. */
const TELLING = /^(?:accept|content-type)$/;

function toKey({ method, url, headers, body, operation }: Read): string {
  const places = new Set(operation.credentials.map(({ name }) => name.toLowerCase()));
  const isTelling = (name: string): boolean =>
    TELLING.test(name) || places.has(name) || operation.headerNames.has(name);
  const telling = Object.entries(headers).filter(([name]) => isTelling(name));
  return JSON.stringify([method, url, telling.sort(), body?.toString('base64')]);
}

function withoutRepeats(passedOver: readonly PassedOver[]): readonly PassedOver[] {
  return [...new Map(passedOver.map((one) => [JSON.stringify(one), one])).values()];
}

function findOperation(
  service: Service,
  { method, url }: Pick<Request, 'method' | 'url'>,
): { readonly operation: ContractOperation; readonly params: Record<string, string> } | string {
  const { path } = splitUrl(url);
  const root = (service.basePaths ?? ['']).find((basePath) => path.startsWith(`${basePath}/`));
  const found = root === undefined ? undefined : find(service.contract, method, path.slice(root.length));
  return found && 'operation' in found ? found : 'the document has no such operation';
}

export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

/** Finds the operation; a HEAD uses the GET of the path unless the document declares its own. */
function find(contract: Contract, method: string, path: string): ReturnType<Contract['find']> {
  const found = contract.find(method, path);
  return method === 'HEAD' && 'kind' in found ? contract.find('GET', path) : found;
}

/** The reason not to send a GET: some services change things by one. */
function findReason(operation: ContractOperation): string | undefined {
  const { audit } = operation;
  if (audit === undefined) return 'the document does not mark the operation as a read (x-audit)';
  if (audit.kind !== 'read') return 'it changes something';
  const streams = Object.keys(operation.findResponse(200)?.content ?? {}).includes('text/event-stream');
  return streams ? 'it is a stream' : undefined;
}

function toName(method: string, url: string, service: Service): Pick<PassedOver, 'request' | 'operation'> {
  const found = findOperation(service, { method: method as Read['method'], url });
  return {
    request: `${method} ${url}`,
    operation: typeof found === 'string' ? undefined : found.operation.operationId,
  };
}
