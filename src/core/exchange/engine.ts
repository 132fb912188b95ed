import { monotonic } from '../values/clock.ts';
import { distort, suits } from '../faults/body-effect.ts';
import {
  abandoned,
  renderAnswer,
  renderFirstEvent,
  renderStream,
  Severed,
  toNoAnswer,
  type Answer,
  type NoAnswer,
  type OpenStream,
} from '../wire/answer.ts';
import { Stream, Tail, type Reply } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { Failure, NotKept, type FailureReason } from '../wire/failure.ts';
import { toMessage } from '../values/message.ts';
import { renderMetFaults } from '../wire/fault.ts';
import { Injected, isOfStream, meetDuring } from './fault-stages.ts';
import { replaceHeaders } from '../wire/headers.ts';
import { SentEvents, toKept, toKeptBody, type JournalEntry } from '../sandbox/journal.ts';
import type { Held } from '../store/history.ts';
import type { Logger } from '../values/logger.ts';
import { findBlamed, toBlame } from '../provider/blame.ts';
import { Exchange, findSubject, type Arrival, type ExchangeStart, type Service } from './exchange.ts';
import { toCorsHeaders } from '../wire/cors.ts';
import { MISFIT, openTail } from './open-tail.ts';
import { keepRefusal, type Ended } from './refusal.ts';

export type Handled = Answer | NoAnswer | typeof abandoned;

const NOTHING: readonly never[] = [];
/** By an operation, in a reply of its own. */
const ANSWERED: Ending['refused'] = { cause: { kind: 'answered' }, isInjected: false };
const LOST = { cause: { kind: 'notKept' }, isInjected: false } as const;

interface Ending {
  readonly reply: Reply;
  /** Ways in which the reply does not fit the document. */
  readonly violations: readonly string[];
  readonly bug: string | undefined;
  readonly refused?: Pick<Ended, 'cause' | 'isInjected'> | undefined;
  /** Headers that a fault has the answer have. */
  readonly forced?: Readonly<Record<string, string>>;
  readonly stream?: Omit<OpenStream, 'reportEnd' | 'sent'> & {
    readonly sent: SentEvents;
    /** For the journal. */
    readonly first: Buffer;
    /** It ends like this. */
    noteEnd(how: string | undefined): void;
  };
}

/** Carries requests through the stages of their service, checks what comes out and keeps the journal. */
export class Engine {
  readonly #logger: Logger;
  readonly #report: ((entry: JournalEntry) => void) | undefined;

  /** @param report is told of each exchange that goes into the journal, once it is known what its client will see */
  constructor(logger: Logger, report?: (entry: JournalEntry) => void) {
    this.#logger = logger;
    this.#report = report;
  }

  /**
   * @returns what goes on the wire, at once unless a stage waits or those who listen are still
   *   being told, or `abandoned` when the sandbox was reset while a stage waited
   */
  handle(arrival: Arrival): Handled | Promise<Handled> {
    const { service, sandbox } = arrival;
    const started = monotonic();
    const published = sandbox.topics.position;
    const start: ExchangeStart = {
      arrival,
      id: service.journalled ? sandbox.nextRequestId() : sandbox.nextActId(),
      at: sandbox.catchUp(),
      started,
      generation: sandbox.generation,
      beginnings: sandbox.beginnings,
    };
    const exchange = new Exchange(start);
    sandbox.usage.begin();
    const handled = this.#walk(start, exchange, 0);
    if (handled instanceof Promise) {
      return handled.then(
        (later) => this.#leave(start, exchange, published, later),
        (error: unknown) => {
          sandbox.leave(true);
          throw error;
        },
      );
    }
    return this.#leave(start, exchange, published, handled);
  }

  /** What an exchange may have seen is durable before anybody is told of it. */
  #leave(start: ExchangeStart, exchange: Exchange, published: number, handled: Handled): Handled | Promise<Handled> {
    const { sandbox } = exchange;
    sandbox.leave(!exchange.isRefused);
    // Whoever asks how the emulator is does not wait for the disk.
    if (start.arrival.isConcerned === false) return handled;
    const tell = (): Handled | Promise<Handled> => {
      const told = isLost(exchange) ? this.#lose(start, exchange, handled) : handled;
      if (exchange.entry) {
        sandbox.happenings.add(exchange.entry);
        this.#report?.(exchange.entry.item);
      }
      // Those who listen are told before the one who caused it.
      const written = sandbox.topics.writtenSince(published);
      return written ? written.then(() => told) : told;
    };
    return sandbox.upkeep.pending?.then(tell) ?? tell();
  }

  /** The disk did not take what it did, or what it saw, so that it was not so. */
  #lose(start: ExchangeStart, exchange: Exchange, handled: Handled): Handled {
    if (handled === abandoned) return handled;
    const { service, sandbox, request } = start.arrival;
    const { reply } = this.#fail(new NotKept(), start, exchange);
    const answer = renderAnswer(reply, start.id, request.method, toAddedHeaders(service, request.headers, exchange));
    if (exchange.entry) {
      const { subject, requestBody: body } = exchange.entry.item;
      sandbox.journal.amend(exchange.entry, {
        answer: toKept(answer, answer.body),
        commit: undefined,
        refusal: keepRefusal(exchange, { ...LOST, status: answer.status, subject, body }),
      });
    }
    return answer;
  }

  #walk(start: ExchangeStart, exchange: Exchange, from: number): Handled | Promise<Handled> {
    const { service } = start.arrival;
    try {
      for (let index = from; index < service.stages.length; index += 1) {
        const pending = service.stages[index]?.(exchange);
        if (!pending) continue;
        return pending.then(
          () => (isAbandoned(start) ? this.#abandon(start, exchange) : this.#walk(start, exchange, index + 1)),
          (error: unknown) =>
            isAbandoned(start) ? this.#abandon(start, exchange) : this.#stop(error, start, exchange),
        );
      }
      return this.#end(start, exchange, this.#finish(exchange));
    } catch (error) {
      return this.#stop(error, start, exchange);
    }
  }

  /** A stage has ended the exchange: with a failure, or without any answer. */
  #stop(error: unknown, start: ExchangeStart, exchange: Exchange): Handled {
    if (!(error instanceof Severed)) return this.#end(start, exchange, this.#fail(error, start, exchange));
    this.#record(start, exchange, { answer: toNoAnswer(error.how), violations: NOTHING, bug: undefined });
    return { severed: error.how };
  }

  /** Where ids began anew, nothing is said of an exchange that had one of before. */
  #abandon(start: ExchangeStart, exchange: Exchange): Handled {
    if (start.arrival.sandbox.beginnings === start.beginnings) {
      this.#record(start, exchange, { answer: toNoAnswer('abandoned'), violations: NOTHING, bug: undefined });
    }
    return abandoned;
  }

  #end(start: ExchangeStart, exchange: Exchange, { reply, stream, violations, bug, forced, refused }: Ending): Answer {
    const { id, arrival } = start;
    const { service, request } = arrival;
    const effect = stream ? undefined : meetDuring(exchange, (one) => suits(one, reply, request.method));
    const added = toAddedHeaders(service, request.headers, exchange);
    if (reply.body instanceof Tail) return openTail(exchange, reply, { tail: reply.body, added, logger: this.#logger });
    const answer = stream
      ? renderStream(reply, id, request.method, added)
      : distort(force(renderAnswer(reply, id, request.method, added), forced), effect, () =>
          exchange.sandbox.chance('garbage'),
        );
    if (!service.journalled) {
      const { status } = answer;
      this.#logger.debug?.({ id, service: service.id, operation: exchange.operation?.operationId, status }, 'answered');
      return answer;
    }
    const kept = toKept(answer, stream ? stream.first : answer.body);
    const entry = this.#record(start, exchange, { answer: kept, violations, bug, sent: stream?.sent, refused });
    if ((!stream && !answer.delivery) || answer.head) return answer;
    const reportEnd = (ended?: string): void => {
      stream?.noteEnd(ended);
      if (arrival.sandbox.beginnings !== start.beginnings) return;
      const duration = monotonic() - start.started;
      const told = ended === undefined ? entry.item.answer : { ...entry.item.answer, ended };
      arrival.sandbox.journal.amend(entry, { duration, answer: told });
    };
    return stream ? { ...answer, stream: { ...stream, reportEnd } } : { ...answer, reportEnd };
  }

  #record(
    { arrival, id, at, started }: ExchangeStart,
    exchange: Exchange,
    { refused, ...outcome }: Pick<JournalEntry, 'answer' | 'violations' | 'bug' | 'sent'> & Pick<Ending, 'refused'>,
  ): Held<JournalEntry> {
    const { service, sandbox, request } = arrival;
    const subject = this.#findSubject(exchange);
    const body = toKeptBody(request.body);
    const { status } = outcome.answer;
    const entry: JournalEntry = {
      id,
      sandbox: sandbox.name,
      at,
      duration: monotonic() - started,
      provider: service.id,
      operation: exchange.operation?.operationId,
      subject,
      method: request.method,
      url: request.url,
      requestHeaders: request.headers,
      requestBody: body,
      requestSize: request.body?.length ?? 0,
      commit: exchange.commit,
      faults: exchange.met,
      ...outcome,
      refusal: refused && keepRefusal(exchange, { ...refused, status, subject, body }),
    };
    return (exchange.entry = sandbox.journal.add(entry));
  }

  /** A provider looks for it in a body that may not have been validated. */
  #findSubject(exchange: Exchange): string | undefined {
    try {
      return findSubject(exchange);
    } catch (error) {
      const { id, service, operation } = exchange;
      this.#logger.error(
        { id, service: service.id, operation: operation?.operationId, error: toMessage(error) },
        `the subject of an exchange cannot be told${toBlame(error)}`,
      );
      return undefined;
    }
  }

  #finish(exchange: Exchange): Ending {
    const { reply } = exchange;
    if (!reply) throw new Error('The stages ended without a reply.');
    if (reply.body instanceof Stream) return this.#openStream(exchange, reply, reply.body);
    if (reply.body instanceof Tail) return { reply, violations: NOTHING, bug: undefined };
    return {
      reply,
      violations: this.#check(exchange, reply),
      bug: undefined,
      refused: reply.status >= 400 ? ANSWERED : undefined,
    };
  }

  /** Every snapshot is checked against the document, once for all who get it. */
  #openStream(exchange: Exchange, reply: Reply, { topic, read }: Stream): Ending {
    const { sandbox, service } = exchange;
    const { streams } = service;
    if (!streams) throw new Error(`"${service.id}" does not say how its streams go on.`);
    const effect = exchange.request.method === 'HEAD' ? undefined : meetDuring(exchange, isOfStream);
    if (effect?.how === 'refuse') throw new Severed('reset');
    const headers = { 'Content-Type': 'text/event-stream', ...reply.headers };
    const snapshot = sandbox.read(service.id, read);
    const violations = this.#check(exchange, { status: reply.status, headers, body: snapshot });
    const { operationId } = exchange.found.operation;
    const readChecked = (): unknown => {
      const next = sandbox.read(service.id, read);
      this.#check(exchange, { status: reply.status, headers, body: next });
      return next;
    };
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
        const end = sandbox.topics.subscribe(`${service.id} ${topic}`, operationId, readChecked, sink);
        const { id: request } = exchange;
        const subject = this.#findSubject(exchange);
        const leave = sandbox.streams.open({ request, provider: service.id, operation: operationId, subject, sent });
        let isOpen = true;
        sandbox.upkeep.whenKept(
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
        };
      },
      noteEnd: (how) => (ended = how),
    };
    return { reply, violations, bug: undefined, stream };
  }

  #fail(error: unknown, { arrival: { service, request }, id }: ExchangeStart, exchange: Exchange): Ending {
    const reason: FailureReason = error instanceof Failure ? error.reason : { kind: 'bug', error };
    // An act that fails has changed nothing.
    exchange.isRefused = reason.kind === 'unauthenticated' || !service.journalled;
    const operationId = exchange.operation?.operationId;
    const { method, url, headers } = request;
    const { basePath } = exchange;
    const reply = service.renderFailure(reason, { method, url, headers, operationId, basePath });
    if (error instanceof Injected) {
      const refused = { cause: reason, isInjected: true };
      return { reply: error.shape(reply), violations: NOTHING, bug: undefined, forced: error.headers, refused };
    }
    if (reason.kind !== 'bug') {
      // What the emulator itself brings in has no place in a document.
      const foreign = !exchange.operation || reason.kind === 'unwritten';
      const refused = { cause: reason, isInjected: false };
      return { reply, violations: foreign ? NOTHING : this.#check(exchange, reply), bug: undefined, refused };
    }
    if (error instanceof NotKept) return { reply, violations: NOTHING, bug: undefined };
    const stack = error instanceof Error ? error.stack : undefined;
    const place = findBlamed(error) ?? 'the emulator';
    this.#logger.error({ id, service: service.id, operation: operationId, stack }, `a bug in ${place}`);
    return { reply, violations: [], bug: toMessage(error) };
  }

  #check({ id, sandbox, found }: Exchange, reply: Reply): readonly string[] {
    // Bytes are text of one character each to a document.
    const body = Buffer.isBuffer(reply.body) ? reply.body.toString('latin1') : reply.body;
    const violations = found.operation.validateReply(reply.status, toMediaType(reply), body);
    if (violations.length > 0) {
      const { operationId } = found.operation;
      this.#logger.error({ id, sandbox: sandbox.name, operation: operationId, violations }, MISFIT);
    }
    return violations;
  }
}

function force(answer: Answer, headers: Ending['forced']): Answer {
  return headers ? { ...answer, headers: replaceHeaders<string | number>(answer.headers, headers) } : answer;
}

/** What it did was taken back, or what it saw. What was lost while it only waited to be answered is nothing to it. */
function isLost({ sandbox: { upkeep }, commit, losses }: Exchange): boolean {
  return commit ? upkeep.hasLost(commit) : upkeep.losses !== losses;
}

/** Acts change generations themselves, and answer all the same. */
function isAbandoned({ arrival: { service, sandbox }, generation }: ExchangeStart): boolean {
  return service.journalled && sandbox.generation !== generation;
}

function toMediaType({ headers, body }: Reply): string {
  const declared = headers?.['Content-Type'];
  if (declared !== undefined) return (declared.split(';', 1)[0] ?? declared).trim();
  return typeof body === 'string' ? 'text/plain' : 'application/json';
}

/** What the service and the stages add to the headers of this answer. */
function toAddedHeaders(
  { headers, cors }: Service,
  { origin }: Request['headers'],
  { headers: ofStages, met }: Exchange,
): Readonly<Record<string, string>> {
  const actual = cors && origin !== undefined ? toCorsHeaders(cors, origin, 'actual') : undefined;
  const fault = met.length > 0 ? { 'X-Emulator-Fault': renderMetFaults(met) } : undefined;
  return { ...headers, ...actual, ...ofStages, ...fault };
}
