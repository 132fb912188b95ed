import { describe, expect, it } from 'vitest';

import { EMPTY, PARTLY, RICH, SOON, creditId } from './api.ts';
import { startStreams, type StreamApi } from './stream-api.ts';

const [FIRST, SECOND] = [creditId(1), creditId(2)];

const TWO = [
  { id: FIRST, amount: 10, status: 'AVAILABLE' },
  { id: SECOND, amount: 2.5, status: 'AVAILABLE' },
];
const SECOND_ONLY = { credits: [{ id: SECOND, amount: 2.5, status: 'AVAILABLE' }], totalCredits: 2.5 };
const NOTHING = { credits: [], totalCredits: 0 };

/** The wallet `SOON` has one credit, until then. */
const EXPIRY = Date.parse('2026-01-01T01:00:00Z');

const toText = (milliseconds: number): string => new Date(milliseconds).toISOString();

describe('a stream', () => {
  it.each(['document', 'wire'])('sends the list of credits at once and after each change (%s)', async (format) => {
    const api = await startStreams({ set: [`decentraland.format=${format}`] });
    const listener = api.listen(RICH);
    const sizes = [];
    for (const [name, args] of [
      ['unflag', {}],
      ['grant', { amount: '4' }],
      ['consume', { amount: '11' }],
      ['revoke', { creditId: SECOND }],
    ] as const) {
      const snapshot = await listener.next();
      expect(snapshot).toEqual(await api.credits(RICH));
      sizes.push(snapshot.credits.length);
      await api.control(name, { address: RICH, ...args });
    }
    expect(await listener.next()).toEqual(await api.credits(RICH));
    expect(sizes).toEqual([2, 2, 3, 2]);
  });

  it('begins with an empty list if the wallet has no credits', async () => {
    const { listen } = await startStreams();
    expect(await listen(EMPTY).next()).toEqual(NOTHING);
  });
});

describe('the stream of a wallet', () => {
  interface Change {
    readonly cause: string;
    readonly act: (api: StreamApi) => Promise<unknown>;
    readonly then: object;
    readonly wallet?: string;
  }
  const one = { wallets: [{ address: RICH }], credits: [{ id: SECOND, address: RICH, amount: '2.5' }] };

  it.each<Change>([
    {
      cause: 'a grant',
      act: ({ control }) => control('grant', { address: RICH, amount: '1', expiresAt: null }),
      then: { credits: [...TWO, { amount: 1, status: 'AVAILABLE' }], totalCredits: 13.5 },
    },
    {
      cause: 'a credit is partly spent',
      act: ({ control }) => control('consume', { address: RICH, amount: '4' }),
      then: { credits: [{ id: FIRST, amount: 10, status: 'PARTIALLY_USED' }, TWO[1]], totalCredits: 8.5 },
    },
    {
      cause: 'all is spent',
      act: ({ control }) => control('consume', { address: RICH, amount: '12.5' }),
      then: NOTHING,
    },
    {
      cause: 'a credit is revoked',
      act: ({ control }) => control('revoke', { address: RICH, creditId: FIRST }),
      then: SECOND_ONLY,
    },
    {
      cause: 'the user is flagged',
      act: ({ control }) => control('flag', { address: RICH, cause: 'multi-account' }),
      then: { credits: TWO, totalCredits: 12.5 },
    },
    {
      cause: 'the clock is advanced past an expiry',
      wallet: SOON,
      act: ({ act }) => act('POST', '/clock/advance', { by: 'PT1H' }),
      then: NOTHING,
    },
    {
      cause: 'the clock is set to an expiry',
      wallet: SOON,
      act: ({ act }) => act('PUT', '/clock', { now: '2026-01-01T01:00:00Z' }),
      then: NOTHING,
    },
    {
      cause: 'a running clock reaches an expiry',
      wallet: SOON,
      act: ({ act }) => act('PUT', '/clock', { now: toText(EXPIRY - 30), frozen: false }),
      then: NOTHING,
    },
    {
      cause: 'another state is loaded',
      act: ({ act }) => act('PUT', '/state', { decentraland: one }),
      then: SECOND_ONLY,
    },
    { cause: 'a state without the wallet is loaded', act: ({ act }) => act('PUT', '/state', {}), then: NOTHING },
  ])('has one event more after $cause', async ({ act, wallet = RICH, then }) => {
    const api = await startStreams();
    const listener = api.listen(wallet);
    await listener.next();
    await act(api);
    expect(await listener.next()).toMatchObject(then);
    // Any other event would come before this one.
    await api.act('POST', '/reset');
    await listener.next();
    expect([listener.untaken, listener.errors]).toEqual([[], []]);
  });

  it('continues after resets, with the credits of the seed', async () => {
    const { listen, control, act, emulator } = await startStreams();
    const listener = listen(RICH);
    const first = await listener.next();
    for (const reset of [() => act('POST', '/reset'), () => Promise.resolve(emulator.reset())]) {
      await control('consume', { address: RICH, amount: '11' });
      expect(await listener.next()).toMatchObject({ totalCredits: 1.5 });
      await reset();
      expect(await listener.next()).toEqual(first);
    }
    await act('PUT', '/state', {});
    expect(await listener.next()).toEqual(NOTHING);
    await control('grant', { address: RICH, amount: '3' });
    expect(await listener.next()).toMatchObject({ totalCredits: 3 });
  });

  it('continues while the user is flagged, and after the flag has ended', async () => {
    const { listen, control, act } = await startStreams();
    const listener = listen(RICH);
    const first = await listener.next();
    await control('flag', { address: RICH, cause: 'captcha' });
    expect(await listener.next()).toEqual(first);
    await act('POST', '/clock/advance', { by: 'P1D' });
    expect(await listener.next()).toEqual(first);
    await control('flag', { address: RICH, cause: 'captcha' });
    expect(await listener.next()).toEqual(first);
    await control('consume', { address: RICH, amount: '1' });
    expect(await listener.next()).toMatchObject({ totalCredits: 11.5 });
    await control('unflag', { address: RICH });
    expect(await listener.next()).toMatchObject({ totalCredits: 11.5 });
    expect(listener.errors).toEqual([]);
  });

  it('ends with the rest if several credits expire in one move of the clock', async () => {
    const { listen, control, act, credits } = await startStreams();
    for (const hour of [2, 3]) {
      await control('grant', { address: SOON, amount: '1', expiresAt: `2026-01-01T0${hour}:00:00Z` });
    }
    const listener = listen(SOON);
    expect(await listener.next()).toMatchObject({ totalCredits: 6 });
    await act('POST', '/clock/advance', { by: 'PT2H' });
    let last = await listener.next();
    while (last.totalCredits !== 1) last = await listener.next();
    expect(last).toEqual(await credits(SOON));
    expect(listener.untaken).toEqual([]);
  });

  it.each<Omit<Change, 'then'>>([
    { cause: 'a read of the list', act: ({ credits }) => credits(RICH) },
    { cause: 'a registration of its user', act: ({ register }) => register(RICH) },
    { cause: 'a registration of another user', act: ({ register }) => register(`0x${'b'.repeat(40)}`) },
    {
      cause: 'a control that is refused',
      act: ({ act }) => act('POST', '/controls/decentraland/consume', { address: RICH, amount: '13' }),
    },
    { cause: 'a state that is refused', act: ({ act }) => act('PUT', '/state', { decentraland: { wallets: [{}] } }) },
    { cause: 'a pause of the season', act: ({ control }) => control('pauseSeason', {}) },
    { cause: 'the end of the season', act: ({ control }) => control('endSeason', {}) },
    { cause: 'the clock, if nothing expires', act: ({ act }) => act('POST', '/clock/advance', { by: 'P3D' }) },
    { cause: 'a deletion of the journal', act: ({ act }) => act('DELETE', '/requests') },
  ])('has no event after $cause', async ({ act }) => {
    const api = await startStreams();
    const listener = api.listen(RICH);
    await listener.next();
    await act(api);
    await api.control('consume', { address: RICH, amount: '1' });
    expect(await listener.next()).toMatchObject({ totalCredits: 11.5 });
    expect(listener.untaken).toEqual([]);
  });

  it('has the events of its own wallet, for each client', async () => {
    const { listen, control } = await startStreams();
    const listeners = [listen(RICH), listen(PARTLY), listen(RICH)];
    for (const { next } of listeners) await next();
    await control('consume', { address: RICH, amount: '1' });
    await control('consume', { address: PARTLY, amount: '1' });
    const told = await Promise.all(listeners.map(({ next }) => next()));
    expect(told.map(({ totalCredits }) => totalCredits)).toEqual([11.5, 2, 11.5]);
    expect(listeners.map(({ untaken }) => untaken)).toEqual([[], [], []]);
  });

  it('has no event of another sandbox', async () => {
    const { listen, control, act } = await startStreams();
    const sandboxes = ['default', 'one', 'two'].map((name) => ({ 'X-Emulator-Sandbox': name }));
    const listeners = sandboxes.map((headers) => listen(RICH, headers));
    for (const { next } of listeners) expect(await next()).toMatchObject({ totalCredits: 12.5 });
    for (const [index, headers] of sandboxes.entries()) {
      await control('consume', { address: RICH, amount: String(index + 1) }, headers);
    }
    const told = await Promise.all(listeners.map(({ next }) => next()));
    expect(told.map(({ totalCredits }) => totalCredits)).toEqual([11.5, 10.5, 9.5]);
    await act('POST', '/reset', undefined, sandboxes[1]);
    expect(await listeners[1]?.next()).toMatchObject({ totalCredits: 12.5 });
    expect(listeners.map(({ untaken }) => untaken)).toEqual([[], [], []]);
  });

  it('is the same for an address in any case', async () => {
    const address = `0x${'aBcDe'.repeat(8)}`;
    const { listen, control, register } = await startStreams();
    await register(address);
    const written = [address, address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`];
    const listeners = written.map((wallet) => listen(wallet));
    for (const { next } of listeners) expect(await next()).toEqual(NOTHING);
    await control('grant', { address, amount: '5' });
    for (const { next } of listeners) expect(await next()).toMatchObject({ totalCredits: 5 });
  });
});
