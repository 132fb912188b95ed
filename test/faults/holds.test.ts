import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { WrittenRule } from '../../src/core/faults/fault-rule.ts';
import { openSocket, startFaulty, toBytes, type Faulty, type RawSocket } from '../support/raw-socket.ts';

const CREDITS = '/klaim/users/ada/credits';
const AUTHORIZATION = { Authorization: 'Bearer klaim_test_lantern' };
/** Longer than any test. */
const FOR_EVER = 2_000_000_000;

const start = (): Promise<Faulty> => startFaulty({ providers: ['klaim'] });

const RULE: WrittenRule = {
  id: 'gate',
  provider: 'klaim',
  operation: 'updateUserCredits',
  effect: { hold: { until: 2, timeout: FOR_EVER } },
};

function hold(hold: Partial<NonNullable<WrittenRule['effect']['hold']>>, more: Partial<WrittenRule> = {}): WrittenRule {
  return { ...RULE, ...more, effect: { hold: { until: 2, timeout: FOR_EVER, ...hold } } };
}

/** Sends a change by so much, and resolves as soon as it is held, or answered. */
async function change({ url, emulator }: Faulty, by: number): Promise<RawSocket> {
  const socket = await openSocket(url);
  const seen = emulator.sandbox().events();
  const next = seen.next();
  socket.send(toBytes('PUT', CREDITS, { headers: AUTHORIZATION, body: { credit_delta: by } }));
  await next;
  await seen.return();
  return socket;
}

/** What the ledger says, oldest first, and how the ones that caused it were answered. */
async function look({ act }: Faulty): Promise<unknown> {
  const { entries } = (await act('GET', '/ledger')) as { entries: readonly { delta: string }[] };
  return entries.map(({ delta }) => Number(delta)).toReversed();
}

async function answers(...sockets: readonly RawSocket[]): Promise<unknown> {
  await expect.poll(() => sockets.every((socket) => socket.answers().length > 0)).toBe(true);
  return sockets.map((socket) => {
    const [answer] = socket.answers();
    return [answer?.status, answer?.headers['x-emulator-fault'], JSON.parse(answer?.body ?? '') as unknown];
  });
}

function changed(balance: number): readonly unknown[] {
  const body = { message: 'resource updated successfully', credit_balance: balance };
  return [200, 'gate; phase=before', body];
}

describe('a hold', () => {
  it('keeps requests from being carried out until so many are there', async () => {
    const faulty = await start();
    await faulty.arm(RULE);
    const first = await change(faulty, 1);
    expect([first.text(), await look(faulty), await faulty.fired('gate')]).toEqual(['', [], 1]);
    const second = await change(faulty, 2);
    expect(await answers(first, second)).toMatchObject([changed(701), changed(703)]);
    expect([await look(faulty), await faulty.fired('gate')]).toEqual([[1, 2], 1]);
  });

  it.each([
    ['arrival', [1, 2, 3]],
    ['reverse', [3, 2, 1]],
    [
      [2, 3, 1],
      [2, 3, 1],
    ],
  ] as const)('lets them go in the order %j', async (release, order) => {
    const faulty = await start();
    await faulty.arm(hold({ until: 3, release }));
    const sockets = [await change(faulty, 1), await change(faulty, 2), await change(faulty, 3)];
    await answers(...sockets);
    expect(await look(faulty)).toEqual(order);
    const fault = { id: 'gate', phase: 'before', effect: hold({ until: 3, release }).effect };
    const entries = (await faulty.journal()).map((entry) => [entry.id, entry.fault]);
    expect(entries).toEqual(['default-3', 'default-2', 'default-1'].map((id) => [id, fault]));
  });

  it('lets them go by what they say where the release is by content, however they came', async () => {
    const faulty = await start();
    const operation = ['updateUserCredits', 'getUserCredits'];
    await faulty.arm(hold({ until: 4, release: { content: [1, 2, 3, 4] } }, { operation }));
    const get = await openSocket(faulty.url);
    get.send(toBytes('GET', CREDITS, { headers: AUTHORIZATION }));
    const sockets = [get];
    for (const by of [7, 3, 5]) sockets.push(await change(faulty, by));
    expect(await answers(...sockets)).toMatchObject([
      [200, 'gate; phase=before', { credit_balance: 715 }],
      changed(715),
      changed(703),
      changed(708),
    ]);
    expect(await look(faulty)).toEqual([3, 5, 7]);
  });

  it('after the change keeps back the answers, and lets these go in the order', async () => {
    const faulty = await start();
    await faulty.arm(hold({ release: 'reverse' }, { phase: 'after' }));
    const told: string[] = [];
    const first = await change(faulty, 1);
    expect([first.text(), await look(faulty)]).toEqual(['', [1]]);
    const events = faulty.emulator.sandbox().events();
    const next = events.next();
    const second = await change(faulty, 2);
    await next;
    await answers(first, second);
    for await (const { event, data } of events) {
      if (event === 'request') told.push(data.entry.id);
      if (told.length === 2) break;
    }
    expect([told, await look(faulty)]).toEqual([
      ['default-2', 'default-1'],
      [1, 2],
    ]);
  });

  it('counts groups, and lets pass what comes behind the last one', async () => {
    const faulty = await start();
    await faulty.arm(hold({}, { times: 1 }));
    const first = await change(faulty, 1);
    expect(await faulty.act('GET', '/faults')).toMatchObject({ faults: [{ fired: 1, remaining: 0 }] });
    const second = await change(faulty, 2);
    await answers(first, second);
    const third = await change(faulty, 4);
    expect(await answers(third)).toMatchObject([[200, undefined, { credit_balance: 707 }]]);
  });

  it('begins another group where it may', async () => {
    const faulty = await start();
    await faulty.arm(hold({ release: 'reverse' }, { times: 2 }));
    const sockets = [];
    for (const by of [1, 2, 4, 8]) sockets.push(await change(faulty, by));
    await answers(...sockets);
    expect([await look(faulty), await faulty.fired('gate')]).toEqual([[2, 1, 8, 4], 2]);
  });

  it('lets all go that are there at the time-out', async () => {
    const faulty = await start();
    await faulty.arm(hold({ until: 3, release: [3, 2, 1], timeout: 'PT0.3S' }));
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const sockets = [await change(faulty, 1), await change(faulty, 2)];
    vi.advanceTimersByTime(299);
    expect(await look(faulty)).toEqual([]);
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await answers(...sockets);
    expect(await look(faulty)).toEqual([2, 1]);
  });

  it('does not count a request whose client leaves, which does nothing', async () => {
    const faulty = await start();
    await faulty.arm(hold({}, { times: 1 }));
    const first = await change(faulty, 1);
    first.leave();
    await expect.poll(async () => (await faulty.journal()).length).toBe(1);
    expect(await faulty.journal()).toMatchObject([
      { answer: { status: null, ended: 'never answered; the client left' }, changes: [] },
    ]);
    const second = await change(faulty, 2);
    expect(second.text()).toBe('');
    await answers(second, await change(faulty, 4));
    expect(await look(faulty)).toEqual([2, 4]);
  });

  it('lets go what it holds when its rule goes', async () => {
    const faulty = await start();
    await faulty.arm(RULE);
    const first = await change(faulty, 1);
    await faulty.act('DELETE', '/faults');
    expect(await answers(first)).toEqual([changed(701)]);
  });

  it('goes together with another fault, which comes after it', async () => {
    const faulty = await start();
    await faulty.arm(RULE, { id: 'lost', phase: 'after', times: 1, effect: { status: 500 } });
    const sockets = [await change(faulty, 1), await change(faulty, 2)];
    expect(await answers(...sockets)).toMatchObject([
      [500, 'gate; phase=before, lost; phase=after', {}],
      [200, 'gate; phase=before', { credit_balance: 703 }],
    ]);
    expect(await look(faulty)).toEqual([1, 2]);
  });

  it('does not stop behind one that goes on to hang', async () => {
    const faulty = await start();
    await faulty.arm(hold({ release: 'reverse' }), {
      id: 'hang',
      match: { body: { credit_delta: 2 } },
      effect: { connection: 'hang' },
    });
    const [first, second] = [await change(faulty, 1), await change(faulty, 2)];
    expect(await answers(first)).toEqual([changed(701)]);
    expect(second.text()).toBe('');
  });

  it.each(['before', 'after'] as const)('%s the change is ended by a reset, and with the emulator', async (phase) => {
    const faulty = await start();
    await faulty.arm(hold({}, { phase }));
    const first = await change(faulty, 1);
    await faulty.act('POST', '/reset');
    expect([await first.ended, first.text(), await faulty.journal()]).toEqual(['end', '', []]);
    await faulty.arm(hold({}, { phase }));
    const second = await change(faulty, 1);
    await faulty.emulator.close();
    expect([await second.ended, second.text()]).toEqual(['end', '']);
  });

  it('cannot be asked for by a request', async () => {
    const { url } = await start();
    const headers = { ...AUTHORIZATION, 'X-Emulator-Inject': 'hold=2' };
    const refused = await fetch(url + CREDITS, { headers });
    const detail = 'X-Emulator-Inject: Only rules can hold requests, not requests or records.';
    expect([refused.status, await refused.json()]).toMatchObject([400, { detail }]);
  });
});
