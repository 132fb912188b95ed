import type { ContractOperation } from '../contract/contract.ts';
import { blame, findBlamed, toBlame } from '../provider/blame.ts';
import { SentEvents } from '../sandbox/journal.ts';
import type { CachedTopic } from '../sandbox/topic-cache.ts';
import type { Logger } from '../values/logger.ts';
import { toMessage } from '../values/message.ts';
import { renderFirstEvent, Severed, type OpenStream, type OpenTail } from '../wire/answer.ts';
import { Failure, NotKept, type FailureReason } from '../wire/failure.ts';
import { Stream, Tail, TopicView, type Reply } from '../wire/reply.ts';
import { findSubject, type Exchange, type FoundExchange } from './exchange.ts';
import { Injected, isOfStream, meetDuring } from './fault-stages.ts';
import { MISFIT, openTail } from './open-tail.ts';
import type { Refused } from './reasons.ts';

/** What the stages of an exchange came to, before it becomes an answer. */
export interface Ending {
  readonly reply: Reply;
  /** Violations of the document in the reply. */
  readonly violations: readonly string[];
  readonly bug: string | undefined;
  /** The serialised body, if it was written before. */
  readonly text?: string;
  readonly refused?: Refused | undefined;
  /** Headers of a fault, which replace those of the answer. */
  readonly forced?: Readonly<Record<string, string>>;
  readonly stream?: Omit<OpenStream, 'reportEnd' | 'sent'> & {
    readonly sent: SentEvents;
    /** For the journal. */
    readonly first: Buffer;
    /** Notes how it ends, before it does. */
    noteEnd(how: string | undefined): void;
  };
  readonly tail?: OpenTail;
}

const ANSWERED: Refused = { cause: { kind: 'answered' }, isInjected: false };
const NO_VIOLATIONS: readonly string[] = [];

/** Makes endings of exchanges. Every reply of an operation is checked against its document. */
export class Endings {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The exchange has passed all stages. */
  finish(exchange: FoundExchange): Ending {
    const { operation, reply } = exchange;
    if (!reply) throw new Error('The stages ended without a reply.');
    const { body, status } = reply;
    if (body instanceof Stream) return this.#openStream(exchange, reply, body);
    const refused = status >= 400 ? ANSWERED : undefined;
    if (body instanceof TopicView) {
      const topic = showTopic(body, exchange);
      const shown = { ...reply, body: topic.value };
      const violations = this.#checkTopic(exchange, shown, topic);
      return { reply: shown, violations, bug: undefined, refused, text: topic.text };
    }
    if (body instanceof Tail) {
      return { reply, violations: NO_VIOLATIONS, bug: undefined, tail: openTail(exchange, body, this.#logger) };
    }
    return { reply, violations: this.#check(exchange, operation, reply), bug: undefined, refused };
  }

  /** A stage has refused the exchange. */
  refuse(reason: FailureReason, exchange: Exchange): Ending {
    const { operation } = exchange;
    const reply = renderFailure(reason, exchange);
    // A document says nothing of what the emulator itself brings in.
    const isDocumented = operation && reason.kind !== 'unwritten';
    const violations = isDocumented ? this.#check(exchange, operation, reply) : NO_VIOLATIONS;
    return { reply, violations, bug: undefined, refused: { cause: reason, isInjected: false } };
  }

  /** A stage has thrown a failure or a bug. */
  fail(error: unknown, exchange: Exchange): Ending {
    if (error instanceof Injected) {
      const { reason, headers: forced } = error;
      const reply = error.shape(renderFailure(reason, exchange));
      const refused = { cause: reason, isInjected: true };
      return { reply, violations: NO_VIOLATIONS, bug: undefined, forced, refused };
    }
    if (error instanceof Failure && error.reason.kind !== 'bug') return this.refuse(error.reason, exchange);
    const reply = renderFailure(error instanceof Failure ? error.reason : { kind: 'bug', error }, exchange);
    if (error instanceof NotKept) return { reply, violations: NO_VIOLATIONS, bug: undefined };
    const stack = error instanceof Error ? error.stack : undefined;
    const place = findBlamed(error) ?? 'the emulator';
    this.#logger.error({ ...identify(exchange), stack }, `a bug in ${place}`);
    return { reply, violations: NO_VIOLATIONS, bug: toMessage(error) };
  }

  /** Whose account the exchange is about. A provider looks for it in a body that may not have been validated. */
  findSubject(exchange: Exchange): string | undefined {
    try {
      return findSubject(exchange);
    } catch (error) {
      this.#logger.error(
        { ...identify(exchange), error: toMessage(error) },
        `the subject of an exchange cannot be determined${toBlame(error)}`,
      );
      return undefined;
    }
  }

  /** Every event is checked against the document, one that shows a topic once for all clients. */
  #openStream(exchange: FoundExchange, reply: Reply, { topic, read, view }: Stream): Ending {
    const { sandbox, service, operation, request } = exchange;
    const { streams } = service;
    if (!streams) throw new Error(`"${service.id}" does not say how its streams go on.`);
    const effect = request.method === 'HEAD' ? undefined : meetDuring(exchange, isOfStream);
    if (effect?.how === 'refuse') throw new Severed('reset');
    const headers = { 'Content-Type': 'text/event-stream', ...reply.headers };
    let violations = NO_VIOLATIONS;
    const readChecked = (): unknown => {
      const shown = view && showTopic(view, exchange);
      const body = shown ? shown.value : sandbox.read(service.id, read);
      const event = { status: reply.status, headers, body };
      violations = shown ? this.#checkTopic(exchange, event, shown) : this.#check(exchange, operation, event);
      return body;
    };
    const snapshot = readChecked();
    const sent = new SentEvents(sandbox.clock);
    let ended: string | undefined;
    const stream: Ending['stream'] = {
      effect,
      sent,
      first: renderFirstEvent(snapshot),
      heartbeat: streams.heartbeat(sandbox.optionsOf(service.id)),
      patience: streams.patience,
      subscribe: (sink) => {
        const now = renderFirstEvent(readChecked());
        const { operationId } = operation;
        const end = sandbox.topics.subscribe(`${service.id} ${topic}`, operationId, readChecked, sink);
        const { id } = exchange;
        const subject = this.findSubject(exchange);
        const leave = sandbox.streams.open({
          request: id,
          provider: service.id,
          operation: operationId,
          subject,
          sent,
        });
        let isOpen = true;
        sandbox.persistence.whenKept(
          () => {
            if (isOpen) sink.push(now);
          },
          () => {
            if (isOpen) sink.push(renderFirstEvent(readChecked()));
          },
        );
        return () => {
          isOpen = false;
          end();
          leave(ended);
          const ago = sandbox.beginnings - exchange.beginnings;
          sandbox.recording.note({ kind: 'left', at: sandbox.time.reached, id, ...(ago > 0 && { ago }) });
        };
      },
      noteEnd: (how) => (ended = how),
    };
    return { reply, violations, bug: undefined, stream };
  }

  /** A topic that was checked for one client is checked for all. */
  #checkTopic(exchange: FoundExchange, reply: Reply, { checks }: CachedTopic): readonly string[] {
    const { operation } = exchange;
    const known = checks.get(operation);
    if (known) return known;
    const violations = this.#check(exchange, operation, reply);
    checks.set(operation, violations);
    return violations;
  }

  #check({ id, sandbox }: Exchange, operation: ContractOperation, reply: Reply): readonly string[] {
    // To a document, bytes are text of one character each.
    const body = Buffer.isBuffer(reply.body) ? reply.body.toString('latin1') : reply.body;
    const violations = operation.validateReply(reply.status, toMediaType(reply), body);
    if (violations.length > 0) {
      this.#logger.error({ id, sandbox: sandbox.name, operation: operation.operationId, violations }, MISFIT);
    }
    return violations;
  }
}

function identify({ id, service, operation }: Exchange): object {
  return { id, service: service.id, operation: operation?.operationId };
}

/** A failure in the words of its service. */
function renderFailure(reason: FailureReason, exchange: Exchange): Reply {
  const { service, request, operation, basePath } = exchange;
  exchange.isRefused = reason.kind === 'unauthenticated' || !service.journalled;
  const { method, url, headers } = request;
  return service.renderFailure(reason, { method, url, headers, operationId: operation?.operationId, basePath });
}

/** Shows a topic, from the cache if that has its current view. */
function showTopic({ topic, form, read }: TopicView, { service, sandbox, operation }: FoundExchange): CachedTopic {
  try {
    const make = (): ReturnType<typeof read> => sandbox.read(service.id, read);
    return sandbox.topicCache.show(`${service.id} ${topic}`, form, sandbox.time.reached, make);
  } catch (error) {
    throw blame(`${service.id}.operations.${operation.operationId}`, error);
  }
}

function toMediaType({ headers, body }: Reply): string {
  const declared = headers?.['Content-Type'];
  if (declared === undefined) return typeof body === 'string' ? 'text/plain' : 'application/json';
  const end = declared.indexOf(';');
  return (end < 0 ? declared : declared.slice(0, end)).trim();
}
