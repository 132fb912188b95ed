import { connect, type Socket } from 'node:net';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { describe, expect, it, onTestFinished } from 'vitest';

const MAIN = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const HEAP = 200;
const SANDBOXES = 10_000;
const PUTS = 1_000_000;

/** The built command with so many megabytes of heap; a process that needs more of it dies. */
async function start(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP}`, MAIN, 'start', '--port', '0', '--json', '--max-sandboxes', String(SANDBOXES + 1)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line) as { msg: string; url: string };
    if (msg === 'ready') return { url, child };
  }
  throw new Error('The command has not started.');
}

const BODY = JSON.stringify({ credit_delta: 1 });

/** Adds a credit to Ada's. */
function toPut(sandbox: string): string {
  return [
    'PUT /klaim/users/ada/credits HTTP/1.1',
    'Host: localhost',
    'Authorization: Bearer klaim_test_lantern',
    'Content-Type: application/json',
    `X-Emulator-Sandbox: ${sandbox}`,
    `Content-Length: ${BODY.length}`,
    '',
    BODY,
  ].join('\r\n');
}

async function readCredits(url: string, sandbox: string): Promise<unknown> {
  const headers = { authorization: 'Bearer klaim_test_lantern', 'x-emulator-sandbox': sandbox };
  return (await fetch(`${url}/klaim/users/ada/credits`, { headers })).json();
}

describe(`${HEAP} MB of heap`, () => {
  it(`carry ${SANDBOXES} sandboxes with a request each`, async () => {
    const { url, child } = await start();
    const counts = await sendPipelined(url, SANDBOXES, (n) => toPut(`suite-${n}`));
    expect([[...counts], child.exitCode]).toEqual([[['200', SANDBOXES]], null]);
    for (const n of [1, SANDBOXES]) expect(await readCredits(url, `suite-${n}`)).toMatchObject({ credit_balance: 701 });
  });

  it(`carry ${PUTS} changes of one balance`, async () => {
    const { url, child } = await start();
    const counts = await sendPipelined(url, PUTS, () => toPut('default'));
    expect([[...counts], child.exitCode]).toEqual([[['200', PUTS]], null]);
    const ledger = await fetch(`${url}/_emulator/ledger?limit=1`);
    expect(await ledger.json()).toMatchObject({
      entries: [{ id: String(PUTS), after: String(700 + PUTS) }],
      from: expect.stringMatching(/^\d+$/) as string,
    });
  });
});

/** How many requests are on their way on each connection. */
const BATCH = 50;
const CONNECTIONS = 16;
const STATUS_LINE = 'HTTP/1.1 ';

/**
 * Sends so many requests over some connections, many at once on each, and counts the answers by status. A client
 * that costs little beside the server.
 *
 * @param toRequest the bytes of the n-th request
 */
async function sendPipelined(
  url: string,
  amount: number,
  toRequest: (n: number) => string,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const { hostname, port } = new URL(url);
  let sent = 0;
  const takeBatch = (): readonly string[] => {
    const size = Math.min(BATCH, amount - sent);
    return Array.from({ length: size }, () => toRequest((sent += 1)));
  };
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let left = 0;
      let rest = '';
      const goOn = (): void => {
        const batch = takeBatch();
        left = batch.length;
        if (left > 0) socket.write(batch.join(''));
        else socket.destroy();
      };
      socket.on('connect', goOn);
      socket.on('data', (chunk: Buffer) => {
        const { statuses, remains } = takeStatuses(rest + chunk.toString('latin1'));
        rest = remains;
        for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
        left -= statuses.length;
        if (left === 0) goOn();
      });
      endWith(socket, resolve, reject);
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
  return counts;
}

function endWith(socket: Socket, resolve: () => void, reject: (error: Error) => void): void {
  socket.on('error', reject);
  socket.on('close', resolve);
}

/** Of whole status lines; what may be the beginning of another one is left for later. */
function takeStatuses(text: string): { readonly statuses: readonly string[]; readonly remains: string } {
  const statuses: string[] = [];
  let from = 0;
  for (let at = text.indexOf(STATUS_LINE); at >= 0; at = text.indexOf(STATUS_LINE, from)) {
    if (text.length < at + STATUS_LINE.length + 3) return { statuses, remains: text.slice(at) };
    statuses.push(text.slice(at + STATUS_LINE.length, at + STATUS_LINE.length + 3));
    from = at + STATUS_LINE.length + 3;
  }
  return { statuses, remains: text.slice(Math.max(from, text.length - STATUS_LINE.length + 1)) };
}
