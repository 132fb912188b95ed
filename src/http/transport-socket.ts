import type { Socket } from 'node:net';

const transports = new WeakMap<Socket, Socket>();

/** Says what an encrypted connection goes over. */
export function noteTransport(encrypted: Socket, transport: Socket): void {
  transports.set(encrypted, transport);
}

/** The connection itself, where this one is encrypted on top of it: only that can be reset. */
export function toTransport(socket: Socket): Socket {
  return transports.get(socket) ?? socket;
}
