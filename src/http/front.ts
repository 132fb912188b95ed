import type { IncomingMessage, ServerResponse } from 'node:http';

import express, { type Express } from 'express';

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

export interface AppOptions {
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

/** Every request goes the same way: target, exchange, answer. There are no Express routes. */
export function createApp(options: AppOptions): Express {
  const front = new RequestHandler(options);
  const app = express();
  app.disable('x-powered-by');
  app.use((request: IncomingMessage, response: ServerResponse) => {
    front.serve(request, response);
  });
  return app;
}

class RequestHandler {
  readonly #options: AppOptions;

  constructor(options: AppOptions) {
    this.#options = options;
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    try {
      this.#route(request, response);
    } catch (error) {
      this.#fail(response, request, error);
    }
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const entry = this.#options.entries.get(request.socket.localPort ?? 0) ?? EVERYTHING;
    const target = findTarget(request, entry, this.#options.directory);
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
      const request: Request = {
        method: incoming.method ?? 'GET',
        url: target.url,
        headers: target.headers,
        body: body.bytes,
        approach: target.service === this.#options.directory.control ? this.#toApproach(target, incoming) : undefined,
        onLeave: (left) => {
          // Not the response's own, which one that waits behind another on its connection has none of yet.
          const { socket } = incoming;
          if (socket.destroyed) {
            queueMicrotask(left);
            return () => undefined;
          }
          // Nobody hears of a client that leaves while bytes of its request wait to be read.
          incoming.resume();
          // Many requests may wait on one connection.
          socket.setMaxListeners(0);
          socket.once('close', left);
          return () => socket.off('close', left);
        },
      };
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
