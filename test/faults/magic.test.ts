import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { SERVICES, startMagic, type MagicApi, type MagicCall, type MagicService } from '../support/magic-calls.ts';
import { listMagic, type MagicName, type MagicSubject } from '../support/magic.ts';
import { exchange, startFaulty, toBytes } from '../support/raw-socket.ts';

function getMagic({ id }: MagicService, name: MagicName): MagicSubject {
  const magic = listMagic(id).find((one) => one.name === name);
  if (!magic) throw new Error(`${id} has no ${name}.`);
  return magic;
}

/** All that a fault in front of everything must leave as it is. */
async function look({ control }: MagicApi): Promise<readonly unknown[]> {
  return [await control('/state'), await control('/ledger')];
}

function journalled(magic: MagicSubject, call: MagicCall, entry: object): object {
  return { operation: call.operation, subject: magic.subject, ...entry };
}

/** The journal, newest first. */
async function readJournal({ control }: MagicApi, query = ''): Promise<readonly unknown[]> {
  return ((await control(`/requests?${query}`)) as { readonly requests: readonly unknown[] }).requests;
}

async function balanceOf({ control }: MagicApi, { subject }: MagicSubject): Promise<unknown> {
  const { accounts } = (await control(`/accounts?account=${subject}`)) as { accounts: { balance: string }[] };
  return accounts.map(({ balance }) => balance);
}

/** Moves the clock of delays until it has come. */
async function pass(coming: Promise<unknown>): Promise<void> {
  const state = { come: false };
  void coming.finally(() => (state.come = true));
  while (!state.come) {
    vi.advanceTimersByTime(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const STATUSES = [
  ['fault-401', 401],
  ['fault-404', 404],
  ['fault-409', 409],
  ['fault-500', 500],
] as const;

describe.each(SERVICES)('a magic subject of $id', (service) => {
  const { id, read, change } = service;

  it.each(STATUSES)('%s is answered %i in the words of the service, and nothing is stored', async (name, status) => {
    const api = await startMagic(service);
    const magic = getMagic(service, name);
    const before = await look(api);
    const fault = `magic:${magic.subject}; phase=before`;
    const calls = [read(magic.subject), change(magic.subject)];
    for (const call of calls) {
      expect(await api.send(call, magic)).toEqual({ status, fault, body: call.failures[status] });
    }
    expect(await look(api)).toEqual(before);
    const met = { fault: { id: `magic:${magic.subject}`, phase: 'before' }, changes: [], ledger: [], violations: [] };
    expect(await readJournal(api)).toMatchObject(
      calls.map((call) => journalled(magic, call, { answer: { status }, ...met })).reverse(),
    );
  });

  it('fault-slow answers as any other, but behind those who asked later', async () => {
    const api = await startMagic(service);
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const magic = getMagic(service, 'fault-slow');
    const fault = `magic:${magic.subject}; phase=before`;
    const order: string[] = [];
    const send = async (call: MagicCall, of: MagicSubject): Promise<unknown> => {
      const seen = await api.send(call, of);
      order.push(of.name);
      return seen;
    };
    const slow = send(change(magic.subject), magic);
    const other = getMagic(service, 'fault-409');
    await send(read(other.subject), other);
    await pass(slow);
    expect(await slow).toEqual({ ...change(magic.subject).natural, fault });
    expect(order).toEqual(['fault-409', 'fault-slow']);
    expect(await balanceOf(api, magic)).toEqual([service.changes ? '5' : '0']);
    expect(await readJournal(api, `fault=magic:${magic.subject}`)).toMatchObject([
      journalled(magic, change(magic.subject), { ledger: service.changes ? [{ delta: '5' }] : [] }),
    ]);
  });

  it('fault-reset ends the connection without an answer, and nothing is stored', async () => {
    const { url, act, journal } = await startFaulty({ providers: [id] });
    const magic = getMagic(service, 'fault-reset');
    const before = [await act('GET', '/state'), await act('GET', '/ledger')];
    const calls = [read(magic.subject), change(magic.subject)];
    for (const { method, path, body } of calls) {
      const headers = service.headers(magic);
      const bytes = toBytes(method, `/${id}${path}`, body ? { headers, body } : { headers });
      const socket = await exchange(url, bytes);
      expect([socket.end, socket.text()]).toEqual(['ECONNRESET', '']);
    }
    expect([await act('GET', '/state'), await act('GET', '/ledger')]).toEqual(before);
    const unanswered = { status: null, ended: 'reset without an answer' };
    const met = { answer: unanswered, changes: [], fault: { id: `magic:${magic.subject}`, phase: 'before' } };
    expect(await journal()).toMatchObject(calls.map((call) => journalled(magic, call, met)).reverse());
  });

  it('outlasts the rules, a reset and whoever asks without a key, in every sandbox', async () => {
    const { agent, send } = await startMagic(service);
    const magic = getMagic(service, 'fault-500');
    const { method, path, ...call } = read(magic.subject);
    const failure = { status: 500, fault: `magic:${magic.subject}; phase=before`, body: call.failures[500] };
    await agent.delete('/_emulator/faults').expect(204);
    expect(await send({ method, path }, magic)).toEqual(failure);
    await agent.post('/_emulator/reset').expect(204);
    expect(await send({ method, path }, magic)).toEqual(failure);
    const { status, headers } = await agent.get(`/${id}${path}`).set('X-Emulator-Sandbox', 'other');
    expect([status, headers['x-emulator-fault']]).toEqual([500, failure.fault]);
  });
});

describe.each(SERVICES.filter(({ changes }) => changes))('the subject fault-500-after of $id', (service) => {
  it('lets a change land, and answers 500 each time', async () => {
    const api = await startMagic(service);
    const magic = getMagic(service, 'fault-500-after');
    const call = service.change(magic.subject);
    const fault = `magic:${magic.subject}; phase=after`;
    const failure = { status: 500, fault, body: call.failures[500] };
    expect(await api.send(call, magic)).toEqual(failure);
    expect(await balanceOf(api, magic)).toEqual(['5']);
    expect(await api.send(call, magic)).toEqual(failure);
    expect(await balanceOf(api, magic)).toEqual(['10']);
    const landed = (before: string, after: string): object =>
      journalled(magic, call, {
        answer: { status: 500 },
        fault: { id: `magic:${magic.subject}`, phase: 'after' },
        changes: expect.arrayContaining([expect.objectContaining({ before: expect.anything() as unknown })]) as unknown,
        ledger: [{ account: magic.subject, delta: '5', before, after, operation: call.operation }],
      });
    expect(await readJournal(api)).toMatchObject([landed('5', '10'), landed('0', '5')]);
    expect(await api.control('/ledger')).toMatchObject({ entries: [{ after: '10' }, { after: '5' }] });
  });
});

describe.each(SERVICES.filter(({ readsCount }) => !readsCount))('the subject fault-500-after of $id', (service) => {
  it('answers as any other where nothing is changed', async () => {
    const api = await startMagic(service);
    const magic = getMagic(service, 'fault-500-after');
    const before = await look(api);
    const calls = [service.read(magic.subject), ...(service.changes ? [] : [service.change(magic.subject)])];
    for (const call of calls) expect(await api.send(call, magic)).toEqual({ ...call.natural, fault: undefined });
    expect(await look(api)).toEqual(before);
    expect(await readJournal(api)).toMatchObject(
      calls.map((call) => journalled(magic, call, { answer: { status: 200 }, fault: null, changes: [] })).reverse(),
    );
  });
});

describe.each(SERVICES.filter(({ readsCount }) => readsCount))('the subject fault-500-after of $id', (service) => {
  it('answers reads as any other, though they are counted', async () => {
    const api = await startMagic(service);
    const magic = getMagic(service, 'fault-500-after');
    const call = service.read(magic.subject);
    expect(await api.send(call, magic)).toEqual({ ...call.natural, fault: undefined });
    expect(await readJournal(api)).toMatchObject([
      journalled(magic, call, {
        answer: { status: 200 },
        fault: null,
        changes: [{ before: { events: { total: 0 } }, after: { events: { total: 1 } } }],
      }),
    ]);
  });
});
