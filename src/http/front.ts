import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';

import type Express from 'express';

import { toBlame } from '../core/provider/blame.ts';
import type { Handled } from '../core/exchange/engine.ts';
import type { Service } from '../core/exchange/exchange.ts';
import { toCorsHeaders } from '../core/wire/cors.ts';
import { Failure } from '../core/wire/failure.ts';
import { abandoned, type Answer } from '../core/wire/answer.ts';
import type { Reply } from '../core/wire/reply.ts';
import type { Approach, RequestHead } from '../core/wire/request.ts';
import { toMessage } from '../core/values/message.ts';
import type { Logger } from '../core/values/logger.ts';
import { quote } from '../core/values/quotation.ts';
import { DEFAULT_SANDBOX, isSandboxName } from '../core/sandbox/sandboxes.ts';
import { findAskedUrl, type ApproachPolicy } from './approach.ts';
import { discardBody, hasBody, readBody, type ReadBody } from './body.ts';
import { deliver, sever } from './delivery.ts';
import type { Request } from '../core/wire/request.ts';
import type { Exchanges } from './exchanges.ts';
import { renderProblem } from './problem.ts';
import { renderWelcome, type Welcome } from './welcome.ts';
import type { EventStreams } from './sse.ts';
import { findTarget, type Directory, type Entry, type Target } from './target.ts';

export interface FrontOptions {
  readonly exchanges: Exchanges;
  readonly directory: Directory;
  /** What each listening port is for; any other port is a shared one. */
  readonly entries: ReadonlyMap<number, Entry>;
  readonly approach: ApproachPolicy;
  readonly welcome: (approach?: Approach) => Welcome;
  readonly streams: EventStreams;
  readonly logger: Logger;
}

const EVERYTHING: Entry = { only: 'everything' };
const NO_BODY: ReadBody = { bytes: Buffer.alloc(0), cut: false };

type ServiceTarget = Extract<Target, { kind: 'service' }>;

export interface Front {
  /** For servers of others: everything, by an Express app without routes. */
  readonly loadApp: () => RequestListener;
  /** For our own ports. */
  readonly listener: RequestListener;
}

/**
 * Every request goes the same way: target, exchange, answer. What people look at and what others mount goes through
 * Express; what comes to a provider on our own ports does not: with that, and with empty requests as the server has them, a
 * small GET takes 19.5 µs of processor time instead of 28.7.
 */
export function createFront(options: FrontOptions): Front {
  const handler = new RequestHandler(options);
  let app: RequestListener | undefined;
  const loadApp = (): RequestListener => (app ??= createApp(handler));
  const pass: RequestListener = (request, response) => {
    loadApp()(request, response);
  };
  const listener: RequestListener = (request, response) => {
    handler.serve(request, response, pass);
  };
  return { loadApp, listener };
}

/**
 * Express is loaded when it is first needed: a start without it takes 40 ms less, and 5 MB. At once, since a client may
 * end its side of the connection behind its request, and gets no answer where nobody is about to give one.
 */
function createApp(handler: RequestHandler): RequestListener {
  const express = createRequire(import.meta.url)('express') as typeof Express;
  const app = express();
  app.disable('x-powered-by');
  app.use((request: IncomingMessage, response: ServerResponse) => {
    handler.serve(request, response);
  });
  return app;
}

class RequestHandler {
  readonly #options: FrontOptions;

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /** @param app takes what is for people, and comes back here without one */
  serve(request: IncomingMessage, response: ServerResponse, app?: RequestListener): void {
    try {
      const { entries, directory } = this.#options;
      const entry = entries.get(request.socket.localPort ?? 0) ?? EVERYTHING;
      const target = findTarget(request, entry, directory);
      const isForProvider = target.kind === 'service' && target.service !== directory.control;
      if (app && !isForProvider) app(request, response);
      else this.#route(target, request, response);
    } catch (error) {
      this.#fail(response, request, error);
    }
  }

  #route(target: Target, request: IncomingMessage, response: ServerResponse): void {
    if (target.kind !== 'service') {
      this.#answerUnread(request, response, this.#explain(target, request));
      return;
    }
    const head = { method: request.method ?? 'GET', url: target.url, headers: target.headers };
    const early =
      findPreflight(target.service, head) ??
      target.service.answerAside?.(head, request.url ?? '') ??
      findRefusal(target.service, head);
    if (early) {
      this.#answerUnread(request, response, early);
      return;
    }
    if (!hasBody(request)) {
      this.#exchange(target, request, response, NO_BODY);
      return;
    }
    readBody(request, target.service.body.limit, (body) => {
      this.#exchange(target, request, response, body);
    });
  }

  /** For an answer that nothing of the body can change. */
  #answerUnread(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
    if (hasBody(request)) discardBody(request);
    this.#send(response, this.#options.exchanges.answerItself(reply, request.method), false);
  }

  #exchange(target: ServiceTarget, incoming: IncomingMessage, response: ServerResponse, body: ReadBody): void {
    try {
      const isControl = target.service === this.#options.directory.control;
      const approach = isControl ? this.#toApproach(target, incoming) : undefined;
      const request = new ReceivedRequest(incoming, target, body.bytes, approach);
      const handled = this.#options.exchanges.handle(target.service, target.sandbox, request, target.otherwise);
      if (handled instanceof Promise) {
        handled
          .then((later) => {
            this.#finish(response, later, body);
          })
          .catch((error: unknown) => {
            this.#fail(response, incoming, error);
          });
      } else this.#finish(response, handled, body);
    } catch (error) {
      this.#fail(response, incoming, error);
    }
  }

  #finish(response: ServerResponse, handled: Handled, { cut }: ReadBody): void {
    if (handled === abandoned) response.destroy();
    else if ('severed' in handled) sever(response, handled);
    else this.#send(response, handled, cut);
  }

  #fail(response: ServerResponse, request: IncomingMessage, error: unknown): void {
    this.#options.logger.error({ error: toMessage(error) }, `a request could not be answered${toBlame(error)}`);
    if (response.headersSent) response.destroy();
    else this.#send(response, this.#options.exchanges.answerItself(BROKEN, request.method), false);
  }

  #explain(target: Exclude<Target, ServiceTarget>, request: IncomingMessage): Reply {
    const { method = 'GET', headers } = request;
    if (target.kind === 'welcome') {
      if (!READING.includes(method)) return toNotReading(method);
      return renderWelcome(this.#options.welcome(this.#toApproach(target, request)), headers.accept);
    }
    return renderProblem({
      status: 404,
      title: 'No provider there',
      detail: `${quote(target.path)} names no provider.`,
      hint: `Start the path with one of ${this.#options.welcome().paths.join(', ')}, or use a provider's own port.`,
    });
  }

  #toApproach({ sandbox, headers }: Pick<ServiceTarget, 'sandbox' | 'headers'>, request: IncomingMessage): Approach {
    const { directory, approach } = this.#options;
    const isNamed = sandbox !== undefined && sandbox !== DEFAULT_SANDBOX && isSandboxName(sandbox);
    return {
      url: findAskedUrl(request, headers, directory, approach),
      sandbox: isNamed ? sandbox : undefined,
    };
  }

  /** @param cut whether bytes of the request are left that nobody reads */
  #send(response: ServerResponse, answer: Answer, cut: boolean): void {
    if (answer.stream) {
      this.#options.streams.open(response, answer, answer.stream);
      return;
    }
    if (answer.tail) {
      this.#options.streams.openTail(response, answer, answer.tail);
      return;
    }
    const headers = cut ? { ...answer.headers, Connection: 'close' } : answer.headers;
    if (cut) response.on('finish', () => response.socket?.destroySoon());
    if (answer.delivery) {
      deliver(response, { ...answer, headers }, answer.delivery);
      return;
    }
    response.writeHead(answer.status, headers);
    response.end(answer.head ? undefined : answer.body);
  }
}

/** As the service that it is meant for sees it. */
class ReceivedRequest implements Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Request['headers'];
  readonly body: Buffer | undefined;
  readonly approach: Approach | undefined;
  readonly #incoming: IncomingMessage;

  constructor(
    incoming: IncomingMessage,
    { url, headers }: ServiceTarget,
    body: Buffer | undefined,
    approach: Approach | undefined,
  ) {
    this.method = incoming.method ?? 'GET';
    this.url = url;
    this.headers = headers;
    this.body = body;
    this.approach = approach;
    this.#incoming = incoming;
  }

  onLeave(left: () => void): () => void {
    // Not the response's own, which one that waits behind another on its connection has none of yet.
    const { socket } = this.#incoming;
    if (socket.destroyed) {
      queueMicrotask(left);
      return () => undefined;
    }
    // Nobody hears of a client that leaves while bytes of its request wait to be read.
    this.#incoming.resume();
    // Many requests may wait on one connection.
    socket.setMaxListeners(0);
    socket.once('close', left);
    return () => socket.off('close', left);
  }
}

const BROKEN = renderProblem({
  status: 500,
  title: 'The emulator broke',
  detail: 'Something in the emulator itself failed; its log says what.',
  hint: 'Please report it together with the log.',
});

const READING = ['GET', 'HEAD'];

function toNotReading(method: string): Reply {
  const allow = READING.join(', ');
  return renderProblem(
    { status: 405, title: 'Method not allowed', detail: `/ does not take ${method}.`, hint: `It takes ${allow}.` },
    { Allow: allow },
  );
}

/** What a browser's question is answered, if it is one and comes from a page that may ask. */
function findPreflight({ cors }: Service, { method, headers }: RequestHead): Reply | undefined {
  if (!cors || method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
  if (headers.origin === undefined) return undefined;
  const allowed = toCorsHeaders(cors, headers.origin, 'preflight', headers['access-control-request-headers']);
  return allowed && { status: 204, headers: allowed };
}

/** What is answered to a request that its service does not even read. */
function findRefusal(service: Service, head: RequestHead): Reply | undefined {
  try {
    service.guard?.(head);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { status, headers, body } = service.renderFailure(error.reason, {
      ...head,
      operationId: undefined,
      basePath: undefined,
    });
    const { origin } = head.headers;
    const readable = service.cors && origin !== undefined ? toCorsHeaders(service.cors, origin, 'actual') : undefined;
    return { status, headers: { ...service.headers, ...readable, ...headers }, body };
  }
}
