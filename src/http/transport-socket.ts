import type { Socket } from 'node:net';

const transports = new WeakMap<Socket, Socket>();

/** Notes the socket below an encrypted connection. */
export function noteTransport(encrypted: Socket, transport: Socket): void {
  transports.set(encrypted, transport);
}

/** Returns the socket below an encrypted connection: only that can be reset. */
export function toTransport(socket: Socket): Socket {
  return transports.get(socket) ?? socket;
}
