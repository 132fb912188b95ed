import { parse as parseQueryString } from 'node:querystring';

import { monotonic } from './clock.ts';
import type { Contract, Match } from './contract.ts';
import { abandoned, type Answer, type Reply, type Request } from './exchange.ts';
import { Failure, toMessage, type FailureReason } from './failure.ts';
import { toKeptBody } from './journal.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Logger } from './logger.ts';
import type { Provider } from './provider.ts';
import type { Sandbox } from './sandbox.ts';
import type { Change } from './store.ts';

/** Something that answers requests by a document: a provider, or the control API. */
export interface Service extends Pick<Provider, 'id' | 'body' | 'paths' | 'cors' | 'headers' | 'renderFailure'> {
  readonly contract: Contract;
  /** Everything that an exchange passes, in order; the last one leaves a reply. */
  readonly stages: readonly Stage[];
  /** Whether its exchanges go into the journal. */
  readonly journalled: boolean;
  subject?(exchange: Exchange): string | undefined;
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
  /** What the client sent, with the sandbox's name taken off. */
  readonly credential: string | undefined;
  readonly match: Match;
  readonly query: Record<string, unknown>;
  body: unknown;
  principal: object | undefined;
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

interface Ending {
  readonly reply: Reply;
  /** Ways in which the reply does not fit the document. */
  readonly violations: readonly string[];
  readonly bug: string | undefined;
}

/** Carries requests through the stages of their service, checks what comes out and keeps the journal. */
export class Engine {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @returns what goes on the wire, or `abandoned` when the sandbox was reset while the exchange waited */
  async handle(arrival: Arrival): Promise<Answer | typeof abandoned> {
    const { service, sandbox, request } = arrival;
    const started = monotonic();
    sandbox.runDue();
    const { generation } = sandbox;
    const at = sandbox.clock.now();
    const id = service.journalled ? sandbox.nextRequestId() : sandbox.nextActId();
    let exchange: Exchange | undefined;
    let ending: Ending;
    try {
      exchange = createExchange(arrival, id);
      for (const stage of service.stages) {
        const pending = stage(exchange);
        if (!pending) continue;
        await pending;
        if (service.journalled && sandbox.generation !== generation) return abandoned;
      }
      ending = this.#finish(exchange);
    } catch (error) {
      ending = this.#fail(error, arrival, id, exchange);
    }
    const answer = toAnswer(service, ending.reply, request, id);
    if (service.journalled) {
      sandbox.journal.add({
        id,
        sandbox: sandbox.name,
        at,
        duration: monotonic() - started,
        provider: service.id,
        operation: exchange?.match.operation.operationId,
        subject: exchange && service.subject?.(exchange),
        method: request.method,
        url: request.url,
        requestHeaders: request.headers,
        requestBody: toKeptBody(request.body),
        answer,
        changes: exchange?.changes ?? [],
        ledger: exchange?.ledger ?? [],
        violations: ending.violations,
        bug: ending.bug,
      });
    }
    return answer;
  }

  #finish(exchange: Exchange): Ending {
    const { reply } = exchange;
    if (!reply) throw new Error('The stages ended without a reply.');
    return { reply, violations: this.#check(exchange, reply), bug: undefined };
  }

  #fail(error: unknown, { service, request }: Arrival, id: string, exchange: Exchange | undefined): Ending {
    const reason: FailureReason = error instanceof Failure ? error.reason : { kind: 'bug', error };
    const operationId = exchange?.match.operation.operationId;
    const reply = service.renderFailure(reason, { method: request.method, url: request.url, operationId });
    if (reason.kind !== 'bug') {
      return { reply, violations: exchange ? this.#check(exchange, reply) : [], bug: undefined };
    }
    const stack = error instanceof Error ? error.stack : undefined;
    this.#logger.error({ id, service: service.id, operation: operationId, stack }, 'a bug in the emulator');
    return { reply, violations: [], bug: toMessage(error) };
  }

  #check({ id, sandbox, match }: Exchange, reply: Reply): readonly string[] {
    const violations = match.operation.validateReply(reply.status, toMediaType(reply), reply.body);
    if (violations.length > 0) {
      const { operationId } = match.operation;
      this.#logger.error({ id, sandbox: sandbox.name, operation: operationId, violations }, 'a reply does not fit the document');
    }
    return violations;
  }
}

function createExchange({ service, sandbox, request, credential }: Arrival, id: string): Exchange {
  const queryAt = request.url.indexOf('?');
  const path = applyPathPolicy(service, queryAt < 0 ? request.url : request.url.slice(0, queryAt));
  const match = findOperation(service.contract, request.method, path);
  const query = queryAt < 0 ? {} : match.operation.selectQuery(parseQueryString(request.url.slice(queryAt + 1)));
  return {
    service,
    sandbox,
    request,
    id,
    credential,
    match,
    query,
    body: undefined,
    principal: undefined,
    reply: undefined,
    changes: [],
    ledger: [],
  };
}

function applyPathPolicy({ paths }: Service, path: string): string {
  const collapsed = paths.doubleSlash === 'collapse' ? path.replaceAll(/\/{2,}/g, '/') : path;
  return paths.trailingSlash === 'collapse' && collapsed.length > 1 ? collapsed.replace(/\/$/, '') : collapsed;
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

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

function toAnswer(service: Service, { status, headers, body }: Reply, request: Request, id: string): Answer {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: {
      ...(body === undefined ? undefined : { 'Content-Type': typeof body === 'string' ? TEXT_TYPE : JSON_TYPE }),
      ...service.headers,
      ...(request.headers.origin === undefined ? undefined : service.cors?.actual),
      ...headers,
      ...(status === 204 ? undefined : { 'Content-Length': Buffer.byteLength(text) }),
      'X-Emulator-Request-Id': id,
    },
    body: text,
    head: request.method === 'HEAD',
  };
}
