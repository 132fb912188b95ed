import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Answer, Delivery, NoAnswer } from '../core/wire/answer.ts';
import { toTransport } from './transport-socket.ts';

/** Ends the connection without an answer, once earlier answers are sent. */
export function sever(response: ServerResponse, { severed }: NoAnswer): void {
  inTurn(response, (socket) => {
    if (severed === 'reset') resetSoon(socket);
    else socket.destroySoon();
  });
}

/** Sends an answer that is cut or slow. */
export function deliver(response: ServerResponse, answer: Answer, delivery: Delivery): void {
  const { socket } = response.req;
  if (response.destroyed || socket.destroyed) {
    noteLeft(answer);
    return;
  }
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, answer.headers);
  if (delivery.kind === 'slow') {
    trickle(response, body, delivery.bytesPerSecond, answer);
    return;
  }
  inTurn(response, () => {
    response.flushHeaders();
    response.write(body.subarray(0, delivery.bytes));
    if (delivery.end === 'reset') resetSoon(socket);
    else socket.destroySoon();
  });
}

/** Reports that the client left before the answer. */
export function noteLeft({ reportEnd }: Answer): void {
  reportEnd?.('the client left before the answer');
}

/**
 * Runs `act` when the response gets its connection: several requests may have arrived together, and their answers are
 * sent one after another.
 */
export function inTurn(response: ServerResponse, act: (socket: Socket) => void): void {
  if (response.socket) act(response.socket);
  else response.once('socket', act);
}

/** Milliseconds in which a client receives what was sent: a reset discards it, or overtakes it. */
const IN_FLIGHT = 20;

function resetSoon(socket: Socket): void {
  if (socket.bytesWritten === 0) {
    reset(socket);
    return;
  }
  socket.write('', () => {
    const timer = setTimeout(() => {
      // A busy client in this process reads the sent bytes before it notices the reset.
      setImmediate(() => {
        reset(socket);
      });
    }, IN_FLIGHT);
    socket.once('close', () => {
      clearTimeout(timer);
    });
  });
}

/** Node's `resetAndDestroy` first ends the connection in order, and a fast client sees only that. */
function reset(socket: Socket): void {
  const transport = toTransport(socket);
  Object.assign(transport, { resetAndClosing: true });
  transport.destroy();
}

/** Milliseconds between two pieces, unless one byte takes longer. */
const BEAT = 50;

/** Sends the last byte when its time has come; stops if the client leaves. */
function trickle(response: ServerResponse, body: Buffer, bytesPerSecond: number, { reportEnd }: Answer): void {
  const { socket } = response.req;
  const period = Math.max(BEAT, 1000 / bytesPerSecond);
  const piece = Math.max(Math.floor((bytesPerSecond * period) / 1000), 1);
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const leave = (): void => {
    clearInterval(timer);
    reportEnd?.(`the client left after ${sent} of ${body.length} bytes`);
  };
  socket.setMaxListeners(0);
  socket.once('close', leave);
  inTurn(response, () => {
    response.flushHeaders();
    timer = setInterval(() => {
      const next = body.subarray(sent, sent + piece);
      sent += next.length;
      if (sent < body.length) {
        response.write(next);
        return;
      }
      clearInterval(timer);
      socket.off('close', leave);
      response.end(next, () => reportEnd?.());
    }, period);
  });
}
