/**
 * The nearest that Node itself can come: `node:http` with an answer that is ready, the same headers and the same body. A
 * body that comes is collected and parsed. Runs in a process of its own.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Ready {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

const { status, headers, body } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Ready;

const server = createServer((request, response) => {
  const answer = (): void => {
    response.writeHead(status, [...headers]).end(body);
  };
  if (request.method === 'GET') {
    answer();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    answer();
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
