import { monotonic } from '../values/clock.ts';
import { distort, canApply, toFate } from '../faults/body-effect.ts';
import {
  abandoned,
  renderAnswer,
  renderFirstEvent,
  renderStream,
  Severed,
  toNoAnswer,
  type Answer,
  type NoAnswer,
} from '../wire/answer.ts';
import { TopicView, Stream, Tail, type Reply } from '../wire/reply.ts';
import type { CachedTopic } from '../sandbox/topic-cache.ts';
import { Failure, NotKept, type FailureReason } from '../wire/failure.ts';
import { toMessage } from '../values/message.ts';
import { ANSWERED, LOST, type Ending } from './ending.ts';
import { Injected, isOfStream, meetDuring } from './fault-stages.ts';
import { replaceHeaders } from '../wire/headers.ts';
import { KEPT_BODY, SentEvents, toBodyHash, toKept, toKeptBody, type JournalEntry } from '../sandbox/journal.ts';
import type { Held } from '../store/history.ts';
import type { Logger } from '../values/logger.ts';
import { findBlamed, toBlame } from '../provider/blame.ts';
import { Exchange, findSubject, isAbandoned, isLost, type Arrival } from './exchange.ts';
import { MISFIT, openTail } from './open-tail.ts';
import { createRefusal } from './reasons.ts';
import { renderFailure, show, toAddedHeaders, toMediaType } from './rendering.ts';
import type { Tally } from './tally.ts';

export type Handled = Answer | NoAnswer | typeof abandoned;

const NOTHING: readonly never[] = [];

/** How an exchange ended, as the journal has it. */
interface Ended extends Pick<JournalEntry, 'answer' | 'fate' | 'violations' | 'bug' | 'sent'>, Pick<Ending, 'refused'> {
  readonly body?: Answer['body'];
}

/** Carries requests through the stages of their service, checks what comes out and keeps the journal. */
export class Engine {
  readonly #logger: Logger;
  readonly #tally: Tally;
  #report: ((entry: JournalEntry) => void) | undefined;
  /**
   * The newest exchange with a provider, which nobody needs but V8: where it collects in a rest and finds no object of a class,
   * it throws away the code that knows the class. With one of each that an exchange holds, 32 pieces of code go instead of 92,
   * and a PUT in the first second behind a rest takes 51 µs of processor time instead of 72.
   */
  kept: Exchange | undefined;

  /** @param report is told of each exchange that goes into the journal, once it is known what its client will see */
  constructor(logger: Logger, tally: Tally, report?: (entry: JournalEntry) => void) {
    this.#logger = logger;
    this.#tally = tally;
    this.#report = report;
  }

  /** Has somebody else told of them too, from now on. */
  onExchange(tell: (entry: JournalEntry) => void): void {
    const before = this.#report;
    this.#report = before
      ? (entry) => {
          before(entry);
          tell(entry);
        }
      : tell;
  }

  /**
   * @returns what goes on the wire, at once unless a stage waits or those who listen are still
   *   being told, or `abandoned` when the sandbox was reset while a stage waited
   */
  handle(arrival: Arrival): Handled | Promise<Handled> {
    const { service, sandbox } = arrival;
    const started = monotonic();
    const published = sandbox.topics.position;
    const id = service.journalled ? sandbox.nextRequestId() : sandbox.nextActId();
    const { requests } = sandbox;
    const exchange = new Exchange(arrival, id, sandbox.catchUp(), started);
    exchange.number = requests;
    sandbox.usage.begin();
    if (service.journalled) this.kept = exchange;
    const handled = this.#runStages(exchange, 0);
    if (handled instanceof Promise) {
      return handled.then(
        (later) => this.#leave(exchange, published, later),
        (error: unknown) => {
          exchange.gate?.quit();
          sandbox.leave(true);
          throw error;
        },
      );
    }
    return this.#leave(exchange, published, handled);
  }

  /** What an exchange may have seen is durable before anybody is told of it. */
  #leave(exchange: Exchange, published: number, handled: Handled): Handled | Promise<Handled> {
    const { sandbox } = exchange;
    exchange.gate?.quit();
    sandbox.leave(!exchange.isRefused);
    // Whoever asks how the emulator is does not wait for the disk.
    if (!exchange.isConcerned) return handled;
    const { pending } = sandbox.persistence;
    return pending
      ? pending.then(() => this.#tell(exchange, published, handled))
      : this.#tell(exchange, published, handled);
  }

  #tell(exchange: Exchange, published: number, handled: Handled): Handled | Promise<Handled> {
    const { sandbox } = exchange;
    const told = isLost(exchange) ? this.#lose(exchange, handled) : handled;
    if (exchange.entry) {
      sandbox.events.add(exchange.entry);
      this.#report?.(exchange.entry.item);
    }
    // Those who listen are told before the one who caused it.
    const written = sandbox.topics.writtenSince(published);
    return written ? written.then(() => told) : told;
  }

  /** The disk did not take what it did, or what it saw, so that it was not so. */
  #lose(exchange: Exchange, handled: Handled): Handled {
    if (handled === abandoned) return handled;
    const { sandbox, request } = exchange;
    const { reply } = this.#fail(new NotKept(), exchange);
    const answer = renderAnswer(reply, exchange.id, request.method, toAddedHeaders(exchange));
    if (exchange.entry) {
      const { subject, requestHeaders: headers, requestBody: body } = exchange.entry.item;
      sandbox.journal.amend(exchange.entry, {
        answer: toKept(answer, answer.body),
        fate: 'whole',
        commit: undefined,
        refusal: createRefusal(exchange, LOST, { status: answer.status, headers, subject, body }),
      });
    }
    return answer;
  }

  #runStages(exchange: Exchange, from: number): Handled | Promise<Handled> {
    const { stages } = exchange.service;
    try {
      for (let index = from; index < stages.length; index += 1) {
        const refusing = stages[index]?.(exchange);
        if (!refusing) continue;
        if (!(refusing instanceof Promise)) return this.#end(exchange, this.#refuse(refusing, exchange));
        return refusing.then(
          (later) => {
            if (isAbandoned(exchange)) return this.#abandon(exchange);
            return later ? this.#end(exchange, this.#refuse(later, exchange)) : this.#runStages(exchange, index + 1);
          },
          (error: unknown) => (isAbandoned(exchange) ? this.#abandon(exchange) : this.#stop(error, exchange)),
        );
      }
      return this.#end(exchange, this.#finish(exchange));
    } catch (error) {
      return this.#stop(error, exchange);
    }
  }

  /** Something was thrown: a failure, what leaves an exchange without any answer, or a bug. */
  #stop(error: unknown, exchange: Exchange): Handled {
    if (!(error instanceof Severed)) return this.#end(exchange, this.#fail(error, exchange));
    this.#record(exchange, { answer: toNoAnswer(error.how), fate: 'none', violations: NOTHING, bug: undefined });
    return { severed: error.how };
  }

  /** Where ids began anew, the journal says nothing of an exchange that had one of before. */
  #abandon(exchange: Exchange): Handled {
    const { sandbox, request, beginnings } = exchange;
    const ending = { answer: toNoAnswer('abandoned'), fate: 'unsure', violations: NOTHING, bug: undefined } as const;
    if (sandbox.beginnings === beginnings) this.#record(exchange, ending);
    else sandbox.recording.add({ item: this.#toEntry(exchange, ending) }, beginnings, request.body, '');
    return abandoned;
  }

  #end(exchange: Exchange, { reply, stream, violations, bug, forced, refused, text }: Ending): Answer {
    const { id, service, sandbox, request } = exchange;
    // Most exchanges may meet nothing, and need not be asked.
    const mayMeet = exchange.faultContext && !stream;
    const effect = mayMeet ? meetDuring(exchange, (one) => canApply(one, reply, request.method)) : undefined;
    const added = toAddedHeaders(exchange);
    if (reply.body instanceof Tail) return openTail(exchange, reply, { tail: reply.body, added, logger: this.#logger });
    let answer = stream
      ? renderStream(reply, id, request.method, added)
      : renderAnswer(reply, id, request.method, added, text);
    if (forced) answer = { ...answer, headers: replaceHeaders<string | number>(answer.headers, forced) };
    if (effect) answer = distort(answer, effect, () => sandbox.chance('garbage'));
    if (!service.journalled) {
      const { status } = answer;
      this.#logger.debug?.({ id, service: service.id, operation: exchange.operation?.operationId, status }, 'answered');
      return answer;
    }
    // What a fault brought nobody need know of the service.
    if (exchange.operation && !exchange.isHit) {
      this.#tally.count(sandbox, service.id, exchange.operation, answer.status, exchange.commit !== undefined);
    }
    const kept = toKept(answer, stream ? stream.first : answer.body);
    const fate = refused?.isInjected ? 'replaced' : effect ? toFate(effect, answer) : 'whole';
    const body = stream ? '' : answer.body;
    const entry = this.#record(exchange, { answer: kept, fate, body, violations, bug, sent: stream?.sent, refused });
    if ((!stream && !answer.delivery) || answer.head) return answer;
    const reportEnd = (ended?: string): void => {
      stream?.noteEnd(ended);
      if (sandbox.beginnings !== exchange.beginnings) return;
      const duration = monotonic() - exchange.started;
      const told = ended === undefined ? entry.item.answer : { ...entry.item.answer, ended };
      const isWhole = stream !== undefined || ended === undefined;
      sandbox.journal.amend(entry, { duration, answer: told, ...(!isWhole && { fate: 'cut' }) });
    };
    return stream ? { ...answer, stream: { ...stream, reportEnd } } : { ...answer, reportEnd };
  }

  #record(exchange: Exchange, ended: Ended): Held<JournalEntry> {
    const { sandbox, request, beginnings } = exchange;
    exchange.entry = sandbox.journal.add(this.#toEntry(exchange, ended), exchange.number);
    sandbox.recording.add(exchange.entry, beginnings, request.body, ended.body ?? '');
    return exchange.entry;
  }

  #toEntry(
    exchange: Exchange,
    { answer, fate, body: answerBody = '', violations, bug, sent, refused }: Ended,
  ): JournalEntry {
    const { service, sandbox, request } = exchange;
    const subject = this.#findSubject(exchange);
    const body = toKeptBody(request.body);
    const headers = sandbox.journal.shareHeaders(request.headers);
    return {
      id: exchange.id,
      sandbox: sandbox.name,
      at: exchange.arrivedAt,
      began: exchange.started,
      duration: monotonic() - exchange.started,
      leftAt: exchange.leftAt,
      provider: service.id,
      operation: exchange.operation?.operationId,
      subject,
      method: request.method,
      url: request.url,
      requestHeaders: headers,
      requestBody: body,
      requestSize: request.body?.length ?? 0,
      commit: exchange.commit,
      faults: exchange.met,
      answer,
      fate,
      seen: exchange.seen,
      principal: exchange.principal,
      bodyHash: toBodyHash(request.body),
      answerBytes: typeof answerBody === 'string' || answerBody.length > KEPT_BODY ? undefined : answerBody,
      violations,
      bug,
      sent,
      refusal: refused && createRefusal(exchange, refused, { status: answer.status, headers, subject, body }),
    };
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
    if (reply.body instanceof TopicView) return this.#show(exchange, reply, reply.body);
    if (reply.body instanceof Tail) return { reply, violations: NOTHING, bug: undefined };
    return {
      reply,
      violations: this.#check(exchange, reply),
      bug: undefined,
      refused: reply.status >= 400 ? ANSWERED : undefined,
    };
  }

  /** What was checked and written for one who asked is so for all others. */
  #show(exchange: Exchange, { status, headers }: Reply, snapshot: TopicView): Ending {
    const shown = show(snapshot, exchange);
    const reply: Reply = { status, ...(headers && { headers }), body: shown.value };
    const refused = status >= 400 ? ANSWERED : undefined;
    return { reply, violations: this.#checkTopic(exchange, reply, shown), bug: undefined, refused, text: shown.text };
  }

  #checkTopic(exchange: Exchange, reply: Reply, { checks }: CachedTopic): readonly string[] {
    const { operation } = exchange.found;
    const known = checks.get(operation);
    if (known) return known;
    const violations = this.#check(exchange, reply);
    checks.set(operation, violations);
    return violations;
  }

  /** Every snapshot is checked against the document, once for all who get it. */
  #openStream(exchange: Exchange, reply: Reply, { topic, read, view: shared }: Stream): Ending {
    const { sandbox, service } = exchange;
    const { streams } = service;
    if (!streams) throw new Error(`"${service.id}" does not say how its streams go on.`);
    const effect = exchange.request.method === 'HEAD' ? undefined : meetDuring(exchange, isOfStream);
    if (effect?.how === 'refuse') throw new Severed('reset');
    const headers = { 'Content-Type': 'text/event-stream', ...reply.headers };
    const { operationId } = exchange.found.operation;
    let violations = NOTHING as readonly string[];
    const readChecked = (): unknown => {
      if (!shared) {
        const body = sandbox.read(service.id, read);
        violations = this.#check(exchange, { status: reply.status, headers, body });
        return body;
      }
      const shown = show(shared, exchange);
      violations = this.#checkTopic(exchange, { status: reply.status, headers, body: shown.value }, shown);
      return shown.value;
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
        const end = sandbox.topics.subscribe(`${service.id} ${topic}`, operationId, readChecked, sink);
        const { id: request } = exchange;
        const subject = this.#findSubject(exchange);
        const leave = sandbox.streams.open({ request, provider: service.id, operation: operationId, subject, sent });
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
          sandbox.recording.note({ kind: 'left', at: sandbox.time.reached, id: request, ...(ago > 0 && { ago }) });
        };
      },
      noteEnd: (how) => (ended = how),
    };
    return { reply, violations, bug: undefined, stream };
  }

  /** A stage has ended the exchange. */
  #refuse(reason: FailureReason, exchange: Exchange): Ending {
    const reply = renderFailure(reason, exchange);
    // What the emulator itself brings in has no place in a document.
    const foreign = !exchange.operation || reason.kind === 'unwritten';
    const refused = { cause: reason, isInjected: false };
    return { reply, violations: foreign ? NOTHING : this.#check(exchange, reply), bug: undefined, refused };
  }

  #fail(error: unknown, exchange: Exchange): Ending {
    if (error instanceof Injected) {
      const { reason, headers: forced } = error;
      const reply = error.shape(renderFailure(reason, exchange));
      return { reply, violations: NOTHING, bug: undefined, forced, refused: { cause: reason, isInjected: true } };
    }
    if (error instanceof Failure && error.reason.kind !== 'bug') return this.#refuse(error.reason, exchange);
    const reply = renderFailure(error instanceof Failure ? error.reason : { kind: 'bug', error }, exchange);
    if (error instanceof NotKept) return { reply, violations: NOTHING, bug: undefined };
    const stack = error instanceof Error ? error.stack : undefined;
    const place = findBlamed(error) ?? 'the emulator';
    const { id, service, operation } = exchange;
    const fields = { id, service: service.id, operation: operation?.operationId, stack };
    this.#logger.error(fields, `a bug in ${place}`);
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
