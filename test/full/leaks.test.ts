import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { parseRule, type WrittenEffect } from '../../src/core/faults/fault-rule.ts';
import { board } from '../support/board.ts';
import { toBytes } from '../support/raw-socket.ts';
import { serveApp, type Served } from '../support/server.ts';

const MANY = 1000;
/** That come at the same time. */
const CROWD = 50;
/** Bytes that may be left of many exchanges. */
const MOST = 2_000_000;

const READ = toBytes('GET', '/board/notes/a', { headers: { Connection: 'close' } });
const STREAM = toBytes('GET', '/board/notes/a/stream');

interface Visit {
  readonly title: string;
  readonly effect: WrittenEffect;
  /** When the client leaves, if it does not wait for the end. */
  readonly leaves?: 'once all wait' | 'at the first bytes' | 'at once';
  readonly request?: string;
}

const VISITS: readonly Visit[] = [
  { title: 'connections that are reset', effect: { connection: 'reset' } },
  { title: 'connections that are closed', effect: { connection: 'empty' } },
  { title: 'connections that hang', effect: { connection: 'hang' }, leaves: 'once all wait' },
  { title: 'resets in mid-answer', effect: { connection: { reset: { afterBytes: 5 } } } },
  { title: 'resets in front of the body', effect: { connection: { reset: { afterBytes: 0 } } } },
  { title: 'truncated bodies', effect: { body: 'truncate' } },
  { title: 'bodies of garbage', effect: { body: 'garbage' } },
  { title: 'slow bodies', effect: { body: { slow: { bytesPerSecond: 1 } } }, leaves: 'at the first bytes' },
  { title: 'slow bodies that come whole', effect: { body: { slow: { bytesPerSecond: 10_000 } } } },
  { title: 'delays', effect: { delay: 5 } },
  { title: 'delays whose clients leave', effect: { delay: 30 }, leaves: 'at once' },
  { title: 'streams that are dropped', effect: { stream: 'drop' }, request: STREAM },
  { title: 'streams that stall', effect: { stream: 'stall' }, request: STREAM, leaves: 'at the first bytes' },
  { title: 'streams that are refused', effect: { stream: 'refuse' }, request: STREAM },
];

/** Looks again until it is so. Those of vitest remember what they have seen. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await check()) return;
    await sleep(2);
  }
  throw new Error(`It did not come to this: ${check.toString()}`);
}

/** Sends one request on a connection of its own. */
function visit(port: number, request: string, leaves: Visit['leaves']): { leave: () => void; ended: Promise<void> } {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.on('data', () => {
    if (leaves === 'at the first bytes') socket.destroy();
  });
  socket.write(request, () => {
    if (leaves === 'at once') socket.destroy();
  });
  return { leave: () => void socket.destroy(), ended: new Promise((resolve) => socket.once('close', () => resolve())) };
}

async function visitMany({ url, sandbox }: Served, { request = READ, leaves }: Visit, count: number): Promise<void> {
  const port = Number(new URL(url).port);
  for (let done = 0; done < count; done += CROWD) {
    const crowd = Array.from({ length: CROWD }, () => visit(port, request, leaves));
    if (leaves === 'once all wait') {
      await until(() => sandbox.waits.size === CROWD);
      for (const { leave } of crowd) leave();
    }
    await Promise.all(crowd.map(({ ended }) => ended));
  }
}

/** The timers that have been set since and are neither over nor cleared. */
function watchTimers(): ReadonlySet<unknown> {
  const left = new Set<unknown>();
  const { setTimeout: set, setInterval: repeat, clearTimeout: clear } = globalThis;
  vi.stubGlobal('setTimeout', (run: () => void, after?: number) => {
    const timer = set(() => {
      left.delete(timer);
      run();
    }, after);
    left.add(timer);
    return timer;
  });
  vi.stubGlobal('setInterval', (run: () => void, period?: number) => {
    const timer = repeat(run, period);
    left.add(timer);
    return timer;
  });
  for (const name of ['clearTimeout', 'clearInterval'] as const) {
    vi.stubGlobal(name, (timer: NodeJS.Timeout | undefined) => {
      left.delete(timer);
      clear(timer);
    });
  }
  onTestFinished(() => void vi.unstubAllGlobals());
  return left;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function measureHeap(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    await sleep(5);
    collect();
  }
  return process.memoryUsage().heapUsed;
}

describe(`${MANY} exchanges with a fault`, () => {
  it.each(VISITS)('leave nothing behind ($title)', async (kind) => {
    const served = await serveApp({ providers: [board], journalSize: 20, set: ['board.heartbeat=PT7M'] });
    const { sandbox, streams, countConnections } = served;
    const leak = parseRule({ effect: kind.effect }, 'leak', new Map());
    sandbox.changeFaults('test', (faults) => faults.put(leak, sandbox.clock.now()));
    const timers = watchTimers();
    const isEmpty = async (): Promise<boolean> =>
      (await countConnections()) + sandbox.waits.size + streams.size + sandbox.topics.size + timers.size === 0;
    // What is made once and kept.
    await visitMany(served, kind, MANY / 5);
    await until(isEmpty);
    const before = await measureHeap();
    await visitMany(served, kind, MANY);
    await until(isEmpty);
    expect((await measureHeap()) - before).toBeLessThan(MOST);
    expect([...sandbox.faults.list()].map(({ fired }) => fired)).toEqual([MANY * 1.2]);
    expect([...sandbox.journal.newest()].filter(({ faults }) => faults.length === 1)).toHaveLength(20);
  });
});
