import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { describe, expect, it, onTestFinished } from 'vitest';

import { sendPipelined } from '../support/pipeline.ts';

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
