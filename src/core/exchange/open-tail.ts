import type { Logger } from '../values/logger.ts';
import { toMessage } from '../values/message.ts';
import { renderStream, renderTailEvent, type Answer, type OpenedTail } from '../wire/answer.ts';
import type { Listener, Reply, Tail, TailEvent } from '../wire/reply.ts';
import type { Exchange } from './exchange.ts';

export const MISFIT = 'a reply does not fit the document';

interface TailOptions {
  readonly tail: Tail;
  /** Headers that the service adds. */
  readonly added: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

/** Those who listen to the same are sent the same bytes. */
const rendered = new WeakMap<TailEvent, Buffer>();

/** The answer of a reply with a tail. Every event is checked against the document, once for all who get it. */
export function openTail(exchange: Exchange, reply: Reply, { tail, added, logger }: TailOptions): Answer {
  const { id, request, sandbox } = exchange;
  const answer = renderStream(reply, id, request.method, added);
  if (answer.head) return answer;
  const { operation } = exchange.found;
  const render = (event: TailEvent): Buffer => {
    const known = rendered.get(event);
    if (known) return known;
    const violations = operation.validateEvent(reply.status, event.name, event.data);
    if (violations.length > 0) {
      logger.error({ id, sandbox: sandbox.name, operation: operation.operationId, violations }, MISFIT);
    }
    const bytes = renderTailEvent(event);
    rendered.set(event, bytes);
    return bytes;
  };
  const open = (listener: Listener): OpenedTail => {
    const source = tail.open(listener);
    const next = (): Buffer | undefined => {
      for (;;) {
        try {
          const event = source.next();
          return event && render(event);
        } catch (error) {
          logger.error({ id, sandbox: sandbox.name, error: toMessage(error) }, 'an event cannot be told');
        }
      }
    };
    const close = (): void => {
      source.close();
    };
    return { next, close };
  };
  return { ...answer, tail: { heartbeat: tail.heartbeat, open } };
}
