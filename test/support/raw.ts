import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes as they are and reads one answer, for requests that no client would make.
 *
 * @param end whether our side of the connection is closed behind the bytes
 */
export function sendRaw(url: string, bytes: string | Buffer, end = true): Promise<RawAnswer> {
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

function parseAnswer(bytes: Buffer): RawAnswer | undefined {
  const text = bytes.toString('latin1');
  const at = text.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, at).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const body = bytes.subarray(at + 4);
  if (body.length < Number(headers['content-length'] ?? 0)) return undefined;
  return { status: Number(first.split(' ')[1]), headers, body: body.toString('utf8') };
}
