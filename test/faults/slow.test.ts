import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { compose } from '../../src/compose/compose.ts';
import { toConfig } from '../../src/config/config.ts';
import { Contract } from '../../src/core/contract/contract.ts';
import { readBundled } from '../../src/core/values/bundled-file.ts';
import { Tally } from '../../src/core/exchange/tally.ts';
import { Engine, type Handled } from '../../src/core/exchange/engine.ts';
import { parseRule, type WrittenEffect, type WrittenRule } from '../../src/core/faults/fault-rule.ts';
import type { Sandbox } from '../../src/core/sandbox/sandbox.ts';
import { createProviderService } from '../../src/core/exchange/stages.ts';
import { stay } from '../support/arrival.ts';
import { board } from '../support/board.ts';
import { START } from '../support/emulator.ts';
import { testLogger } from '../support/log.ts';
import { tally } from '../support/providers.ts';
import { controlOf, exchange, openSocket, startFaulty, toBytes, type Faulty } from '../support/raw-socket.ts';
import { recordWrites, serveApp, type Served } from '../support/server.ts';

/** Milliseconds between two pieces of a slow body. */
const BEAT = 50;
const PATH = '/board/notes/a';
const BODY = '{"name":"a","version":0,"text":""}';
const READ = toBytes('GET', PATH);

type Slow = Served &
  Omit<Faulty, 'emulator'> & { readonly responses: readonly ServerResponse[]; readonly errors: unknown[] };

/** Notes come slowly, by a clock that the test moves. */
async function startSlow(bytesPerSecond: number): Promise<Slow> {
  const responses: ServerResponse[] = [];
  const errors: unknown[] = [];
  const served = await serveApp({ providers: [board] }, ({ url = '' }, response, handOn) => {
    if (url.startsWith('/board')) responses.push(response);
    response.on('error', (error) => errors.push(error));
    handOn();
  });
  const control = controlOf(served.url);
  await control.arm({ operation: 'getNote', effect: { body: { slow: { bytesPerSecond } } } });
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  return { ...served, ...control, responses, errors };
}

/** Once the server has begun with so many answers. */
async function begin({ responses }: Slow, count = 1): Promise<void> {
  await until(() => {
    expect(responses.filter(({ headersSent }) => headersSent)).toHaveLength(count);
  });
}

/** Looks again until it is so: the polling of vitest moves a clock that is the test's. */
async function until(check: () => void | Promise<void>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    try {
      await check();
      return;
    } catch {
      await sleep(5);
    }
  }
  await check();
}

const beat = (times = 1): void => void vi.advanceTimersByTime(times * BEAT);

describe('a slow body', () => {
  it('comes whole, in pieces, behind its headers', async () => {
    const slow = await startSlow(200);
    const written = recordWrites(slow.server);
    const socket = await openSocket(slow.url);
    socket.send(READ);
    for (const text of ['', BODY.slice(0, 10), BODY.slice(0, 20), BODY.slice(0, 30), BODY]) {
      await until(() => {
        expect(socket.answers()).toMatchObject([{ headers: { 'content-length': '34' }, body: text }]);
      });
      beat();
    }
    expect(written.slice(1).map(({ text }) => text.length)).toEqual([10, 10, 10, 4]);
    expect((await slow.journal()).map(({ answer }) => [answer.status, answer.body, answer.ended])).toEqual([
      [200, BODY, undefined],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is slower than a byte a beat comes byte by byte', async () => {
    const slow = await startSlow(2);
    const socket = await openSocket(slow.url);
    socket.send(READ);
    await begin(slow);
    beat(9);
    await until(() => {
      expect(socket.answers()).toMatchObject([{ body: '' }]);
    });
    beat(1);
    await until(() => {
      expect(socket.answers()).toMatchObject([{ body: '{' }]);
    });
    beat(10 * 33);
    await until(() => {
      expect(socket.answers()).toMatchObject([{ body: BODY }]);
    });
  });

  it('is whole to fetch, and keeps the connection for the next answer', async () => {
    const { url, arm } = await startFaulty({ providers: [board] });
    await arm({ effect: { body: { slow: { bytesPerSecond: 300 } } }, times: 1 });
    expect(await (await fetch(url + PATH)).text()).toBe(BODY);
    const socket = await openSocket(url);
    await arm({ effect: { body: { slow: { bytesPerSecond: 300 } } }, times: 1 });
    socket.send(READ + toBytes('GET', '/board/notes/b'));
    await until(() => {
      expect(socket.answers()).toMatchObject([{ body: BODY }, { body: BODY.replace('"a"', '"b"') }]);
    });
  });

  it.each([0, 1, 3])('that its client leaves after %i pieces is over, and the journal says so', async (pieces) => {
    const slow = await startSlow(200);
    const socket = await openSocket(slow.url);
    socket.send(READ);
    await begin(slow);
    beat(pieces);
    socket.leave();
    const ended = `the client left after ${pieces * 10} of 34 bytes`;
    await until(async () => {
      expect(await slow.journal()).toMatchObject([{ answer: { status: 200, ended } }]);
    });
    expect(vi.getTimerCount()).toBe(0);
    beat(10);
    expect(slow.errors).toEqual([]);
  });

  it('may be read later than it is sent', async () => {
    const slow = await startSlow(1_000_000_000);
    const { act, url } = slow;
    await act('PUT', '/state', { board: { notes: [{ name: 'a', version: 1, text: 'x', times: 8_000_000 }] } });
    const socket = await openSocket(url);
    socket.pause();
    socket.send(READ);
    await begin(slow);
    beat(10);
    // Errors come in a later turn.
    await act('GET', '/health');
    expect(slow.errors).toEqual([]);
    socket.resume();
    await until(() => {
      expect(socket.answers()[0]?.body.length).toBe(8_000_034);
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the answer in front of it, and is whole behind it', async () => {
    const slow = await startSlow(200);
    await slow.arm({ operation: 'putNote', effect: { delay: 200 } });
    const socket = await openSocket(slow.url);
    socket.send(toBytes('PUT', '/board/notes/b', { body: { text: 'y' } }) + READ);
    await begin(slow);
    beat(10);
    await until(() => {
      beat();
      expect(socket.answers()).toMatchObject([{ body: '{"version":1}' }, { body: BODY }]);
    });
    expect(slow.errors).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves nothing behind where its client leaves while it waits for the answer in front of it', async () => {
    const slow = await startSlow(200);
    await slow.arm({ id: 'hung', operation: 'putNote', effect: { connection: 'hang' } });
    const socket = await openSocket(slow.url);
    socket.send(toBytes('PUT', '/board/notes/b', { body: { text: 'y' } }) + READ);
    await begin(slow);
    beat(1);
    socket.leave();
    await until(() => {
      expect([slow.sandbox.waits.size, vi.getTimerCount()]).toEqual([0, 0]);
    });
  });

  it('says nothing of an exchange that a reset has forgotten', async () => {
    const slow = await startSlow(200);
    const socket = await openSocket(slow.url);
    socket.send(READ);
    await begin(slow);
    beat();
    await slow.act('POST', '/reset');
    await fetch(`${slow.url}/board/notes/b`, { headers: { Connection: 'close' } });
    socket.leave();
    await until(async () => {
      expect(await slow.countConnections()).toBe(0);
    });
    const entries = await slow.journal();
    expect(entries.map(({ id, answer }) => [id, answer.ended])).toEqual([['default-1', undefined]]);
  });

  it('is told in the journal to have ended before its time, even behind another state', async () => {
    const slow = await startSlow(200);
    const socket = await openSocket(slow.url);
    socket.send(READ);
    await begin(slow);
    beat();
    await slow.act('PUT', '/state', {});
    socket.leave();
    await until(async () => {
      expect(await slow.journal()).toMatchObject([
        { id: 'default-1', answer: { ended: 'the client left after 10 of 34 bytes' } },
      ]);
    });
  });
});

describe('a client that leaves during a delay', () => {
  it.each(['before', 'after'] as const)('%s its change finds it carried out all the same', async (phase) => {
    const { url, arm, fired, journal } = await startFaulty({ providers: [board] });
    await arm({ id: 'late', operation: 'putNote', phase, effect: { delay: 100 } });
    const socket = await openSocket(url);
    socket.send(toBytes('PUT', PATH, { body: { text: 'x' } }));
    await expect.poll(() => fired('late')).toBe(1);
    socket.leave();
    await expect
      .poll(journal)
      .toMatchObject([
        { operation: 'putNote', answer: { status: 200, body: '{"version":1}' }, fault: { id: 'late', phase } },
      ]);
    expect(await (await fetch(url + PATH)).json()).toEqual({ name: 'a', version: 1, text: 'x' });
  });
});

describe('a delay', () => {
  it('keeps nobody else waiting', async () => {
    const { url, arm, fired } = await startFaulty({ providers: [board] });
    await arm({ id: 'late', effect: { delay: 2_000_000_000 }, times: 1 });
    const socket = await openSocket(url);
    socket.send(READ);
    await expect.poll(() => fired('late')).toBe(1);
    expect(await (await fetch(url + PATH)).json()).toEqual({ name: 'a', version: 0, text: '' });
    expect(socket.text()).toBe('');
  });

  it('puts off the answer, which is what it would have been', async () => {
    const { url, arm } = await startFaulty({ providers: [board] });
    await arm({ id: 'late', effect: { delay: 20 } }, { id: 'later', effect: { delay: { uniform: [5, 10] } } });
    const { answers } = await exchange(url, toBytes('GET', PATH, { headers: { Connection: 'close' } }));
    expect(answers()).toMatchObject([
      { status: 200, headers: { 'x-emulator-fault': 'late; phase=before, later; phase=before' }, body: BODY },
    ]);
  });
});

interface Opened {
  readonly sandbox: Sandbox;
  /** Whether the answer has come. */
  readonly add: () => () => boolean;
}

/** An engine without a connection, by a clock that the test moves. */
async function open(...rules: readonly Omit<WrittenRule, 'id'>[]): Promise<Opened> {
  const { sandboxes } = await compose(toConfig({ providers: [tally], clock: START, randomSeed: 3 }, []), testLogger);
  const contract = await Contract.load((await readBundled(tally.document)) as object, { check: false });
  const service = createProviderService(tally, contract, { strict: false });
  const sandbox = sandboxes.get('default');
  for (const [index, rule] of rules.entries()) {
    const parsed = parseRule(rule, `rule-${index}`, new Map());
    sandbox.changeFaults('test', (faults) => faults.put(parsed, sandbox.clock.now()));
  }
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const engine = new Engine(testLogger, new Tally());
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', url: '/counters/a/add', headers, body: Buffer.from('{"by":1}'), onLeave: stay };
  return {
    sandbox,
    add: () => {
      const handled = engine.handle({ service, sandbox, request, credential: undefined });
      let answer: Handled | undefined = handled instanceof Promise ? undefined : handled;
      if (handled instanceof Promise) void handled.then((later) => (answer = later));
      return () => answer !== undefined;
    },
  };
}

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

/** After how many milliseconds the answer comes. */
async function measure(isAnswered: () => boolean, most = 10_000): Promise<number> {
  for (let passed = 0; passed < most; passed += 1) {
    await pass(0);
    if (isAnswered()) return passed;
    await pass(1);
  }
  throw new Error(`No answer within ${most} ms.`);
}

const toDelay = (
  delay: NonNullable<WrittenEffect['delay']>,
  phase: NonNullable<WrittenRule['phase']> = 'before',
): Omit<WrittenRule, 'id'> => ({ effect: { delay }, phase });

describe('the length of a delay', () => {
  it.each([
    { rules: [toDelay(300)], length: 300 },
    { rules: [toDelay(300), toDelay(200)], length: 500 },
    { rules: [toDelay(300), toDelay(200, 'after'), toDelay(45)], length: 545 },
    {
      rules: [toDelay(300), { effect: { status: 500, delay: 20 } }, { effect: { status: 501, delay: 70 } }],
      length: 320,
    },
    { rules: [toDelay(0)], length: 0 },
    { rules: [{ ...toDelay(300), enabled: false }, toDelay(20)], length: 20 },
  ])('is the sum of all that fit ($length)', async ({ rules, length }) => {
    const { add } = await open(...rules);
    expect(await measure(add())).toBe(length);
  });

  it('is even between two bounds, and the same again with the same seed', async () => {
    const lengths = async (): Promise<readonly number[]> => {
      const { add } = await open(toDelay({ uniform: [100, 140] }));
      const measured: number[] = [];
      for (let count = 0; count < 100; count += 1) measured.push(await measure(add()));
      return measured;
    };
    const measured = await lengths();
    expect(Math.min(...measured)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...measured)).toBeLessThanOrEqual(140);
    expect(new Set(measured).size).toBeGreaterThan(30);
    expect(await lengths()).toEqual(measured);
  });

  it('is not cut short where it is more than a timer holds', async () => {
    const { add, sandbox } = await open(toDelay(2_147_483_647), toDelay(2_147_483_647));
    const isAnswered = add();
    await pass(1_000_000);
    expect(isAnswered()).toBe(false);
    sandbox.close();
    expect(sandbox.waits.size).toBe(0);
  });

  it('passes for several at the same time', async () => {
    const { add, sandbox } = await open(toDelay(100));
    const first = add();
    await pass(60);
    const second = add();
    expect(sandbox.waits.size).toBe(2);
    await pass(40);
    expect([first(), second(), sandbox.waits.size]).toEqual([true, false, 1]);
    await pass(60);
    expect([second(), sandbox.waits.size]).toEqual([true, 0]);
  });
});
