import type { ServerResponse } from 'node:http';

import type { Answer, Delivery, NoAnswer } from '../core/exchange.ts';

/** Ends the connection without an answer. */
export function sever({ req: { socket } }: ServerResponse, { severed }: NoAnswer): void {
  if (severed === 'reset') socket.resetAndDestroy();
  else socket.destroy();
}

/** Sends an answer whose bytes do not come as they should. */
export function deliver(response: ServerResponse, answer: Answer, delivery: Delivery): void {
  const { socket } = response.req;
  if (response.destroyed || socket.destroyed) return;
  const body = Buffer.from(answer.body);
  // Nothing follows on a connection that is ended in mid-answer.
  response.writeHead(answer.status, answer.headers);
  if (delivery.kind === 'slow') {
    trickle(response, body, delivery.bytesPerSecond, answer);
    return;
  }
  const end = (): void => {
    if (delivery.end === 'reset') socket.resetAndDestroy();
    else socket.destroySoon();
  };
  if (delivery.bytes === 0) {
    response.flushHeaders();
    socket.write('', end);
  } else response.write(body.subarray(0, delivery.bytes), end);
}

/** Milliseconds between two pieces, unless one byte takes longer. */
const BEAT = 50;

/** So that the last byte goes out when its time has come; a client that leaves has it end there. */
function trickle(response: ServerResponse, body: Buffer, bytesPerSecond: number, { noteEnd }: Answer): void {
  const period = Math.max(BEAT, 1000 / bytesPerSecond);
  const piece = Math.max(Math.floor((bytesPerSecond * period) / 1000), 1);
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    const next = body.subarray(sent, sent + piece);
    sent += next.length;
    if (sent < body.length) response.write(next);
    else response.end(next);
  }, period);
  response.once('finish', () => {
    clearInterval(timer);
  });
  response.once('close', () => {
    clearInterval(timer);
    if (sent < body.length) noteEnd?.(`the client left after ${sent} of ${body.length} bytes`);
  });
}
