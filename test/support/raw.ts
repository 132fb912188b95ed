import { connect } from 'node:net';

import { toAnswers, type WireAnswer } from './raw-socket.ts';

/**
 * Sends bytes as they are and reads one answer, for requests that no client would make.
 *
 * @param end whether our side of the connection is closed behind the bytes
 */
export function sendRaw(url: string, bytes: string | Buffer, end = true): Promise<WireAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      if (end) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.setTimeout(30_000, () => socket.destroy(new Error('No answer within thirty seconds.')));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const answer = parseAnswer(Buffer.concat(chunks));
      if (answer) {
        socket.destroy();
        resolve(answer);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error(`The connection ended after ${Buffer.concat(chunks).length} bytes.`));
    });
  });
}

function parseAnswer(bytes: Buffer): WireAnswer | undefined {
  const [answer] = toAnswers(bytes);
  if (!answer || answer.body.length < Number(answer.headers['content-length'] ?? 0)) return undefined;
  return { ...answer, body: Buffer.from(answer.body, 'latin1').toString() };
}
