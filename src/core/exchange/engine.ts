import { distort, canApply, toFate } from '../faults/body-effect.ts';
import { KEPT_BODY, toBodyHash, toKept, toKeptBody, type JournalEntry } from '../sandbox/journal.ts';
import type { Held } from '../store/history.ts';
import { monotonic } from '../values/clock.ts';
import type { Logger } from '../values/logger.ts';
import {
  abandoned,
  renderAnswer,
  renderStream,
  Severed,
  toNoAnswer,
  type Answer,
  type NoAnswer,
} from '../wire/answer.ts';
import { toCorsHeaders } from '../wire/cors.ts';
import { NotKept } from '../wire/failure.ts';
import { renderMetFaults } from '../wire/fault.ts';
import { replaceHeaders } from '../wire/headers.ts';
import { Endings, type Ending } from './endings.ts';
import { Exchange, isAbandoned, isLost, NO_HEADERS, type Arrival, type FoundExchange } from './exchange.ts';
import { meetDuring } from './fault-stages.ts';
import { createRefusal, type Refused } from './reasons.ts';
import type { Tally } from './tally.ts';

export type Handled = Answer | NoAnswer | typeof abandoned;

/** How an exchange ended, as the journal has it. */
interface Ended extends Pick<JournalEntry, 'answer' | 'fate' | 'violations' | 'bug' | 'sent'>, Pick<Ending, 'refused'> {
  readonly body?: Answer['body'];
}

const LOST: Refused = { cause: { kind: 'notKept' }, isInjected: false };
const NOTHING_WRONG = { violations: [], bug: undefined } as const;

/** Carries requests through the stages of their service, makes answers of what comes out, and keeps the journal. */
export class Engine {
  readonly #logger: Logger;
  readonly #tally: Tally;
  readonly #endings: Endings;
  #report: ((entry: JournalEntry) => void) | undefined;

  /** @param report receives each exchange that goes into the journal, once it is known what its client will see */
  constructor(logger: Logger, tally: Tally, report?: (entry: JournalEntry) => void) {
    this.#logger = logger;
    this.#tally = tally;
    this.#endings = new Endings(logger);
    this.#report = report;
  }

  /** Adds a listener that receives each exchange from now on. */
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
   * @returns what goes on the wire; a promise if a stage waits, the disk writes or streams are updated first; `abandoned`
   *   if the sandbox was reset while a stage waited
   */
  handle(arrival: Arrival): Handled | Promise<Handled> {
    const { service, sandbox } = arrival;
    const started = monotonic();
    const published = sandbox.topics.position;
    const id = service.journalled ? sandbox.nextRequestId() : sandbox.nextActId();
    const exchange = new Exchange(arrival, id, sandbox.catchUp(), started);
    sandbox.usage.begin();
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

  #runStages(exchange: Exchange, from: number): Handled | Promise<Handled> {
    const { stages } = exchange.service;
    // Later stages are reached only if `findOperation` has not refused the exchange.
    const found = exchange as FoundExchange;
    try {
      for (let index = from; index < stages.length; index += 1) {
        const refusing = stages[index]?.(found);
        if (!refusing) continue;
        if (!(refusing instanceof Promise)) return this.#end(exchange, this.#endings.refuse(refusing, exchange));
        return refusing.then(
          (later) => {
            if (isAbandoned(exchange)) return this.#abandon(exchange);
            if (later) return this.#end(exchange, this.#endings.refuse(later, exchange));
            return this.#runStages(exchange, index + 1);
          },
          (error: unknown) => (isAbandoned(exchange) ? this.#abandon(exchange) : this.#stop(error, exchange)),
        );
      }
      return this.#end(exchange, this.#endings.finish(found));
    } catch (error) {
      return this.#stop(error, exchange);
    }
  }

  /** Ends an exchange after an error: a failure, a bug, or `Severed`, which ends it without an answer. */
  #stop(error: unknown, exchange: Exchange): Handled {
    if (!(error instanceof Severed)) return this.#end(exchange, this.#endings.fail(error, exchange));
    this.#record(exchange, { answer: toNoAnswer(error.how), fate: 'none', ...NOTHING_WRONG });
    return { severed: error.how };
  }

  /** The journal does not list an exchange whose id may be given again because ids have started again. */
  #abandon(exchange: Exchange): Handled {
    const { sandbox, request, beginnings } = exchange;
    const ended: Ended = { answer: toNoAnswer('abandoned'), fate: 'unsure', ...NOTHING_WRONG };
    if (sandbox.beginnings === beginnings) this.#record(exchange, ended);
    else sandbox.recording.add({ item: this.#toEntry(exchange, ended) }, beginnings, request.body, '');
    return abandoned;
  }

  #end(exchange: Exchange, ending: Ending): Answer {
    const { id, service, sandbox, request } = exchange;
    const { reply, stream, tail, violations, bug, forced, refused, text } = ending;
    // Most exchanges may meet nothing.
    const mayMeet = exchange.faultContext && !stream;
    const effect = mayMeet ? meetDuring(exchange, (one) => canApply(one, reply, request.method)) : undefined;
    const added = toAddedHeaders(exchange);
    let answer =
      stream || tail
        ? renderStream(reply, id, request.method, added)
        : renderAnswer(reply, id, request.method, added, text);
    if (tail) return answer.head ? answer : { ...answer, tail };
    if (forced) answer = { ...answer, headers: replaceHeaders<string | number>(answer.headers, forced) };
    if (effect) answer = distort(answer, effect, () => sandbox.chance('garbage'));
    if (!service.journalled) {
      const { status } = answer;
      this.#logger.debug?.({ id, service: service.id, operation: exchange.operation?.operationId, status }, 'answered');
      return answer;
    }
    // The tally counts what the service answered, not what a fault did.
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
    exchange.entry = sandbox.journal.add(this.#toEntry(exchange, ended));
    sandbox.recording.add(exchange.entry, beginnings, request.body, ended.body ?? '');
    return exchange.entry;
  }

  #toEntry(exchange: Exchange, ended: Ended): JournalEntry {
    const { answer, fate, body: answerBody = '', violations, bug, sent, refused } = ended;
    const { service, sandbox, request } = exchange;
    const { method, url, headers } = request;
    const subject = this.#endings.findSubject(exchange);
    const body = toKeptBody(request.body);
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
      method,
      url,
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
      refusal: refused && createRefusal(exchange, refused, { status: answer.status, subject, body }),
    };
  }

  /** What an exchange may have seen is durable before its client or anyone else learns of it. */
  #leave(exchange: Exchange, published: number, handled: Handled): Handled | Promise<Handled> {
    const { sandbox } = exchange;
    exchange.gate?.quit();
    sandbox.leave(!exchange.isRefused);
    // Health checks and the like do not wait for the disk.
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
    // Streams are updated before the response is sent.
    const written = sandbox.topics.writtenSince(published);
    return written ? written.then(() => told) : told;
  }

  /** The disk lost what the exchange did or saw, so it gets another answer. */
  #lose(exchange: Exchange, handled: Handled): Handled {
    if (handled === abandoned) return handled;
    const { sandbox, request } = exchange;
    const { reply } = this.#endings.fail(new NotKept(), exchange);
    const answer = renderAnswer(reply, exchange.id, request.method, toAddedHeaders(exchange));
    if (exchange.entry) {
      const { subject, requestBody: body } = exchange.entry.item;
      sandbox.journal.amend(exchange.entry, {
        answer: toKept(answer, answer.body),
        fate: 'whole',
        commit: undefined,
        refusal: createRefusal(exchange, LOST, { status: answer.status, subject, body }),
      });
    }
    return answer;
  }
}

/** The headers that the service and the stages add to an answer. */
function toAddedHeaders(exchange: Exchange): Readonly<Record<string, string>> {
  const { service, request, headers: ofStages, met } = exchange;
  const { headers, cors } = service;
  const { origin } = request.headers;
  if (origin === undefined && ofStages === NO_HEADERS && met.length === 0) return headers;
  const actual = cors && origin !== undefined ? toCorsHeaders(cors, origin, 'actual') : undefined;
  const fault = met.length > 0 ? { 'X-Emulator-Fault': renderMetFaults(met) } : undefined;
  return { ...headers, ...actual, ...ofStages, ...fault };
}
