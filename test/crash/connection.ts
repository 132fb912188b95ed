import { Agent, request as open, type IncomingMessage } from 'node:http';

import type { Answer, Request } from './kinds/kind.ts';

/** Milliseconds after which an answer that does not come is a finding and no longer waited for. */
const PATIENCE = 120_000;

/** An event stream of a sandbox; ends by itself with the connection. */
export interface Stream {
  readonly requestId: string;
  readonly ended: Promise<void>;
  close(): void;
}

/** Requests to one life of the emulator. */
export class Connection {
  readonly #url: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.#url = new URL(url);
  }

  /** Ends every exchange that is under way. */
  cut(): void {
    this.#agent.destroy();
  }

  /** @returns undefined where no whole answer came. @throws when none comes and the connection stays open */
  send(sandbox: string, { method, path, headers, body }: Request): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const outgoing = open(
        this.#toOptions(sandbox, method, path, {
          ...headers,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        }),
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          incoming.once('error', () => resolve(undefined));
          incoming.once('close', () => resolve(incoming.complete ? toAnswer(incoming, text) : undefined));
        },
      );
      outgoing.setTimeout(PATIENCE, () => {
        reject(new Error(`${method} ${path} has no answer after ${PATIENCE} ms.`));
        outgoing.destroy();
      });
      outgoing.once('error', () => resolve(undefined));
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** @param heed gets what each event holds. @returns undefined where the connection ends before the first event */
  follow(sandbox: string, path: string, heed: (event: unknown) => void): Promise<Stream | undefined> {
    return new Promise((resolve) => {
      const outgoing = open(this.#toOptions(sandbox, 'GET', path, {}), (incoming) => {
        const ended = new Promise<void>((end) => incoming.once('close', end));
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          const parts = `${text}${chunk}`.split('\n\n');
          text = parts.pop() ?? '';
          for (const part of parts) if (part.startsWith('data: ')) heed(JSON.parse(part.slice('data: '.length)));
          if (parts.length > 0) resolve({ requestId: toRequestId(incoming), ended, close: () => outgoing.destroy() });
        });
        incoming.once('error', () => resolve(undefined));
        incoming.once('close', () => resolve(undefined));
      });
      outgoing.once('error', () => resolve(undefined));
      outgoing.end();
    });
  }

  #toOptions(sandbox: string, method: string, path: string, headers: Readonly<Record<string, string>>): object {
    return {
      host: this.#url.hostname,
      port: this.#url.port,
      method,
      path,
      agent: this.#agent,
      headers: { ...headers, 'X-Emulator-Sandbox': sandbox },
    };
  }
}

function toRequestId({ headers }: IncomingMessage): string {
  return String(headers['x-emulator-request-id']);
}

function toAnswer({ statusCode, headers }: IncomingMessage, text: string): Answer {
  const isJson = headers['content-type']?.includes('json') === true;
  return {
    status: statusCode ?? 0,
    headers: headers as Answer['headers'],
    body: isJson ? (JSON.parse(text) as unknown) : text,
  };
}
