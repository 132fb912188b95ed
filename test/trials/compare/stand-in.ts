import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

import { compareWithService, type CompareOptions } from '../../../src/trials/compare/compare.ts';
import type { Report } from '../../../src/trials/compare/report.ts';

/** What a real service would answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that answers as it is told, on a port of its own. */
export async function serve(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((request, response) => void handle(request, response));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A service that holds what an emulator holds, and answers otherwise where something is planted. */
export function serveStandIn(
  url: string,
  { headers, plant }: { readonly headers: Record<string, string>; plant: (path: string, answer: Answer) => Answer },
): Promise<string> {
  return serve(async ({ method = '', url: path = '/' }, response) => {
    const received = await fetch(`${url}${path}`, { method, headers });
    const answer = plant(path, {
      status: received.status,
      headers: { 'Content-Type': received.headers.get('content-type') ?? 'application/json' },
      body: await received.text(),
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
}

/** Without waiting between requests. */
export function compare(
  options: Partial<CompareOptions> & Pick<CompareOptions, 'provider' | 'target'>,
): Promise<Report> {
  return compareWithService({ headers: [], set: [], pause: 0, patience: 10_000, limit: 1000, ...options });
}
