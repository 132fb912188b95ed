import type { HeldExchange } from '../faults/gates.ts';
import type { Matchable } from '../faults/match.ts';
import type { Instant } from '../values/clock.ts';
import type { Contract, ContractOperation, FoundOperation } from '../contract/contract.ts';
import type { Reply } from '../wire/reply.ts';
import type { Request, RequestHead } from '../wire/request.ts';
import type { FailureReason } from '../wire/failure.ts';
import type { NoRoute } from '../contract/routes.ts';
import type { Fault, MetFault } from '../wire/fault.ts';
import type { Commit } from '../store/commit.ts';
import type { Held } from '../store/history.ts';
import { parseFields } from '../wire/body.ts';
import type { Provider } from '../provider/provider.ts';
import type { ParsedRequest } from '../provider/call.ts';
import type { JournalEntry } from '../sandbox/journal.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

const NOTHING: readonly never[] = [];
/** The headers of answers to which no stage adds any. */
export const NO_HEADERS: Readonly<Record<string, string>> = {};
const NOT_FOUND: NoRoute = { kind: 'notFound' };
const SLASH = '/';
const NO_PARAMS: object = {};

/** What faults may meet one exchange. */
export interface FaultContext {
  readonly matchable: Matchable;
  /** Faults of this exchange alone: one that its request injects, and one of its magic subject. */
  readonly own: readonly (Fault & MetFault)[];
}

/** Something that answers requests by a document: a provider, or the control API. */
export interface Service extends Pick<
  Provider,
  'id' | 'codes' | 'basePaths' | 'parameters' | 'body' | 'paths' | 'cors' | 'headers' | 'streams' | 'renderFailure'
> {
  readonly contract: Contract;
  /** Everything that an exchange passes, in order; the last one leaves a reply. */
  readonly stages: readonly Stage[];
  /** Whether its exchanges go into the journal. */
  readonly journalled: boolean;
  /** Runs before a body is read and a sandbox is made. @throws {Failure} which refuses the request */
  guard?(head: RequestHead): void;
  /** Answers what is not an operation, such as a page for people, before the guard. @param asked the path as the client sent it */
  answerAside?(head: RequestHead, asked: string): Reply | undefined;
  /** Whether the request is about the sandbox that it names; if left out, every request is. */
  concernsSandbox?(head: RequestHead): boolean;
  subject?(received: ParsedRequest): string | undefined;
  /** The credential as the client sent it, which may name a sandbox. */
  credential?(request: Request): string | undefined;
  /** The credentials that `env` prints and that work in a sandbox as it is now. */
  listKeys?(sandbox: Sandbox): readonly Key[];
}

/** A credential by the name of its variable. */
export interface Key {
  readonly variable: string;
  readonly value: string;
}

/** Why a stage ends the exchange, if it does. */
export type Refusing = FailureReason | undefined;

/**
 * A stage returns the reason to end the exchange, if there is one; it may throw a rare one as a failure. It returns a
 * promise only if it has to wait. Stages before `findOperation` take any exchange; later ones know its operation.
 */
export type Stage = (exchange: FoundExchange) => Refusing | Promise<Refusing>;

/** An exchange that `findOperation` has not refused. */
export type FoundExchange = Exchange & { readonly operation: ContractOperation };

export function isFound(exchange: Exchange): exchange is FoundExchange {
  return exchange.operation !== undefined;
}

/** One exchange on its way: each stage reads what earlier ones found and adds its own. */
export class Exchange {
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly request: Request;
  readonly id: string;
  /** What the client sent, without the sandbox's name. */
  readonly credential: string | undefined;
  /** The base path of the service that the path begins with; "" if the service has none, `undefined` if none fits. */
  readonly basePath: string | undefined;
  /** Without the query, and with the slashes that the real service would see. */
  readonly path: string;
  readonly operation: ContractOperation | undefined;
  /** Why no operation was found. */
  readonly missing: NoRoute | undefined;
  /** The parameters of the path. */
  readonly pathParams: object;
  readonly query: Record<string, unknown>;
  /** The instant, on the sandbox's clock, for all that the exchange does. */
  at: Instant;
  /** The same when it began, before a fault kept it waiting. */
  readonly arrivedAt: Instant;
  body: unknown;
  /** Query, body and path in one, if the service merges them. */
  params = NO_PARAMS;
  /** Whether the body was read before its turn, and why it could not be. */
  isRead = false;
  unreadable: Refusing;
  principal: object | undefined;
  /** Headers that stages add to the answer, whatever it will be. */
  headers = NO_HEADERS;
  reply: Reply | undefined;
  /** What it did to the state, if anything. */
  commit: Commit | undefined;
  /** The number of the newest commit that its answer could know of; 0 for none. */
  seen = 0;
  /** When its client left, if that was while it waited, on the scale of `monotonic`. */
  leftAt: number | undefined;
  /** Its entry in the journal, once it has one. */
  entry: Held<JournalEntry> | undefined;
  /** On the scale of `monotonic`. */
  readonly started: number;
  readonly generation: number;
  /** How many times ids had started again. */
  readonly beginnings: number;
  /** How many times the disk had lost changes of the sandbox when the exchange first looked at it. */
  losses: number;
  /** The fault that its request asks for. */
  readonly asked: Fault | undefined;
  /** Whose account it is about, once that is known. */
  subject: { readonly name: string | undefined } | undefined;
  /** What may still meet it, if anything may. */
  faultContext: FaultContext | undefined;
  /** The faults that it met. */
  met: readonly MetFault[] = NOTHING;
  /** Its place in the group that a fault holds, or held and released it from. */
  gate: HeldExchange | undefined;
  /** Whether it was refused for its credential, or failed in the control API. A sandbox made for it is deleted then. */
  isRefused = false;
  /** Whether a fault has had an effect, so that no other one has. */
  isHit = false;
  /** Whether it needs the sandbox that it runs in; health checks do not. */
  readonly isConcerned: boolean;

  /** @param at on the sandbox's clock @param started on the scale of `monotonic` */
  constructor(arrival: Arrival, id: string, at: Instant, started: number) {
    const { service, sandbox, request, credential, asked, isConcerned = true } = arrival;
    this.service = service;
    this.sandbox = sandbox;
    this.request = request;
    this.credential = credential;
    this.asked = asked;
    this.id = id;
    this.at = at;
    this.arrivedAt = at;
    this.started = started;
    this.generation = sandbox.generation;
    this.beginnings = sandbox.beginnings;
    this.losses = sandbox.persistence.losses;
    this.isConcerned = isConcerned;
    this.path = toPath(service, request.url);
    this.basePath = findBasePath(service, this.path);
    const found = findOperation(service, request.method, this.path, this.basePath);
    const isMissing = 'kind' in found;
    this.operation = isMissing ? undefined : found.operation;
    this.missing = isMissing ? found : undefined;
    this.pathParams = isMissing ? NO_PARAMS : found.params;
    this.query =
      this.operation && request.url.includes('?') ? this.operation.selectQuery(parseQuery(request.url, service)) : {};
  }
}

export interface Arrival {
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly request: Request;
  readonly credential: string | undefined;
  /** A fault that the request asks for itself. */
  readonly asked?: Fault | undefined;
  /** Whether it is about the sandbox that it is in; if left out, it is. */
  readonly isConcerned?: boolean;
}

/** The path of a URL, with the slashes that the real service would see. */
function toPath({ paths }: Service, url: string): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const isDoubled = paths.doubleSlash === 'collapse' && path.includes('//');
  const collapsed = isDoubled ? path.replaceAll(/\/{2,}/g, SLASH) : path;
  const isTrailing = paths.trailingSlash === 'collapse' && collapsed.length > 1 && collapsed.endsWith(SLASH);
  return isTrailing ? collapsed.slice(0, -1) : collapsed;
}

/** `undefined` if the service has base paths and the path begins with none of them. */
export function findBasePath({ basePaths }: Pick<Service, 'basePaths'>, path: string): string | undefined {
  if (!basePaths) return '';
  return basePaths.find((basePath) => path.startsWith(basePath) && path.startsWith(SLASH, basePath.length));
}

/** A HEAD is answered by the path's GET, unless the document has a HEAD of its own. */
function findOperation(
  { contract }: Service,
  method: string,
  path: string,
  basePath: string | undefined,
): FoundOperation | NoRoute {
  if (basePath === undefined) return NOT_FOUND;
  const rest = path.slice(basePath.length);
  const found = contract.find(method, rest);
  const isHead = method === 'HEAD' && 'kind' in found && found.kind === 'methodNotAllowed';
  return isHead ? contract.find('GET', rest) : found;
}

/** The whole query of a URL, including names that the document does not know. */
export function parseQuery(url: string, { body }: Pick<Service, 'body'>): Record<string, unknown> {
  const queryAt = url.indexOf('?');
  return queryAt < 0 ? {} : parseFields(url.slice(queryAt + 1), body);
}

/** What a provider sees of an exchange. */
export function toParsedRequest({ pathParams, query, body, params, basePath = '' }: Exchange): ParsedRequest {
  return { path: pathParams, query, body, params, basePath };
}

/** What an exchange is matched by. Its query is parsed when it is first read. */
export function toMatchable(exchange: Exchange, subject: string | undefined): Matchable {
  const { request, path, service } = exchange;
  let query: Record<string, unknown> | undefined;
  return {
    subject,
    method: request.method,
    path,
    get query() {
      return (query ??= parseQuery(request.url, service));
    },
    headers: request.headers,
    get body() {
      return service.parameters === 'merged' ? exchange.params : exchange.body;
    },
  };
}

/** Whose account it is about, as far as that is known yet. */
export function findSubject(exchange: Exchange): string | undefined {
  return exchange.subject
    ? exchange.subject.name
    : exchange.operation && exchange.service.subject?.(toParsedRequest(exchange));
}

/** Whether the disk lost what it did or saw. What was lost while it only waited for its answer does not concern it. */
export function isLost({ sandbox: { persistence }, commit, losses }: Exchange): boolean {
  if (persistence.losses === losses) return false;
  return commit ? persistence.hasLost(commit) : true;
}

/** Whether its sandbox was reset meanwhile. Endpoints of the control API reset sandboxes themselves, and answer. */
export function isAbandoned({ service, sandbox, generation }: Exchange): boolean {
  return service.journalled && sandbox.generation !== generation;
}
