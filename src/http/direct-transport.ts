import type { ControlResponse, ControlRequest, Transport } from './control-transport.ts';
import type { Handled } from '../core/exchange/engine.ts';
import type { Service } from '../core/exchange/exchange.ts';
import { DEFAULT_SANDBOX } from '../core/sandbox/sandboxes.ts';
import { abandoned, type OpenedTail, type OpenTail } from '../core/wire/answer.ts';
import type { Listener } from '../core/wire/reply.ts';
import { Ring } from '../core/values/ring.ts';
import type { Request } from '../core/wire/request.ts';
import type { Exchanges } from './exchanges.ts';
import type { EventStreams } from './sse.ts';

/**
 * The control API within the process: the same exchanges, without a socket. Whoever holds the
 * emulator need not prove it, so there is no guard here, and `control: 'off'` does not concern it.
 */
export function createDirectTransport(control: Service, exchanges: Exchanges, streams: EventStreams): Transport {
  return {
    send: async ({ method, path, sandbox, body, headers, signal }: ControlRequest): Promise<ControlResponse> => {
      signal?.throwIfAborted();
      const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
      const request: Request = {
        method,
        url: path,
        headers: toWireHeaders(headers, body === undefined ? undefined : bytes.length),
        body: bytes.length > control.body.limit ? undefined : bytes,
        approach: { url: undefined, sandbox: sandbox === DEFAULT_SANDBOX ? undefined : sandbox },
        // An act is awaited to its end.
        onLeave: () => () => undefined,
      };
      const handled = await exchanges.handle(control, sandbox, request);
      return toActAnswer(handled, (tail) => new TailReader(tail, streams, signal).read());
    },
    toStranger: () => new Error('The control API gave an answer that is no object.'),
  };
}

function toWireHeaders(headers: ControlRequest['headers'], length: number | undefined): Request['headers'] {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const content = length === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(length) };
  return { host: 'localhost', ...content, ...Object.fromEntries(given) };
}

function toActAnswer(handled: Handled, open: (tail: OpenTail) => AsyncIterable<Buffer>): ControlResponse {
  // Acts are neither given up for a reset nor met by faults.
  if (handled === abandoned || 'severed' in handled) throw new Error('An act was not answered.');
  const { status, body, tail } = handled;
  // Now, and not when it is read: nothing that comes in between is to be missed.
  const events = tail && open(tail);
  return {
    status,
    text: () => Promise.resolve(body.toString()),
    chunks: async function* () {
      if (events) yield* events;
      else yield await Promise.resolve(Buffer.from(body));
    },
  };
}

/** Bytes of events that are taken before they are read, about as many as a connection holds. */
const AHEAD = 1 << 20;

/** The events of a tail for one who reads them at their own pace, until its sandbox or emulator ends it. */
class TailReader implements Listener {
  readonly #ahead = new Ring<Buffer>();
  readonly #streams: EventStreams;
  readonly #signal: AbortSignal | undefined;
  #size = 0;
  /** Until it has ended. */
  #tail: OpenedTail | undefined;
  /** Goes on with what waits for an event. */
  #goOn: (() => void) | undefined;

  constructor(tail: OpenTail, streams: EventStreams, signal: AbortSignal | undefined) {
    this.#streams = streams;
    this.#signal = signal;
    signal?.addEventListener('abort', this.end);
    this.#tail = tail.open(this);
    streams.add(this);
    this.wake();
  }

  wake(): void {
    while (this.#tail && this.#size < AHEAD) {
      const event = this.#tail.next();
      if (!event) break;
      this.#ahead.push(event);
      this.#size += event.length;
    }
    this.#goOn?.();
  }

  readonly end = (): void => {
    this.#signal?.removeEventListener('abort', this.end);
    this.#streams.remove(this);
    this.#tail?.close();
    this.#tail = undefined;
    this.#goOn?.();
  };

  async *read(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        if (this.#signal?.aborted) return;
        const event = this.#ahead.shift();
        if (event) {
          this.#size -= event.length;
          yield event;
        } else if (this.#tail) {
          await new Promise<void>((resolve) => {
            this.#goOn = resolve;
          });
        } else return;
        if (this.#ahead.size === 0) this.wake();
      }
    } finally {
      this.end();
    }
  }
}
