import type { ServerResponse } from 'node:http';

/**
 * Sends what was written to a response at once; Node holds it back to the end of the turn. Newer versions hold it in
 * the response. Older ones hold it in its connection, and the response must then not be uncorked. The place of the
 * bytes shows which.
 */
export function flushWrites(response: ServerResponse): void {
  const { socket } = response;
  // A response that waits for an earlier one on its connection has no socket yet.
  if (!socket) return;
  if (response.writableLength > socket.writableLength) response.uncork();
  else socket.uncork();
}
