/** The baseline of streams: raw `node:http` that writes one buffer to everybody. Runs in a process of its own. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const EVENT = Buffer.from(`data: ${JSON.stringify({ credits: [], totalCredits: 0, pad: 'x'.repeat(650) })}\n\n`);
const open = new Set<ServerResponse>();

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    for (const stream of open) stream.write(EVENT);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.write(EVENT);
  open.add(response);
  response.on('close', () => open.delete(response));
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
