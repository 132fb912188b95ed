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
/** For answers to which no stage adds anything. */
export const NO_HEADERS: Readonly<Record<string, string>> = {};
const NOT_FOUND: NoRoute = { kind: 'notFound' };
const SLASH = '/';
const NO_PARAMS: object = {};

/** What may meet one exchange. */
export interface FaultContext {
  readonly matchable: Matchable;
  /** Of this exchange alone: what its request asks for, what lies on its subject. */
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
  /** Before a body is read and a sandbox is made. @throws {Failure} which refuses the request */
  guard?(head: RequestHead): void;
  /** Answers what is no operation, such as a page for people, before the guard. @param asked the path as it was asked for */
  answerAside?(head: RequestHead, asked: string): Reply | undefined;
  /** Whether the request is about the sandbox that it names; every one is where this is left out. */
  concernsSandbox?(head: RequestHead): boolean;
  subject?(received: ParsedRequest): string | undefined;
  /** The credential as the client sent it, where it may name a sandbox. */
  credential?(request: Request): string | undefined;
  /** The credentials that `env` prints and that work in a sandbox as it is now. */
  listKeys?(sandbox: Sandbox): readonly Key[];
}

/** A credential by the name of its variable. */
export interface Key {
  readonly variable: string;
  readonly value: string;
}

/** Why a stage ends the exchange, where it does. */
export type Refusing = FailureReason | undefined;

/**
 * A stage gives the reason to end the exchange, if there is one; what is rare it may throw as a failure. It returns a
 * promise only where it cannot be helped.
 */
export type Stage = (exchange: Exchange) => Refusing | Promise<Refusing>;

/** One exchange on its way: each stage reads what earlier ones found and adds its own. */
export class Exchange {
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly request: Request;
  readonly id: string;
  /** What its id ends in, where the journal keeps it. */
  number = 0;
  /** What the client sent, with the sandbox's name taken off. */
  readonly credential: string | undefined;
  /** Which of the service's base paths the path began with; "" where it has none, `undefined` where none fits. */
  readonly basePath: string | undefined;
  /** With the slashes that the real service would see, and without the query. */
  readonly path: string;
  readonly query: Record<string, unknown>;
  /** When it is looked at, on the sandbox's clock; the same instant for all that it does. */
  at: Instant;
  /** The same when it began, before a fault kept it waiting. */
  readonly arrivedAt: Instant;
  body: unknown;
  /** Query, body and path in one, where the service merges them. */
  params = NO_PARAMS;
  /** Whether the body was read, and why it could not be. */
  isRead = false;
  unreadable: Refusing;
  principal: object | undefined;
  /** That stages add to the answer, whatever it will be. */
  headers = NO_HEADERS;
  reply: Reply | undefined;
  /** What it did to the state, if anything. */
  commit: Commit | undefined;
  /** The number of the newest commit that its answer could know of; 0 for none. */
  seen = 0;
  /** When its client left, where it did while it waited, on the scale of `monotonic`. */
  leftAt: number | undefined;
  /** What the journal says of it, once it does. */
  entry: Held<JournalEntry> | undefined;
  /** On the scale of `monotonic`. */
  readonly started: number;
  readonly generation: number;
  /** How often ids had begun anew. */
  readonly beginnings: number;
  /** How often the sandbox had lost what was so, when it was first looked at. */
  losses: number;
  /** The fault that its request asks for. */
  readonly asked: Fault | undefined;
  /** Whose account it is about, once that was found out. */
  subject: { readonly name: string | undefined } | undefined;
  /** What may meet it still, where anything may. */
  faultContext: FaultContext | undefined;
  /** The faults that it met. */
  met: readonly MetFault[] = NOTHING;
  /** Where it is held until others come, or was and goes before them. */
  gate: HeldExchange | undefined;
  /** It was refused for who sent it or for what it is, so that a sandbox that was made for it need not stay. */
  isRefused = false;
  /** One of them has done something, so that no other one does. */
  isHit = false;
  /** Whether it is about the sandbox that it is in. */
  readonly isConcerned: boolean;
  readonly #found: FoundOperation | NoRoute;

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
    this.#found = this.#find();
    const { operation } = this;
    this.query = operation && request.url.includes('?') ? operation.selectQuery(this.fields()) : {};
  }

  /** To be asked for behind the stage that looks whether there is one. */
  get found(): FoundOperation {
    if ('kind' in this.#found) throw new Error(`There is no operation: ${this.#found.kind}.`);
    return this.#found;
  }

  /** Why there is no operation, where there is none. */
  get missing(): NoRoute | undefined {
    return 'kind' in this.#found ? this.#found : undefined;
  }

  get operation(): ContractOperation | undefined {
    return 'kind' in this.#found ? undefined : this.#found.operation;
  }

  /** All of the query, also what the document does not know. */
  fields(): Record<string, unknown> {
    const { url } = this.request;
    const queryAt = url.indexOf('?');
    return queryAt < 0 ? {} : parseFields(url.slice(queryAt + 1), this.service.body);
  }

  #find(): FoundOperation | NoRoute {
    const { basePath, path, service, request } = this;
    if (basePath === undefined) return NOT_FOUND;
    return findOperation(service.contract, request.method, path.slice(basePath.length));
  }
}

export interface Arrival {
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly request: Request;
  readonly credential: string | undefined;
  /** A fault that the request asks for itself. */
  readonly asked?: Fault | undefined;
  /** Whether it is about the sandbox that it is in, as every one is where this is left out. */
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

/** `undefined` where the service has base paths and the path begins with none of them. */
export function findBasePath({ basePaths }: Pick<Service, 'basePaths'>, path: string): string | undefined {
  if (!basePaths) return '';
  for (const basePath of basePaths) {
    if (path.startsWith(basePath) && path.startsWith(SLASH, basePath.length)) return basePath;
  }
  return undefined;
}

/** What a provider sees of an exchange. */
export function toParsedRequest({ found, query, body, params, basePath = '' }: Exchange): ParsedRequest {
  return { path: found.params, query, body, params, basePath };
}

/** What an exchange is matched by. Its query is taken apart when it is first asked for. */
export function toMatchable(exchange: Exchange, subject: string | undefined): Matchable {
  const { request, path, service } = exchange;
  let query: Record<string, unknown> | undefined;
  return {
    subject,
    method: request.method,
    path,
    get query() {
      return (query ??= exchange.fields());
    },
    headers: request.headers,
    get body() {
      return service.parameters === 'merged' ? exchange.params : exchange.body;
    },
  };
}

/** Whose account it is about, as far as that can be told by now. */
export function findSubject(exchange: Exchange): string | undefined {
  return exchange.subject
    ? exchange.subject.name
    : exchange.operation && exchange.service.subject?.(toParsedRequest(exchange));
}

/** HEAD is answered by the path's GET, unless the document has a HEAD of its own. */
function findOperation(contract: Contract, method: string, path: string): FoundOperation | NoRoute {
  const found = contract.find(method, path);
  const isHead = method === 'HEAD' && 'kind' in found && found.kind === 'methodNotAllowed';
  return isHead ? contract.find('GET', path) : found;
}

/** What it did was taken back, or what it saw. What was lost while it only waited to be answered is nothing to it. */
export function isLost({ sandbox: { persistence }, commit, losses }: Exchange): boolean {
  if (persistence.losses === losses) return false;
  return commit ? persistence.hasLost(commit) : true;
}

/** Acts change generations themselves, and answer all the same. */
export function isAbandoned({ service, sandbox, generation }: Exchange): boolean {
  return service.journalled && sandbox.generation !== generation;
}
