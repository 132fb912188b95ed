import type { ActAnswer, ActRequest, Transport } from './client/transport.ts';
import type { Handled } from './core/exchange/engine.ts';
import type { Service } from './core/exchange/exchange.ts';
import { DEFAULT_SANDBOX } from './core/sandbox/sandboxes.ts';
import { abandoned } from './core/wire/answer.ts';
import type { Request } from './core/wire/request.ts';
import type { Exchanges } from './http/exchanges.ts';

/**
 * The control API within the process: the same exchanges, without a socket. Whoever holds the
 * emulator need not prove it, so there is no guard here, and `control: 'off'` does not concern it.
 */
export function createDirectTransport(control: Service, exchanges: Exchanges): Transport {
  return {
    send: async ({ method, path, sandbox, body, headers, signal }: ActRequest): Promise<ActAnswer> => {
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
      return toActAnswer(await exchanges.handle(control, sandbox, request));
    },
    toStranger: () => new Error('The control API gave an answer that is no object.'),
  };
}

function toWireHeaders(headers: ActRequest['headers'], length: number | undefined): Request['headers'] {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const content = length === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(length) };
  return { host: 'localhost', ...content, ...Object.fromEntries(given) };
}

function toActAnswer(handled: Handled): ActAnswer {
  // Acts are neither given up for a reset nor met by faults.
  if (handled === abandoned || 'severed' in handled) throw new Error('An act was not answered.');
  const { status, body } = handled;
  return {
    status,
    text: () => Promise.resolve(body.toString()),
    chunks: async function* () {
      yield await Promise.resolve(Buffer.from(body));
    },
  };
}
