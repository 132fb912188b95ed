import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { EmulatorOptions } from '../src/config/options.ts';
import { FakeDisk } from './support/fake-disk.ts';
import { createFolder } from './support/folder.ts';
import { takeLogged } from './support/log.ts';
import { startOnDisk } from './support/on-disk.ts';

const LANTERN = { Authorization: 'Bearer klaim_test_lantern' };
const CREDITS = '/klaim/users/ada/credits';
const RICH = `0x${'1'.repeat(40)}`;
const STREAM = `/decentraland/users/${RICH}/credits/stream`;

interface Started {
  readonly disk: FakeDisk;
  readonly agent: TestAgent;
  readonly url: string;
  /** Resolves when an exchange with this id has an answer, which may wait to be sent. */
  readonly answered: (id: string) => Promise<void>;
}

async function start(options: EmulatorOptions = {}): Promise<Started> {
  const disk = new FakeDisk();
  const { agent, url, sandboxes } = await startOnDisk({
    data: createFolder(),
    files: disk,
    providers: ['klaim', 'decentraland'],
    ...options,
  });
  return {
    disk,
    agent,
    url,
    answered: async (id) => {
      await expect.poll(() => sandboxes.get('default').journal.find(id), { interval: 5 }).toBeDefined();
    },
  };
}

interface Outcome {
  readonly status: number | undefined;
  readonly error: string | undefined;
}

async function change(agent: TestAgent, asked: string, sandbox = 'default'): Promise<Outcome> {
  const headers = { ...LANTERN, 'X-Emulator-Sandbox': sandbox, ...(asked !== '' && { 'X-Emulator-Inject': asked }) };
  try {
    const { status } = await agent.put(CREDITS).set(headers).send({ credit_delta: 6 });
    return { status, error: undefined };
  } catch (error) {
    return { status: undefined, error: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
  }
}

async function balance(agent: TestAgent, sandbox = 'default'): Promise<unknown> {
  const { body } = (await agent.get(CREDITS).set({ ...LANTERN, 'X-Emulator-Sandbox': sandbox })) as {
    readonly body: { readonly credit_balance?: number };
  };
  return body.credit_balance;
}

/** Whether a promise has settled by now, and by the time that an answer takes which waits for nothing. */
async function isOver(agent: TestAgent, promise: Promise<unknown>): Promise<boolean> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  promise.then(end, end);
  for (let round = 0; round < 3; round += 1) await agent.get('/_emulator/health').expect(200);
  return over;
}

describe('what a client sees of a change is durable', () => {
  it.each([
    ['', { status: 200, error: undefined }],
    ['status=503; phase=after', { status: 503, error: undefined }],
    ['status=500; phase=after; delay=20', { status: 500, error: undefined }],
    ['connection=reset; phase=after', { status: undefined, error: 'ECONNRESET' }],
    ['connection=empty; phase=after', { status: undefined, error: 'ECONNRESET' }],
    ['delay=20; phase=after', { status: 200, error: undefined }],
  ])('with the fault "%s"', async (asked, expected) => {
    const { disk, agent } = await start();
    const sync = disk.holdSync();
    const changing = change(agent, asked);
    await sync.reached;
    expect(await isOver(agent, changing)).toBe(false);
    sync.letGo();
    expect(await changing).toEqual(expected);
    expect(disk.afterPowerCut('nothing').read('emulator.log').toString()).toContain('"updateUserCredits"');
  });

  it('while it hangs, too', async () => {
    const { disk, agent } = await start();
    await agent
      .post('/_emulator/faults')
      .send({ phase: 'after', effect: { connection: 'hang' } })
      .expect(201);
    const hanging = change(agent, '');
    await expect.poll(() => balance(agent)).toBe(706);
    expect(await isOver(agent, hanging)).toBe(false);
    expect(disk.afterPowerCut('nothing').read('emulator.log').toString()).toContain('"updateUserCredits"');
    await agent.post('/_emulator/reset').expect(204);
    expect(await hanging).toEqual({ status: undefined, error: 'ECONNRESET' });
  });

  it('as well where something else was lost while its answer was late', async () => {
    const { disk, agent } = await start();
    const late = change(agent, 'delay=500; phase=after');
    await expect.poll(() => balance(agent)).toBe(706);
    const sync = disk.holdSync();
    const lost = change(agent, '');
    await sync.reached;
    sync.fail();
    expect(await lost).toEqual({ status: 500, error: undefined });
    expect(await late).toEqual({ status: 200, error: undefined });
    expect(await balance(agent)).toBe(706);
    takeLogged();
  });
});

describe('a read', () => {
  it('waits for what it saw, and is told of it when that was lost; one of another sandbox waits for nothing', async () => {
    const { disk, agent, answered } = await start();
    expect(await balance(agent, 'other')).toBe(700);
    const sync = disk.holdSync();
    const changing = change(agent, '');
    await sync.reached;
    const reading = agent
      .get(CREDITS)
      .set(LANTERN)
      .then(({ status, body }) => ({ status, body: body as unknown }));
    await answered('default-2');
    expect(await balance(agent, 'other')).toBe(700);
    expect(await isOver(agent, reading)).toBe(false);
    sync.fail();
    expect(await changing).toEqual({ status: 500, error: undefined });
    expect(await reading).toEqual({ status: 500, body: { message: 'Internal Server Error' } });
    expect(await balance(agent)).toBe(700);
    takeLogged();
  });
});

/** Events of a stream as they come. */
class Stream {
  text = '';

  constructor(response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    response.on('error', () => undefined);
    onTestFinished(() => {
      response.destroy();
    });
  }

  get totals(): readonly number[] {
    return [...this.text.matchAll(/"totalCredits":(\d+)/g)].map(([, total]) => Number(total));
  }
}

async function open(url: string): Promise<Stream> {
  const [response] = (await once(get(`${url}${STREAM}`, { agent: false }), 'response')) as [IncomingMessage];
  return new Stream(response);
}

function consume(agent: TestAgent): Promise<number> {
  return agent
    .post('/_emulator/controls/decentraland/consume')
    .send({ address: RICH, amount: '1' })
    .then(({ status }) => status);
}

describe('a push', () => {
  it('leaves for all who listen when it is durable, before the answer, and not at all where it was lost', async () => {
    const { disk, agent, url } = await start();
    const streams = await Promise.all(Array.from({ length: 100 }, () => open(url)));
    await expect.poll(() => streams.every(({ totals }) => totals.length === 1)).toBe(true);
    const [total = 0] = streams[0]?.totals ?? [];
    const first = disk.holdSync();
    const consuming = consume(agent);
    await first.reached;
    expect(await isOver(agent, consuming)).toBe(false);
    expect(streams.every(({ totals }) => totals.length === 1)).toBe(true);
    first.letGo();
    expect(await consuming).toBe(200);
    await expect.poll(() => streams.every(({ totals }) => totals.length === 2)).toBe(true);
    const second = disk.holdSync();
    const losing = consume(agent);
    await second.reached;
    second.fail();
    expect(await losing).toBe(500);
    expect(await consume(agent)).toBe(200);
    await expect.poll(() => streams.every(({ totals }) => totals.length === 3)).toBe(true);
    expect(new Set(streams.map(({ totals }) => totals.join()))).toEqual(
      new Set([[total, total - 1, total - 2].join()]),
    );
    takeLogged();
  });

  it('that a stream begins with is durable, too; where it was lost, it begins with what is so', async () => {
    const { disk, agent, url } = await start();
    const before = await open(url);
    await expect.poll(() => before.totals.length).toBe(1);
    const [total = 0] = before.totals;
    const kept = disk.holdSync();
    const consuming = consume(agent);
    await kept.reached;
    const opening = open(url);
    expect(await isOver(agent, opening)).toBe(false);
    kept.letGo();
    await consuming;
    const opened = await opening;
    await expect.poll(() => opened.totals).toEqual([total - 1]);

    const lost = disk.holdSync();
    const losing = consume(agent);
    await lost.reached;
    const refused = once(get(`${url}${STREAM}`, { agent: false }), 'response');
    expect(await isOver(agent, refused)).toBe(false);
    lost.fail();
    expect(await losing).toBe(500);
    const [{ statusCode }] = (await refused) as [IncomingMessage];
    expect(statusCode).toBe(500);
    takeLogged();
  });
});

/** What a start on the disk finds. */
async function balanceOn(files: FakeDisk): Promise<unknown> {
  const { agent, close } = await startOnDisk({ data: createFolder(), files, providers: ['klaim', 'decentraland'] });
  const found = await balance(agent);
  await close();
  return found;
}

describe('a disk that hangs', () => {
  it.each(['write', 'sync', 'find'])('in a %s holds up changes, and neither reads nor health', async (call) => {
    const { disk, agent } = await start();
    await balance(agent, 'other');
    let goOn = (): void => undefined;
    const hung = new Promise<void>((reached) => {
      disk.onPoint = (point) => {
        if (!point.startsWith(call)) return undefined;
        reached();
        return new Promise((resolve) => (goOn = resolve));
      };
    });
    const changed = change(agent, '');
    await hung;
    expect(await balance(agent, 'other')).toBe(700);
    await agent.get('/_emulator/health').expect(200);
    disk.onPoint = () => undefined;
    goOn();
    expect(await changed).toEqual({ status: 200, error: undefined });
    expect(await balance(agent)).toBe(706);
  });
});

describe('with a durability of', () => {
  it('os, an answer waits for the system to have the change, and for no disk', async () => {
    const { disk, agent } = await start({ durability: 'os' });
    disk.points.length = 0;
    expect(await change(agent, '')).toEqual({ status: 200, error: undefined });
    expect(disk.points).toEqual(['write emulator.log', 'find emulator.log']);
    expect(await balanceOn(disk.afterPowerCut('all'))).toBe(706);
    disk.onPoint = () => {
      throw new Error('ENOSPC');
    };
    expect(await change(agent, '')).toEqual({ status: 500, error: undefined });
    disk.onPoint = () => undefined;
    expect(await balance(agent)).toBe(706);
    takeLogged();
  });

  it('none, an answer waits for nothing, and what the disk did not take is written when it does', async () => {
    const { disk, agent } = await start({ durability: 'none' });
    disk.onPoint = () => {
      throw new Error('ENOSPC');
    };
    expect(await change(agent, '')).toEqual({ status: 200, error: undefined });
    await expect.poll(async () => (await agent.get('/_emulator/health')).status).toBe(503);
    expect(await balance(agent)).toBe(706);
    disk.onPoint = () => undefined;
    expect(await change(agent, '')).toEqual({ status: 200, error: undefined });
    await expect.poll(async () => (await agent.get('/_emulator/health')).status).toBe(200);
    expect(await balanceOn(disk.afterPowerCut('all'))).toBe(712);
    takeLogged();
  });
});
