import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import autocannon from 'autocannon';
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

const headers = { authorization: 'Bearer klaim_test_lantern', 'content-type': 'application/json' };

describe(`${HEAP} MB of heap`, () => {
  it(`carry ${SANDBOXES} sandboxes with a request each`, async () => {
    const { url, child } = await start();
    let n = 0;
    const result = await autocannon({
      url: `${url}/klaim/users/ada/credits`,
      amount: SANDBOXES,
      connections: 20,
      requests: [
        {
          method: 'PUT',
          headers,
          body: JSON.stringify({ credit_delta: 1 }),
          setupRequest: (request) => ({
            ...request,
            headers: { ...request.headers, 'x-emulator-sandbox': `suite-${(n += 1)}` },
          }),
        },
      ],
    });
    expect([result['2xx'], result.non2xx, child.exitCode]).toEqual([SANDBOXES, 0, null]);
    const last = await fetch(`${url}/klaim/users/ada/credits`, {
      headers: { ...headers, 'x-emulator-sandbox': 'suite-1' },
    });
    expect([last.status, await last.json()]).toEqual([
      200,
      { message: 'fetch resource successfully', credit_balance: 701 },
    ]);
  });

  it(`carry ${PUTS} changes of one balance`, async () => {
    const { url, child } = await start();
    const result = await autocannon({
      url: `${url}/klaim/users/ada/credits`,
      amount: PUTS,
      connections: 32,
      method: 'PUT',
      headers,
      body: JSON.stringify({ credit_delta: 1 }),
    });
    expect([result['2xx'], result.non2xx, child.exitCode]).toEqual([PUTS, 0, null]);
    const ledger = await fetch(`${url}/_emulator/ledger?limit=1`);
    expect(await ledger.json()).toMatchObject({
      entries: [{ id: String(PUTS), after: String(700 + PUTS) }],
      from: expect.stringMatching(/^\d+$/) as string,
    });
  });
});
