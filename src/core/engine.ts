import { monotonic, type Instant } from './clock.ts';
import type { Contract, Match } from './contract.ts';
import {
  abandoned,
  renderAnswer,
  renderEvent,
  renderStream,
  Stream,
  type Answer,
  type Reply,
  type Request,
} from './exchange.ts';
import { Failure, toMessage, type FailureReason } from './failure.ts';
import { toKeptBody, type JournalEntry } from './journal.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Logger } from './logger.ts';
import { parseFields } from './parse.ts';
import type { CorsPolicy, Provider, Received } from './provider.ts';
import type { OpenStream } from './topics.ts';
import type { Sandbox } from './sandbox.ts';
import type { Change } from './collection.ts';

/** Something that answers requests by a document: a provider, or the control API. */
export interface Service extends Pick<
  Provider,
  'id' | 'roots' | 'parameters' | 'body' | 'paths' | 'cors' | 'headers' | 'streams' | 'renderFailure'
> {
  readonly contract: Contract;
  /** Everything that an exchange passes, in order; the last one leaves a reply. */
  readonly stages: readonly Stage[];
  /** Whether its exchanges go into the journal. */
  readonly journalled: boolean;
  subject?(received: Received): string | undefined;
  /** The credential as the client sent it, where it may name a sandbox. */
  credential?(request: Request): string | undefined;
}

/** A stage throws a failure to end the exchange. It returns a promise only where it cannot be helped. */
export type Stage = (exchange: Exchange) => void | Promise<void>;

/** One exchange on its way: each stage reads what earlier ones found and adds its own. */
export interface Exchange {
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly request: Request;
  readonly id: string;
  /** When it began, on the sandbox's clock; the same instant for all that it does. */
  readonly at: Instant;
  /** What the client sent, with the sandbox's name taken off. */
  readonly credential: string | undefined;
  /** Which of the service's roots the path began with; "" where it has none. */
  readonly root: string;
  readonly match: Match;
  readonly query: Record<string, unknown>;
  body: unknown;
  /** Query, body and path in one, where the service merges them. */
  params: object;
  principal: object | undefined;
  /** That stages add to the answer, whatever it will be. */
  readonly headers: Record<string, string>;
  reply: Reply | undefined;
  changes: readonly Change[];
  ledger: readonly LedgerEntry[];
}

export interface Arrival {
  readonly service: Service;
  readonly sandbox: Sandbox;
  readonly request: Request;
  readonly credential: string | undefined;
}

export type Handled = Answer | typeof abandoned;

/** What is known of an exchange before its first stage. */
interface Begun {
  readonly arrival: Arrival;
  readonly id: string;
  readonly at: Instant;
  /** On the scale of `monotonic`. */
  readonly started: number;
  readonly generation: number;
}

const NOTHING: readonly never[] = [];
const NO_PARAMS: object = {};
const NO_HEADERS: Readonly<Record<string, string>> = {};

interface Ending {
  readonly reply: Reply;
  /** Ways in which the reply does not fit the document. */
  readonly violations: readonly string[];
  readonly bug: string | undefined;
  readonly stream?: Omit<OpenStream, 'noteEnd'> & { /** For the journal. */ readonly first: Buffer };
}

/** Carries requests through the stages of their service, checks what comes out and keeps the journal. */
export class Engine {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * @returns what goes on the wire, at once unless a stage waits or those who listen are still
   *   being told, or `abandoned` when the sandbox was reset while a stage waited
   */
  handle(arrival: Arrival): Handled | Promise<Handled> {
    const { topics } = arrival.sandbox;
    // What others published is no business of this exchange.
    void topics.takePublished();
    const handled = this.#handle(arrival);
    if (handled instanceof Promise) return handled.then((later) => waitFor(topics.takePublished(), later));
    return waitFor(topics.takePublished(), handled);
  }

  #handle(arrival: Arrival): Handled | Promise<Handled> {
    const { service, sandbox } = arrival;
    const started = monotonic();
    const begun: Begun = {
      arrival,
      id: service.journalled ? sandbox.nextRequestId() : sandbox.nextActId(),
      at: sandbox.catchUp(),
      started,
      generation: sandbox.generation,
    };
    let exchange: Exchange;
    try {
      exchange = createExchange(begun);
    } catch (error) {
      return this.#end(begun, undefined, this.#fail(error, begun, undefined));
    }
    return this.#walk(begun, exchange, 0);
  }

  #walk(begun: Begun, exchange: Exchange, from: number): Handled | Promise<Handled> {
    const { service } = begun.arrival;
    try {
      for (let index = from; index < service.stages.length; index += 1) {
        const pending = service.stages[index]?.(exchange);
        if (!pending) continue;
        return pending.then(
          () => (isAbandoned(begun) ? abandoned : this.#walk(begun, exchange, index + 1)),
          (error: unknown) =>
            isAbandoned(begun) ? abandoned : this.#end(begun, exchange, this.#fail(error, begun, exchange)),
        );
      }
      return this.#end(begun, exchange, this.#finish(exchange));
    } catch (error) {
      return this.#end(begun, exchange, this.#fail(error, begun, exchange));
    }
  }

  #end(begun: Begun, exchange: Exchange | undefined, { reply, stream, violations, bug }: Ending): Answer {
    const { arrival, id, at, started } = begun;
    const { service, sandbox, request } = arrival;
    const added = toAddedHeaders(service, request.headers, exchange?.headers ?? NO_HEADERS);
    const answer = stream
      ? renderStream(reply, id, request.method, added)
      : renderAnswer(reply, id, request.method, added);
    const operation = exchange?.match.operation.operationId;
    this.#logger.debug?.({ id, service: service.id, operation, status: answer.status }, 'answered');
    if (!service.journalled) return answer;
    const entry: JournalEntry = {
      id,
      sandbox: sandbox.name,
      at,
      duration: monotonic() - started,
      provider: service.id,
      operation,
      subject: exchange && this.#findSubject(exchange),
      method: request.method,
      url: request.url,
      requestHeaders: request.headers,
      requestBody: toKeptBody(request.body),
      answer: stream ? { ...answer, body: stream.first.toString() } : answer,
      changes: exchange?.changes ?? NOTHING,
      ledger: exchange?.ledger ?? NOTHING,
      violations,
      bug,
    };
    sandbox.journal.add(entry);
    if (!stream || answer.head) return answer;
    const noteEnd = (ended: string): void => {
      if (isAbandoned(begun)) return;
      sandbox.journal.amend(id, { duration: monotonic() - started, answer: { ...entry.answer, ended } });
    };
    return { ...answer, stream: { ...stream, noteEnd } };
  }

  /** A provider looks for it in a body that may not have been validated. */
  #findSubject(exchange: Exchange): string | undefined {
    try {
      return exchange.service.subject?.(toReceived(exchange));
    } catch (error) {
      this.#logger.error({ id: exchange.id, error: toMessage(error) }, 'the subject of an exchange cannot be told');
      return undefined;
    }
  }

  #finish(exchange: Exchange): Ending {
    const { reply } = exchange;
    if (!reply) throw new Error('The stages ended without a reply.');
    if (reply.body instanceof Stream) return this.#openStream(exchange, reply, reply.body);
    return { reply, violations: this.#check(exchange, reply), bug: undefined };
  }

  /** Every snapshot is checked against the document, once for all who get it. */
  #openStream(exchange: Exchange, reply: Reply, { topic, read }: Stream): Ending {
    const { sandbox, service } = exchange;
    const { streams } = service;
    if (!streams) throw new Error(`"${service.id}" does not say how its streams go on.`);
    const headers = { 'Content-Type': 'text/event-stream', ...reply.headers };
    const snapshot = sandbox.read(service.id, read);
    const violations = this.#check(exchange, { status: reply.status, headers, body: snapshot });
    const { operationId } = exchange.match.operation;
    const readChecked = (): unknown => {
      const next = sandbox.read(service.id, read);
      this.#check(exchange, { status: reply.status, headers, body: next });
      return next;
    };
    const stream: Ending['stream'] = {
      first: renderEvent(snapshot),
      heartbeat: streams.heartbeat(sandbox.optionsOf(service.id)),
      patience: streams.patience,
      subscribe: (sink) => {
        const now = renderEvent(readChecked());
        const end = sandbox.topics.subscribe(`${service.id} ${topic}`, operationId, readChecked, sink);
        sink.push(now);
        return end;
      },
    };
    return { reply, violations, bug: undefined, stream };
  }

  #fail(error: unknown, { arrival: { service, request }, id }: Begun, exchange: Exchange | undefined): Ending {
    const reason: FailureReason = error instanceof Failure ? error.reason : { kind: 'bug', error };
    const operationId = exchange?.match.operation.operationId;
    const { method, url, headers } = request;
    const root = exchange ? exchange.root : findRoot(service, toPath(service, url));
    const reply = service.renderFailure(reason, { method, url, headers, operationId, root });
    if (reason.kind !== 'bug') {
      // What the emulator itself brings in has no place in a document.
      const foreign = !exchange || reason.kind === 'injected' || reason.kind === 'unwritten';
      return { reply, violations: foreign ? NOTHING : this.#check(exchange, reply), bug: undefined };
    }
    const stack = error instanceof Error ? error.stack : undefined;
    this.#logger.error({ id, service: service.id, operation: operationId, stack }, 'a bug in the emulator');
    return { reply, violations: [], bug: toMessage(error) };
  }

  #check({ id, sandbox, match }: Exchange, reply: Reply): readonly string[] {
    const violations = match.operation.validateReply(reply.status, toMediaType(reply), reply.body);
    if (violations.length > 0) {
      const { operationId } = match.operation;
      this.#logger.error(
        { id, sandbox: sandbox.name, operation: operationId, violations },
        'a reply does not fit the document',
      );
    }
    return violations;
  }
}

/** Acts change generations themselves, and answer all the same. */
function isAbandoned({ arrival: { service, sandbox }, generation }: Begun): boolean {
  return service.journalled && sandbox.generation !== generation;
}

/** Those who listen are told before the one who caused it. */
function waitFor(published: Promise<void> | undefined, handled: Handled): Handled | Promise<Handled> {
  return published ? published.then(() => handled) : handled;
}

function createExchange({ arrival, id, at }: Begun): Exchange {
  const { service, sandbox, request, credential } = arrival;
  const path = toPath(service, request.url);
  const root = findRoot(service, path);
  if (root === undefined) throw new Failure({ kind: 'notFound' });
  const queryAt = request.url.indexOf('?');
  const match = findOperation(service.contract, request.method, path.slice(root.length));
  const query: Record<string, unknown> =
    queryAt < 0 ? {} : match.operation.selectQuery(parseFields(request.url.slice(queryAt + 1), service.body));
  return {
    service,
    sandbox,
    request,
    id,
    at,
    credential,
    root,
    match,
    query,
    body: undefined,
    params: NO_PARAMS,
    principal: undefined,
    headers: {},
    reply: undefined,
    changes: NOTHING,
    ledger: NOTHING,
  };
}

/** The path of a URL, with the slashes that the real service would see. */
function toPath({ paths }: Service, url: string): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const collapsed = paths.doubleSlash === 'collapse' ? path.replaceAll(/\/{2,}/g, '/') : path;
  return paths.trailingSlash === 'collapse' && collapsed.length > 1 ? collapsed.replace(/\/$/, '') : collapsed;
}

/** `undefined` where the service has roots and the path begins with none of them. */
function findRoot({ roots }: Service, path: string): string | undefined {
  return roots ? roots.find((root) => path.startsWith(`${root}/`)) : '';
}

/** What a provider sees of an exchange. */
export function toReceived({ match, query, body, params, root }: Exchange): Received {
  return { path: match.params, query, body, params, root };
}

/** HEAD is answered by the path's GET, unless the document has a HEAD of its own. */
function findOperation(contract: Contract, method: string, path: string): Match {
  if (method !== 'HEAD') return contract.find(method, path);
  try {
    return contract.find('HEAD', path);
  } catch (error) {
    if (error instanceof Failure && error.reason.kind === 'methodNotAllowed') return contract.find('GET', path);
    throw error;
  }
}

function toMediaType({ headers, body }: Reply): string {
  const declared = headers?.['Content-Type'];
  if (declared !== undefined) return (declared.split(';', 1)[0] ?? declared).trim();
  return typeof body === 'string' ? 'text/plain' : 'application/json';
}

/**
 * Headers that let pages of this origin ask or read; `undefined` where it is none of those that may.
 *
 * @param asked the headers that a preflight asks for
 */
export function toCorsHeaders(
  cors: CorsPolicy,
  origin: string,
  kind: 'preflight' | 'actual',
  asked?: string,
): Readonly<Record<string, string>> | undefined {
  const echoed = cors.echoHeaders && asked !== undefined ? { 'Access-Control-Allow-Headers': asked } : undefined;
  if (!cors.origins) return echoed ? { ...cors[kind], ...echoed } : cors[kind];
  if (!cors.origins.includes(origin)) return undefined;
  return { ...cors[kind], ...echoed, 'Access-Control-Allow-Origin': origin };
}

/** What the service and the stages add to the headers of this answer. */
function toAddedHeaders(
  { headers, cors }: Service,
  { origin }: Request['headers'],
  ofStages: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const actual = cors && origin !== undefined ? toCorsHeaders(cors, origin, 'actual') : undefined;
  return { ...headers, ...actual, ...ofStages };
}
