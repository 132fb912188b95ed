import type { Logger } from '../values/logger.ts';
import { toMessage } from '../values/message.ts';
import { renderTailEvent, type OpenedTail, type OpenTail } from '../wire/answer.ts';
import type { Listener, Tail, TailEvent } from '../wire/reply.ts';
import type { FoundExchange } from './exchange.ts';

export const MISFIT = 'a reply does not fit the document';

/** Clients that listen to the same tail are sent the same bytes. */
const rendered = new WeakMap<TailEvent, Buffer>();

/** A tail whose events are checked against the document, each once for all clients. */
export function openTail({ id, sandbox, operation, reply }: FoundExchange, tail: Tail, logger: Logger): OpenTail {
  const render = (event: TailEvent): Buffer => {
    const known = rendered.get(event);
    if (known) return known;
    const violations = operation.validateEvent(reply?.status ?? 0, event.name, event.data);
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
          logger.error({ id, sandbox: sandbox.name, error: toMessage(error) }, 'an event cannot be rendered');
        }
      }
    };
    const close = (): void => {
      source.close();
    };
    return { next, close };
  };
  return { heartbeat: tail.heartbeat, open };
}
