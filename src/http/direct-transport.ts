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
 * Creates a transport to the control API within the process: the same exchanges without a socket. Code that holds the
 * emulator needs no token, so this has no guard, and `control: 'off'` does not apply.
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
        // Acts always run to their end.
        onLeave: () => () => undefined,
      };
      const handled = await exchanges.handle(control, sandbox, request);
      return toActAnswer(handled, (tail) => new TailReader(tail, streams, signal).read());
    },
    toStranger: () => new Error('The control API returned an answer that is not an object.'),
  };
}

function toWireHeaders(headers: ControlRequest['headers'], length: number | undefined): Request['headers'] {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const content = length === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(length) };
  return { host: 'localhost', ...content, ...Object.fromEntries(given) };
}

function toActAnswer(handled: Handled, open: (tail: OpenTail) => AsyncIterable<Buffer>): ControlResponse {
  // A reset does not abandon acts, and faults do not apply to them.
  if (handled === abandoned || 'severed' in handled) throw new Error('An act was not answered.');
  const { status, body, tail } = handled;
  // Opens it now and not at the first read, so that no event in between is missed.
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

/** Bytes of events buffered before they are read, about as many as a connection holds. */
const AHEAD = 1 << 20;

/** Yields the events of a tail at the reader's own pace, until its sandbox or emulator ends it. */
class TailReader implements Listener {
  readonly #ahead = new Ring<Buffer>();
  readonly #streams: EventStreams;
  readonly #signal: AbortSignal | undefined;
  #size = 0;
  /** Set until it has ended. */
  #tail: OpenedTail | undefined;
  /** Resumes a reader that waits for an event. */
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
