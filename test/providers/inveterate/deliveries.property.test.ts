import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import { propertyRuns } from '../../support/property.ts';
import { ADA, BENOIT, LUMEN_KEY, anyId, it, startInveterate, submitted } from './api.ts';
import { addAll, CREDITS, deliver, list, startWith } from './webhook-calls.ts';

describe('a delivery that fails', () => {
  it('is repeated after 1, 10 and 60 seconds as the same event, and then given up', async () => {
    const { api, receiver } = await startWith('customer.updated');
    receiver.answerWith(503);
    await addAll(api, ADA, 1);
    const counts = [[...receiver.retryCounts]];
    for (const by of ['PT0.999S', 'PT0.001S', 'PT9.999S', 'PT0.001S', 'PT59.999S', 'PT0.001S', 'PT1H']) {
      await api.advance(by);
      counts.push([...receiver.retryCounts]);
    }
    expect(counts.map((all) => all.length)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(receiver.retryCounts).toEqual([0, 1, 2, 3]);
    const ids = receiver.received.map(({ body }) => [body.metadata['id'], body.metadata['triggerredAt']]);
    expect(new Set(ids.map(String)).size).toBe(1);
    const toTry = (at: string): object => ({
      ...{ at, duration: expect.any(Number) as number, status: 503, body: 'said 503', error: null },
    });
    expect(await list(api)).toEqual([
      {
        ...{ id: '1', provider: 'inveterate', topic: 'customer.updated', subject: ADA, subscription: anyId },
        ...{ url: `${receiver.url}/hook`, state: 'failed', at: START, dueAt: null, fault: null },
        ...{ retries: 3, leftOut: 0 },
        request: 'default-3',
        body: JSON.stringify(receiver.received.at(-1)?.body),
        tries: ['00:00.000', '00:01.000', '00:11.000', '01:11.000'].map((time) => toTry(`2026-01-01T00:${time}Z`)),
      },
    ]);
  });

  it('is in the journal once, with its last response, and not as a request of a client', async () => {
    const { api, receiver } = await startWith(CREDITS);
    receiver.answerWith(500);
    await api.add(ADA, { amount: 1 });
    await api.advance('PT5S');
    receiver.answerWith(204);
    await api.advance('PT10S');
    expect(await api.emulator('get', '/requests/default-3')).toMatchObject({
      ...{ id: 'default-3', provider: 'inveterate', operation: null, subject: ADA, method: 'POST' },
      ...{ url: `${receiver.url}/hook`, answer: { status: 204 }, changes: [], ledger: [], fault: null, reasons: [] },
      webhook: { id: '1', topic: CREDITS, state: 'delivered', tries: 3 },
    });
    expect(await api.emulator('get', '/requests?unmatched=true')).toEqual({ requests: [] });
    const match = { provider: 'inveterate', method: 'POST' };
    const counted = await api.emulator('post', '/requests/verify', { match, count: { exactly: 2 } });
    expect(counted).toMatchObject({ verified: true });
    const journal = (await api.emulator('get', '/requests')) as {
      readonly requests: readonly { readonly id: string }[];
    };
    expect(journal.requests.map(({ id }) => id)).toEqual(['default-3', 'default-2', 'default-1']);
  });

  it('delays later ones, so that they arrive in order', async () => {
    const { api, receiver } = await startWith(CREDITS);
    receiver.answerWith(500);
    await addAll(api, ADA, 1, 2, 3);
    expect(receiver.payloads.map(({ amount }) => amount)).toEqual([1]);
    receiver.answerWith(200);
    await api.advance('PT1S');
    expect(receiver.payloads.map(({ amount }) => amount)).toEqual([1, 1, 2, 3]);
  });

  it.each(['reset', 'redirect'] as const)('because of a %s is repeated', async (how) => {
    const { api, receiver } = await startWith(CREDITS);
    receiver.answer((_, response, request) => {
      if (how === 'reset') request.socket.resetAndDestroy();
      else response.writeHead(307, { Location: '/elsewhere' }).end();
    });
    await addAll(api, ADA, 1);
    receiver.answerWith(200);
    await api.advance('PT1S');
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook', '/hook']);
  });
});

describe('a receiver with a public address', () => {
  it.each([
    ['http://203.0.113.7/hook', '203.0.113.7'],
    ['http://169.254.169.254/latest', '169.254.169.254'],
    ['http://[fe80::1]/hook', 'fe80::1'],
    ['http://[::ffff:169.254.169.254]/', '::ffff:a9fe:a9fe'],
  ])('is never called, as the journal says: %s', async (url, host) => {
    const api = await startInveterate();
    await api.subscribe(CREDITS, url);
    await api.add(ADA, { amount: 1 });
    await api.advance('PT1H');
    const error = `${host} is not a loopback or private address, so it was not called; --allow-target permits it.`;
    expect(await list(api)).toMatchObject([{ state: 'failed', tries: [{ at: START, status: null, error }] }]);
    expect(await api.emulator('get', '/requests/default-3')).toMatchObject({
      ...{ url, answer: { status: null, ended: error }, webhook: { state: 'failed', tries: 1 } },
    });
  });
});

describe('the control API', () => {
  it('refuses a webhook', async ({ api }) => {
    const answer = await api.app.post('/_emulator/reset').set('X-Emulator-Webhook', '1').send({});
    expect([answer.status, answer.body]).toMatchObject([403, { title: 'Not for webhooks' }]);
  });

  it('repeats a delivery that failed or arrived, as a further retry', async () => {
    const { api, receiver } = await startWith(CREDITS);
    receiver.answerWith(500);
    await api.add(ADA, { amount: 1 });
    await api.advance('PT1H');
    receiver.answerWith(200);
    expect(await api.emulator('post', '/webhooks/1/send')).toMatchObject({ state: 'delivered', retries: 4 });
    expect(await api.emulator('post', '/webhooks/1/send')).toMatchObject({ state: 'delivered', retries: 5 });
    expect(receiver.retryCounts).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await api.emulator('post', '/webhooks/2/send')).toMatchObject({ status: 404, title: 'No such delivery' });
  });

  it('lists by topic, subject and state, in pages', async () => {
    const { api, receiver } = await startWith(CREDITS);
    await api.subscribe('customer.updated', receiver.url);
    for (const id of [ADA, BENOIT, ADA]) await api.add(id, { amount: 1 });
    await deliver(api);
    const ids = async (query: string): Promise<readonly string[]> => (await list(api, query)).map(({ id }) => id);
    expect(await ids(`?topic=${CREDITS}&subject=${ADA}`)).toEqual(['5', '1']);
    expect(await ids('?state=delivered&limit=2')).toEqual(['6', '5']);
    expect(await ids('?cursor=5&limit=2')).toEqual(['4', '3']);
    expect(await ids('?state=failed')).toEqual([]);
    expect(await ids('?provider=inveterate')).toHaveLength(6);
  });
});

describe('a fault rule', () => {
  it('drops, holds, doubles and reorders webhooks on purpose', async () => {
    const { api, receiver } = await startWith(CREDITS);
    const arm = (webhook: string, times: number, match: object = {}): Promise<unknown> =>
      api.emulator('post', '/faults', { provider: 'inveterate', match, times, effect: { webhook } });
    const send = async (...amounts: readonly number[]): Promise<readonly unknown[]> => {
      receiver.received.length = 0;
      await addAll(api, ADA, ...amounts);
      return receiver.payloads.map(({ amount }) => amount);
    };
    await arm('drop', 1, { topic: CREDITS });
    expect(await send(1, 2)).toEqual([2]);
    await arm('hold', 1, { subject: ADA });
    expect(await send(3, 4)).toEqual([4]);
    await arm('duplicate', 1);
    expect(await send(5, 6)).toEqual([5, 5, 6]);
    await arm('reorder', 1);
    expect(await send(7)).toEqual([]);
    expect(await send(8, 9)).toEqual([8, 7, 9]);
    expect(receiver.retryCounts).toEqual([0, 0, 0]);
    await arm('drop', 1, { topic: 'customer.updated' });
    expect(await send(10)).toEqual([10]);
    const states = (await list(api)).map(({ state }) => state).reverse();
    expect(states).toEqual(['dropped', 'delivered', 'held', ...Array.from({ length: 7 }, () => 'delivered')]);
    expect(await api.emulator('get', '/webhooks/1')).toMatchObject({ fault: 'fault-1', tries: [], request: null });
    receiver.received.length = 0;
    expect(await api.emulator('post', '/webhooks/3/send')).toMatchObject({ state: 'delivered', fault: 'fault-2' });
    expect(receiver.payloads.map(({ amount }) => amount)).toEqual([3]);
    expect(receiver.retryCounts).toEqual([0]);
  });

  it.each([
    [
      { operation: 'CreditsController_create', effect: { webhook: 'drop' } },
      'body/operation: A rule for webhooks names',
    ],
    [{ phase: 'before', effect: { webhook: 'drop' } }, 'body/phase: A webhook needs the phase "during", not "before".'],
    [{ match: { topic: 'x' }, effect: { status: 500 } }, 'body/match/topic: Only webhooks have a topic'],
    [{ effect: { webhook: 'drop', status: 500 } }, 'body/effect: A rule has one effect'],
  ])('that no webhook can meet is refused: %o', async (rule, detail) => {
    const api = await startInveterate();
    const answer = await api.emulator('post', '/faults', { provider: 'inveterate', ...rule });
    expect(answer).toMatchObject({ status: 400, detail: expect.stringContaining(detail) as string });
  });

  it('for webhooks matches no exchange, and no request can ask for it', async ({ api }) => {
    await api.emulator('post', '/faults', { effect: { webhook: 'drop' } });
    expect(await api.add(ADA, { amount: 1 })).toEqual(submitted);
    expect(await api.emulator('get', '/faults')).toMatchObject({ faults: [{ fired: 0 }] });
    const asked = await api.app
      .get('/inveterate/v2.0/merchant')
      .set({ 'X-Inveterate-Api-Key': LUMEN_KEY, 'X-Emulator-Inject': 'webhook=drop' });
    expect(asked.status).toBe(400);
  });
});

describe('a pending delivery', () => {
  it('is part of the state, of snapshots and of forks, and is deleted by a reset', async () => {
    const { api, receiver } = await startWith(CREDITS);
    receiver.answerWith(500);
    await addAll(api, ADA, 1);
    const state = (await api.emulator('get', '/state')) as object;
    await api.emulator('put', '/snapshots/before');
    await api.emulator('put', '/sandboxes/fork', { from: { sandbox: 'default' } });
    const waiting = await list(api);
    expect(waiting).toMatchObject([{ id: '1', state: 'waiting', tries: [{ status: 500 }] }]);
    receiver.answerWith(200);
    const agent = api.app;
    await agent.post('/_sandbox/fork/_emulator/clock/advance').send({ by: 'PT1S' }).expect(200);
    expect(receiver.retryCounts).toEqual([0, 1]);
    await api.emulator('post', '/reset');
    expect(await list(api)).toEqual([]);
    await api.advance('PT1S');
    expect(receiver.retryCounts).toEqual([0, 1]);
    await api.emulator('post', '/snapshots/before/restore');
    await api.advance('PT1S');
    expect(receiver.retryCounts).toEqual([0, 1, 1]);
    await agent.put('/_emulator/state').send(state).expect(204);
    expect(await list(api)).toEqual(waiting);
    await api.advance('PT1S');
    expect(receiver.retryCounts).toEqual([0, 1, 1, 1]);
    expect(await list(api)).toMatchObject([{ id: '1', state: 'delivered' }]);
  });
});

/** A thousand in the full suite. */
const CHANGES = propertyRuns(100);

describe(`${CHANGES} changes`, () => {
  it('arrive in order and at least once at a receiver that fails, resets, or is down for less than the retries last', async () => {
    const { api, receiver } = await startWith(CREDITS);
    let count = 0;
    // The first of three tries between two that fail anyway.
    const away = 3 * Math.floor(CHANGES / 6) + 2;
    // Twice it is down for three tries in a row. Otherwise every third try fails, every second time by a reset.
    receiver.answer((_, response, request) => {
      count += 1;
      if (count % 3 !== 0 && count > 3 && (count < away || count > away + 2)) response.writeHead(200).end();
      else if (count % 2 === 0) request.socket.resetAndDestroy();
      else response.writeHead(500).end();
    });
    for (let amount = 1; amount <= CHANGES; amount += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => api.add(ADA, { amount: amount + index })));
    }
    await api.advance('P1D');
    const amounts = (await api.emulatorLedger()).map(({ delta }) => Number(delta)).reverse();
    const taken = receiver.payloads.map(({ amount }) => amounts.indexOf(Number(amount)));
    expect([...new Set(taken)]).toEqual(amounts.map((_, index) => index));
    expect([...taken].sort((one, other) => one - other)).toEqual(taken);
    expect(taken.length).toBeGreaterThan(1.3 * CHANGES);
    expect(await list(api, '?state=delivered&limit=2000')).toHaveLength(CHANGES);
  });

  it('are given up one after another if the receiver is down for an hour, and can be repeated', async () => {
    const { api, receiver } = await startWith(CREDITS);
    receiver.answerWith(502);
    for (let amount = 1; amount <= 60; amount += 1) await api.add(ADA, { amount });
    await api.advance('PT1H');
    // 71 seconds each, and the next one is under way.
    expect(await list(api, '?state=failed')).toHaveLength(50);
    receiver.received.length = 0;
    receiver.answerWith(200);
    await api.advance('PT1M');
    expect(receiver.payloads.map(({ amount }) => amount)).toEqual([51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
    const failed = (await list(api, '?state=failed')).map(({ id }) => id).reverse();
    const { requests } = (await api.emulator('get', '/requests?status=502&limit=1000')) as { requests: object[] };
    expect(requests).toHaveLength(50);
    for (const id of failed) await api.emulator('post', `/webhooks/${id}/send`);
    expect(receiver.payloads.slice(10).map(({ amount }) => amount)).toEqual(failed.map(Number));
    expect(await list(api, '?state=delivered')).toHaveLength(60);
  });
});
