import type { ServerResponse } from 'node:http';

/**
 * Gives the system what was written to a response, which Node holds back to the end of the turn:
 * newer versions in the response, older ones in its connection, and there the response must not
 * be uncorked. Where the bytes are tells which.
 */
export function flushWrites(response: ServerResponse): void {
  const { socket } = response;
  // One that waits behind another on its connection has none yet.
  if (!socket) return;
  if (response.writableLength > socket.writableLength) response.uncork();
  else socket.uncork();
}
