import { createServer, type ServerResponse } from 'node:http';

import { expect, it } from 'vitest';

import { connect, type Sandbox } from '../../src/client.ts';
import { occupyPort } from '../support/ports.ts';

/** What answers GET /events: each request by the next of these. */
async function serve(...answers: readonly ((response: ServerResponse) => void)[]): Promise<{
  readonly sandbox: Sandbox;
  readonly asked: unknown[];
}> {
  const asked: unknown[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push([url, headers['x-emulator-sandbox'], headers['last-event-id']]);
    answers[asked.length - 1]?.(response);
  });
  return { sandbox: connect(`http://127.0.0.1:${await occupyPort(0, server)}`).sandbox('checkout'), asked };
}

const write = (seq: number): string => `id: ${seq}\nevent: clock\ndata: ${JSON.stringify({ seq, now: 'é' })}\n\n`;

it('goes on behind what was seen where a connection breaks, and ends where the emulator ends it', async () => {
  const { sandbox, asked } = await serve(
    (response) => {
      const bytes = Buffer.from(`:\n\n${write(7)}${write(8)}id: 9\nevent: clock\nda`);
      response.writeHead(200);
      // In pieces, of which one ends within a character.
      const half = bytes.indexOf('é') + 1;
      response.write(bytes.subarray(0, half));
      setImmediate(() => response.write(bytes.subarray(half), () => setTimeout(() => response.destroy(), 50)));
    },
    (response) => response.end(write(9)),
  );
  const seen: unknown[] = [];
  for await (const { id, event, data } of sandbox.events({ after: '6' })) seen.push([id, event, data]);
  expect(seen).toEqual([7, 8, 9].map((seq) => [String(seq), 'clock', { seq, now: 'é' }]));
  expect(asked).toEqual([
    ['/_emulator/events', 'checkout', '6'],
    ['/_emulator/events', 'checkout', '8'],
  ]);
});

it('throws what is refused, and ends without a word when it is told to', async () => {
  const problem = { type: 'about:blank', title: 'No', status: 400, detail: 'It is wrong.', hint: 'Mend it.' };
  const { sandbox } = await serve(
    (response) => response.writeHead(400).end(JSON.stringify(problem)),
    (response) => response.writeHead(200).write(write(1)),
  );
  await expect(sandbox.events().next()).rejects.toMatchObject({ name: 'EmulatorError', ...problem });
  const ending = new AbortController();
  const events = sandbox.events({ signal: ending.signal });
  expect((await events.next()).value).toMatchObject({ id: '1' });
  ending.abort();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});
