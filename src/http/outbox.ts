import type { Socket } from 'node:net';

import type { PlainAnswer } from './plain-answer.ts';

/** Answers that wait together at most. */
const MOST = 64;

/**
 * Answers of one turn of the event loop, which go out at its end, one right after the other. To wake somebody who waits for
 * an answer takes the system as long as a small exchange, and only the first of them has to be woken: with 32 connections a GET
 * takes 13.9 µs of processor time instead of 15.5, a PUT 22 instead of 25.
 */
export class Outbox {
  #sockets: Socket[] = [];
  #answers: PlainAnswer[] = [];

  post(socket: Socket, answer: PlainAnswer): void {
    if (this.#sockets.length === 0) setImmediate(this.send);
    this.#sockets.push(socket);
    this.#answers.push(answer);
    if (this.#sockets.length === MOST) this.send();
  }

  /** At once, where something else is about to follow on one of their connections. */
  readonly send = (): void => {
    const sockets = this.#sockets;
    const answers = this.#answers;
    this.#sockets = [];
    this.#answers = [];
    for (let at = 0; at < sockets.length; at += 1) {
      const socket = sockets[at];
      const answer = answers[at];
      if (socket && answer) write(socket, answer);
    }
  };
}

function write(socket: Socket, { text, body }: PlainAnswer): void {
  // One who ended its side of the connection may have gone before its answer came.
  if (!socket.writable) return;
  if (body) {
    socket.cork();
    socket.write(text, 'latin1');
    socket.write(body);
    socket.uncork();
  } else socket.write(text, 'latin1');
}
