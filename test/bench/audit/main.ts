/**
 * `npm run bench:audit`: how long the audit takes of a history that `--history-bytes` was raised for, and how long nobody else
 * has a turn meanwhile. The history is made in this process by the front that serves requests, and takes a minute or two.
 */
import { parseArgs } from 'node:util';

import { compose } from '../../../src/compose/compose.ts';
import { readConfig } from '../../../src/config/imported-providers.ts';
import type { Request } from '../../../src/core/wire/request.ts';
import { silent } from '../../../src/core/values/logger.ts';
import { bundled } from '../../../src/providers/index.ts';
import { Watch } from './watch.ts';
import { toBeginning, toHeaders, toTurn, toTurnOfOne, USERS, type Turn } from './traffic.ts';

const MEGABYTE = 1_000_000;
/** Exchanges after which timers and streams have their turn while the history is made. */
const BATCH = 50;

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    times: { type: 'string', default: '3' },
    alone: { type: 'boolean', default: false },
  },
});
const next = values.alone ? toTurnOfOne : toTurn;
const wanted = Number(values.entries);

const config = await readConfig({ port: 0, journalSize: 1_000_000, historyBytes: 2 ** 39 }, bundled);
const composition = await compose(config, silent);
const { replayEnvironment, sandboxes, transport } = composition;
const sandbox = sandboxes.get('default');

const statuses = new Map<number, number>();
let exchanges = 0;

function send(turn: Turn, more: Record<string, string> = {}): void {
  const service = replayEnvironment.services.get(turn.provider);
  if (!service) throw new Error(`There is no "${turn.provider}".`);
  const { method, path, body } = turn.ask;
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const headers = { ...toHeaders(turn, bytes.length), ...more };
  const request: Request = { method, url: path, headers, body: bytes, onLeave: () => () => undefined };
  const handled = replayEnvironment.exchanges.handle(service, undefined, request);
  exchanges += 1;
  const status = typeof handled === 'object' && 'status' in handled ? handled.status : 0;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
}

function countEntries(): number {
  return sandbox.roots.numbering.entries;
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

const began = performance.now();
for (let number = 0; number < USERS; number += 1) send(toBeginning(number));
for (let number = 0; countEntries() < wanted;) {
  for (let count = 0; count < BATCH; count += 1, number += 1) {
    const turn = next(number);
    if (turn.isLost) send(turn, { 'x-emulator-inject': 'status=500; phase=after' });
    send(turn);
  }
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
const made = Math.round((performance.now() - began) / 1000);
globalThis.gc?.();
// What was found to be garbage is swept behind that, and whoever comes first would wait for it.
await new Promise((resolve) => {
  setTimeout(resolve, 3000);
});
const answered = [...statuses].map(([status, count]) => `${count} of ${status}`).join(', ');
tell(`${countEntries()} ledger entries, ${exchanges} exchanges (${answered}), made in ${made} s`);
tell(`told ${sandbox.events.position - sandbox.events.forgotten}, ${toMegabytes(process.memoryUsage().heapUsed)} MB`);

// What is loaded with the first act of all is no part of it.
await read('other');
for (let time = 1; time <= Number(values.times); time += 1) {
  await measure(`audit ${time}`);
  if (time === 1) await measure('asked again');
  // Only of the one that was asked for last it is known how far it was judged.
  await read('other');
}
await composition.close();
process.exit();

async function read(name?: string): Promise<readonly { readonly rule: string }[]> {
  const answer = await transport.send({ method: 'GET', path: '/audit', sandbox: name });
  const { findings } = JSON.parse(await answer.text()) as { readonly findings: readonly { readonly rule: string }[] };
  return findings;
}

async function measure(title: string): Promise<void> {
  // What has come due by now, maybe while the memory was cleared, happens with the next request whatever that asks for.
  await transport.send({ method: 'GET', path: '/clock', sandbox: 'default' });
  const watch = new Watch();
  const findings = await read();
  const { took, processor, worst, own, collected } = await watch.end();
  const figures = [
    `${title}: ${took.toFixed(0)} ms, ${processor.toFixed(0)} ms of processor time`,
    `worst turn ${worst.toFixed(1)} ms, without the collector ${own.toFixed(1)} ms, longest collection ${collected.toFixed(1)} ms`,
    `${toMegabytes(process.memoryUsage().heapUsed)} MB, ${findings.length} findings`,
  ];
  tell(figures.join('; '));
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / MEGABYTE);
}
