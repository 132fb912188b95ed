import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { readAsStream, readIntoOwnBuffer } from '../../src/http/own-buffer.ts';
import { openSocket, startFaulty, toBytes, type Faulty } from '../support/raw-socket.ts';

const HEADERS = { Authorization: 'Bearer klaim_test_lantern' };
const CLIENTS = 20;

/** Each client adds another amount, so that whoever is given the bytes of another shows in the ledger. */
const AMOUNTS = Array.from({ length: CLIENTS }, (_, number) => 100 + number);

const toChange = (amount: number): string =>
  toBytes('PUT', '/klaim/users/ada/credits', { headers: HEADERS, body: { credit_delta: amount } });

/** What was taken for its amount, and what was kept of it. */
async function listAmounts({ act }: Faulty): Promise<readonly (readonly number[])[]> {
  const { entries } = (await act('GET', '/ledger')) as { readonly entries: readonly { readonly delta: string }[] };
  const { requests } = (await act('GET', '/requests')) as {
    readonly requests: readonly { readonly request: { readonly body: string } }[];
  };
  const bodies = requests.map(({ request }) => JSON.parse(request.body) as { readonly credit_delta: number });
  return [entries.map(({ delta }) => Number(delta)), bodies.map((body) => body.credit_delta)].map((amounts) =>
    amounts.toSorted((one, other) => one - other),
  );
}

/** One end of a connection as a server has it. */
async function takeSocket(): Promise<{ readonly socket: Socket; readonly client: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const taken = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  client.write('first');
  const socket = await taken;
  return { socket, client };
}

describe(readIntoOwnBuffer, () => {
  it('is there on this version of Node, for connections that a server has taken', async () => {
    const { socket } = await takeSocket();
    const pieces: string[] = [];
    readIntoOwnBuffer(socket, (chunk) => pieces.push(chunk.toString()));
    await expect.poll(() => pieces).toEqual(['first']);
    expect(socket.readableLength).toBe(0);
  });

  it.each([{ readStart: () => 0 }, null])('leaves a connection as it is that cannot be read so', (handle) => {
    const socket = { _handle: handle } as unknown as Socket;
    readIntoOwnBuffer(socket, () => undefined);
    readAsStream(socket);
    expect(Reflect.ownKeys(socket)).toEqual(['_handle']);
  });
});

describe(readAsStream, () => {
  it('has what comes next be data, which waits for who reads it', async () => {
    const { socket, client } = await takeSocket();
    const pieces: string[] = [];
    readIntoOwnBuffer(socket, (chunk) => {
      pieces.push(chunk.toString());
      readAsStream(socket);
    });
    await expect.poll(() => pieces).toEqual(['first']);
    const sent = Buffer.alloc(5_000_000, 'abcdefghijk');
    client.end(sent);
    // It is in the buffer of the stream, and more does not come.
    await expect.poll(() => socket.readableLength).toBeGreaterThan(socket.readableHighWaterMark / 2);
    expect(socket.readableLength).toBeLessThan(1_000_000);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
    expect(pieces).toEqual(['first']);
  });
});

describe('what came on a connection', () => {
  it.each<[string, (text: string) => readonly string[]]>([
    ['at once', (text: string) => [text]],
    ['with the last of the body behind all others', (text: string) => [text.slice(0, -3), text.slice(-3)]],
    ['with the body behind the heads of others', (text: string) => text.split(/(?<=\r\n\r\n)/)],
    [
      'in chunks, as node:http reads it',
      (text: string) => {
        const [head = '', body = ''] = text
          .replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked')
          .split(/(?<=\r\n\r\n)/);
        return [`${head}${body.length.toString(16)}\r\n${body.slice(0, -2)}`, `${body.slice(-2)}\r\n0\r\n\r\n`];
      },
    ],
  ])('%s is not lost to what comes on others while it is awaited', async (_, toPieces) => {
    const world = await startFaulty({ providers: ['klaim'] });
    await world.arm({ id: 'slow', effect: { delay: 50 } });
    const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => openSocket(world.url)));
    const texts = AMOUNTS.map((amount) => toPieces(toChange(amount)));
    for (const at of [0, 1]) {
      for (const [number, socket] of sockets.entries()) socket.send(texts[number]?.[at] ?? '');
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    await expect.poll(() => sockets.every((socket) => socket.answers().length === 1), { timeout: 10_000 }).toBe(true);
    expect(await listAmounts(world)).toEqual([AMOUNTS, AMOUNTS]);
  });
});
