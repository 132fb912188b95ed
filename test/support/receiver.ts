import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

/** One delivery as it came. */
export interface ReceivedHook {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: { readonly payload: Record<string, unknown>; readonly metadata: Record<string, unknown> };
}

type Respond = (hook: ReceivedHook, response: ServerResponse, request: IncomingMessage) => void;

/** Somebody who is told of events, and answers 200 unless the test says otherwise. */
export class Receiver {
  readonly received: ReceivedHook[] = [];
  url = '';
  #respond: Respond = (_, response) => void response.writeHead(200).end('ok');

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const body = JSON.parse(Buffer.concat(chunks).toString()) as ReceivedHook['body'];
        const hook = { method, path, headers, body };
        receiver.received.push(hook);
        receiver.#respond(hook, response, request);
      });
      request.on('error', () => undefined);
    }).unref();
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return receiver;
  }

  /** How it answers from now on. */
  answer(respond: Respond): void {
    this.#respond = respond;
  }

  /** With this status from now on. */
  answerWith(status: number): void {
    this.answer((_, response) => void response.writeHead(status).end(`said ${status}`));
  }

  get payloads(): readonly Record<string, unknown>[] {
    return this.received.map(({ body }) => body.payload);
  }

  get retryCounts(): readonly unknown[] {
    return this.received.map(({ body }) => body.metadata['retryCount']);
  }
}
