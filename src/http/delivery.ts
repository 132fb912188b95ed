import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Answer, Delivery, NoAnswer } from '../core/wire/answer.ts';
import { toTransport } from './transport-socket.ts';

/** Ends the connection without an answer, once those in front of it are out. */
export function sever(response: ServerResponse, { severed }: NoAnswer): void {
  inTurn(response, (socket) => {
    if (severed === 'reset') resetSoon(socket);
    else socket.destroySoon();
  });
}

/** Sends an answer whose bytes do not come as they should. */
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

/** Says of an answer that nobody is there to get it. */
export function noteLeft({ reportEnd }: Answer): void {
  reportEnd?.('the client left before the answer');
}

/** Several requests may have come together; their answers go out one after another. */
export function inTurn(response: ServerResponse, act: (socket: Socket) => void): void {
  if (response.socket) act(response.socket);
  else response.once('socket', act);
}

/** Milliseconds in which a client gets what was sent to it: a reset throws that away, or hides behind it. */
const IN_FLIGHT = 20;

function resetSoon(socket: Socket): void {
  if (socket.bytesWritten === 0) {
    reset(socket);
    return;
  }
  socket.write('', () => {
    const timer = setTimeout(() => {
      // A client in this process that is busy reads what there is before it comes to the reset.
      setImmediate(() => {
        reset(socket);
      });
    }, IN_FLIGHT);
    socket.once('close', () => {
      clearTimeout(timer);
    });
  });
}

/** Node's `resetAndDestroy` ends the connection in order first, and a quick client sees nothing but that. */
function reset(socket: Socket): void {
  const transport = toTransport(socket);
  Object.assign(transport, { resetAndClosing: true });
  transport.destroy();
}

/** Milliseconds between two pieces, unless one byte takes longer. */
const BEAT = 50;

/** The last byte goes out when its time has come; nothing is left of it where the client leaves. */
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
