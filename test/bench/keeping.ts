/** What a PUT leaves in the history of an emulator: prints kilobytes in memory, and what its ledger entry takes as JSON. Runs in a process of its own. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import type * as Library from '../../src/index.ts';

const COUNT = 10_000;
const KILOBYTE = 1000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const [built = ''] = process.argv.slice(2);
// The built code is loaded by its place, so that types are checked where nothing is built yet.
const { createEmulator } = (await import(pathToFileURL(join(built, 'index.js')).href)) as typeof Library;
const emulator = await createEmulator({ port: 0, providers: ['klaim'], logLevel: 'silent' });
const sandbox = emulator.sandbox();

async function put(): Promise<void> {
  const { KLAIM_BASE_URL = '', KLAIM_API_KEY = '' } = await sandbox.env();
  const headers = { authorization: `Bearer ${KLAIM_API_KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ credit_delta: 1 });
  for (let time = 0; time < COUNT; time += 1) {
    const answer = await fetch(`${KLAIM_BASE_URL}/users/ada/credits`, { method: 'PUT', headers, body });
    if (answer.status !== 200) throw new Error(`A PUT was answered with ${answer.status}.`);
    await answer.arrayBuffer();
  }
}

function measureHeap(): number {
  for (let time = 0; time < 4; time += 1) collect();
  return process.memoryUsage().heapUsed;
}

// The journal, which keeps the last exchanges whole, is full before it counts.
await put();
const before = measureHeap();
await put();
const kept = (measureHeap() - before) / COUNT / KILOBYTE;
const { entries } = await sandbox.ledger.list({ limit: 1 });
process.stdout.write(`${JSON.stringify({ kept, told: JSON.stringify(entries[0]).length / KILOBYTE })}\n`);
await emulator.close();
