import { describe, expect, it } from 'vitest';

import type { SandboxEvent } from '../src/client.ts';
import { createEmulator, type Emulator } from '../src/compose/emulator.ts';
import { START, startEmulator } from './support/emulator.ts';
import { createFolder } from './support/folder.ts';
import { testLogger } from './support/log.ts';
import { Receiver } from './support/receiver.ts';

const TOPIC = 'customer.credits.updated';
const ADA = '6100000000001';

async function call({ urls }: Pick<Emulator, 'urls'>, path: string, body: object): Promise<void> {
  const answer = await fetch(`${urls.inveterate}/v2.0/admin/${path}`, {
    method: 'POST',
    headers: { 'X-Inveterate-Api-Key': 'inveterate_test_lumen', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
}

async function subscribe(emulator: Emulator, callbackUrl: string): Promise<void> {
  await call(emulator, 'webhook-subscriptions', { topic: TOPIC, callbackUrl, name: 'test' });
}

const add = (emulator: Emulator, amount: number): Promise<void> => call(emulator, `members/${ADA}/credits`, { amount });

describe('webhooks by the library', () => {
  it('are listed, told as they happen and sent again', async () => {
    const emulator = await startEmulator({ providers: ['inveterate'] });
    const receiver = await Receiver.start();
    const world = emulator.sandbox('default');
    await subscribe(emulator, receiver.url);
    receiver.answerWith(500);
    const told: SandboxEvent[] = [];
    const ending = new AbortController();
    const events = world.events({ signal: ending.signal });
    const following = (async () => {
      for await (const event of events) if (event.event === 'webhook') told.push(event);
    })();
    await add(emulator, 5);
    await world.clock.advance('PT2M');
    const { webhooks } = await world.webhooks.list({ provider: 'inveterate', state: 'failed' });
    expect(webhooks).toMatchObject([{ id: '1', topic: TOPIC, tries: [{}, {}, {}, {}] }]);
    receiver.answerWith(200);
    expect(await world.webhooks.send('1')).toMatchObject({ id: '1', state: 'delivered' });
    expect(await world.webhooks.get('1')).toMatchObject({ tries: [{}, {}, {}, {}, { status: 200, body: 'said 200' }] });
    await expect.poll(() => told.length).toBe(6);
    ending.abort();
    await following;
    const steps = told.map(({ data }) => ('webhook' in data ? [data.webhook.state, data.webhook.tries.length] : []));
    expect(steps).toEqual([
      ...[1, 2, 3].map((tries) => ['waiting', tries]),
      ['failed', 4],
      ['waiting', 4],
      ['delivered', 5],
    ]);
  });

  it('reach a receiver that answers while forty-one others hang', async () => {
    const emulator = await startEmulator({ providers: ['inveterate'] });
    const [hanging, answering] = [await Receiver.start(), await Receiver.start()];
    hanging.answer(() => undefined);
    for (let n = 0; n < 41; n += 1) await subscribe(emulator, `${hanging.url}/${n}`);
    await subscribe(emulator, answering.url);
    await add(emulator, 5);
    await add(emulator, 6);
    await expect.poll(() => answering.received.length, { timeout: 4000 }).toBe(2);
  });

  it('go by themselves where the clock runs', async () => {
    const emulator = await createEmulator({ port: 0, providers: ['inveterate'] }, testLogger);
    const receiver = await Receiver.start();
    await subscribe(emulator, receiver.url);
    await add(emulator, 5);
    await expect.poll(() => receiver.payloads.map(({ amount }) => amount)).toEqual([5]);
    await emulator.close();
  });

  it('do not keep an emulator from closing, whose receiver is silent', async () => {
    const emulator = await createEmulator({ port: 0, clock: START, providers: ['inveterate'] }, testLogger);
    const receiver = await Receiver.start();
    receiver.answer(() => undefined);
    await subscribe(emulator, receiver.url);
    await add(emulator, 5);
    await expect.poll(() => receiver.received.length).toBe(1);
    await emulator.close();
    expect(receiver.received).toHaveLength(1);
  });
});

it.each([false, true])('a bundle is refused by the id of a webhook, recorded: %s', async (record) => {
  const emulator = await startEmulator({ providers: ['inveterate'], record });
  const receiver = await Receiver.start();
  const world = emulator.sandbox('default');
  await subscribe(emulator, receiver.url);
  await add(emulator, 5);
  await expect
    .poll(async () => (await world.webhooks.list()).webhooks.map(({ state }) => state))
    .toEqual(['delivered']);
  await add(emulator, 6);
  await expect(world.bundle()).rejects.toThrow(/The exchange "default-\d" is a webhook, and what its receiver does/);
});

describe('webhooks on disk', () => {
  it('outlive the process, and those that nobody took are sent by the next', async () => {
    const data = createFolder();
    const options = { port: 0, clock: START, providers: ['inveterate'], data } as const;
    const receiver = await Receiver.start();
    receiver.answer((_hook, _response, request) => void request.socket.resetAndDestroy());
    const first = await createEmulator(options, testLogger);
    await subscribe(first, receiver.url);
    for (const amount of [1, 2, 3]) await add(first, amount);
    await expect.poll(() => receiver.received.length).toBeGreaterThan(0);
    await first.close();
    receiver.received.length = 0;
    receiver.answerWith(200);
    const second = await createEmulator(options, testLogger);
    await second.sandbox('default').clock.advance('PT1S');
    expect([...new Set(receiver.payloads.map(({ amount }) => amount))]).toEqual([1, 2, 3]);
    const { webhooks } = await second.sandbox('default').webhooks.list();
    expect(webhooks.map(({ id, state }) => [id, state])).toEqual([
      ['3', 'delivered'],
      ['2', 'delivered'],
      ['1', 'delivered'],
    ]);
    await second.close();
  });
});
