import { describe, expect, it } from 'vitest';

import { EMPTY, EXPIRING, FIRST, PARTLY_USED, RICH, SECOND, startStreams, type StreamApi } from './stream-api.ts';

const TWO = [
  { id: FIRST, amount: 10, status: 'AVAILABLE' },
  { id: SECOND, amount: 2.5, status: 'AVAILABLE' },
];
const SECOND_ONLY = { credits: [{ id: SECOND, amount: 2.5, status: 'AVAILABLE' }], totalCredits: 2.5 };
const NOTHING = { credits: [], totalCredits: 0 };

/** The wallet `EXPIRING` has one credit, until then. */
const EXPIRY = Date.parse('2026-01-01T01:00:00Z');

const toText = (milliseconds: number): string => new Date(milliseconds).toISOString();

describe('a stream', () => {
  it.each(['document', 'wire'])('begins with the credits as they are, as the list has them (%s)', async (format) => {
    const api = await startStreams({ set: [`decentraland.format=${format}`] });
    const listener = api.listen(RICH);
    const first = await listener.next();
    expect(first).toEqual(await api.credits(RICH));
    expect(first.credits).toHaveLength(2);
  });

  it('begins with an empty list where there are no credits', async () => {
    const { listen } = await startStreams();
    expect(await listen(EMPTY).next()).toEqual(NOTHING);
  });

  it.each(['document', 'wire'])(
    'tells the whole list again after every change, as the list has it (%s)',
    async (format) => {
      const api = await startStreams({ set: [`decentraland.format=${format}`] });
      const listener = api.listen(RICH);
      const told = [await listener.next()];
      for (const [name, args] of [
        ['grant', { amount: '4' }],
        ['consume', { amount: '11' }],
        ['revoke', { creditId: SECOND }],
      ] as const) {
        await api.control(name, { address: RICH, ...args });
        const snapshot = await listener.next();
        expect(snapshot).toEqual(await api.credits(RICH));
        told.push(snapshot);
      }
      expect(told.map(({ credits }) => credits.length)).toEqual([2, 3, 2, 1]);
    },
  );
});

describe('the stream of a wallet', () => {
  interface Change {
    readonly cause: string;
    readonly act: (api: StreamApi) => Promise<unknown>;
    readonly then: object;
    readonly wallet?: string;
  }
  it.each<Change>([
    {
      cause: 'a grant',
      act: ({ control }) => control('grant', { address: RICH, amount: '1', expiresAt: null }),
      then: { credits: [...TWO, { amount: 1, status: 'AVAILABLE' }], totalCredits: 13.5 },
    },
    {
      cause: 'a part of a credit was spent',
      act: ({ control }) => control('consume', { address: RICH, amount: '4' }),
      then: { credits: [{ id: FIRST, amount: 10, status: 'PARTIALLY_USED' }, TWO[1]], totalCredits: 8.5 },
    },
    {
      cause: 'all was spent',
      act: ({ control }) => control('consume', { address: RICH, amount: '12.5' }),
      then: NOTHING,
    },
    {
      cause: 'a credit was taken back',
      act: ({ control }) => control('revoke', { address: RICH, creditId: FIRST }),
      then: SECOND_ONLY,
    },
    {
      cause: 'the user was flagged',
      act: ({ control }) => control('flag', { address: RICH, cause: 'multi-account' }),
      then: { credits: TWO, totalCredits: 12.5 },
    },
    {
      cause: 'the clock was moved behind an expiry',
      wallet: EXPIRING,
      act: ({ act }) => act('POST', '/clock/advance', { by: 'PT1H' }),
      then: NOTHING,
    },
    {
      cause: 'the clock was set behind an expiry',
      wallet: EXPIRING,
      act: ({ act }) => act('PUT', '/clock', { now: '2026-01-01T01:00:00Z' }),
      then: NOTHING,
    },
    {
      cause: 'a running clock came to an expiry',
      wallet: EXPIRING,
      act: ({ act }) => act('PUT', '/clock', { now: toText(EXPIRY - 30), frozen: false }),
      then: NOTHING,
    },
    {
      cause: 'another state was put in',
      act: ({ act }) =>
        act('PUT', '/state', {
          decentraland: {
            wallets: [{ address: RICH }],
            credits: [{ id: SECOND, address: RICH, amount: '2.5' }],
          },
        }),
      then: SECOND_ONLY,
    },
    {
      cause: 'a state was put in that does not know the wallet',
      act: ({ act }) => act('PUT', '/state', {}),
      then: NOTHING,
    },
  ])('has one event more after $cause', async ({ act, wallet = RICH, then }) => {
    const api = await startStreams();
    const listener = api.listen(wallet);
    await listener.next();
    await act(api);
    expect(await listener.next()).toMatchObject(then);
    // Whatever else there were to come would come before this.
    await api.act('POST', '/reset');
    await listener.next();
    expect(listener.untaken).toEqual([]);
    expect(listener.errors).toEqual([]);
  });

  it('has the credits of the seed after a reset, and goes on', async () => {
    const { listen, control, act, emulator } = await startStreams();
    const listener = listen(RICH);
    const first = await listener.next();
    await control('consume', { address: RICH, amount: '11' });
    expect(await listener.next()).toMatchObject({ totalCredits: 1.5 });
    await act('POST', '/reset');
    expect(await listener.next()).toEqual(first);
    await control('consume', { address: RICH, amount: '12' });
    expect(await listener.next()).toMatchObject({ totalCredits: 0.5 });
    emulator.reset();
    expect(await listener.next()).toEqual(first);
  });

  it('goes on while the user is flagged and when it is no more', async () => {
    const { listen, control } = await startStreams();
    const listener = listen(RICH);
    const first = await listener.next();
    await control('flag', { address: RICH, cause: 'captcha' });
    expect(await listener.next()).toEqual(first);
    await control('consume', { address: RICH, amount: '1' });
    expect(await listener.next()).toMatchObject({ totalCredits: 11.5 });
    await control('unflag', { address: RICH });
    expect(await listener.next()).toMatchObject({ totalCredits: 11.5 });
    expect(listener.errors).toEqual([]);
  });

  it('has an event when the flag of a captcha ends', async () => {
    const { listen, control, act } = await startStreams();
    const listener = listen(RICH);
    const first = await listener.next();
    await control('flag', { address: RICH, cause: 'captcha' });
    await listener.next();
    await act('POST', '/clock/advance', { by: 'P1D' });
    expect(await listener.next()).toEqual(first);
  });

  it('ends with what is left when several credits expire in one move of the clock', async () => {
    const { listen, control, act, credits } = await startStreams();
    for (const hour of [2, 3]) {
      await control('grant', { address: EXPIRING, amount: '1', expiresAt: `2026-01-01T0${hour}:00:00Z` });
    }
    const listener = listen(EXPIRING);
    expect(await listener.next()).toMatchObject({ totalCredits: 6 });
    await act('POST', '/clock/advance', { by: 'PT2H' });
    let last = await listener.next();
    while (last.totalCredits !== 1) last = await listener.next();
    expect(last).toEqual(await credits(EXPIRING));
    expect(listener.untaken).toEqual([]);
  });

  it('has an event when the wallet comes back with another state', async () => {
    const { listen, act, control } = await startStreams();
    const listener = listen(RICH);
    const first = await listener.next();
    await act('PUT', '/state', {});
    expect(await listener.next()).toEqual(NOTHING);
    await control('grant', { address: RICH, amount: '3' });
    expect(await listener.next()).toMatchObject({ totalCredits: 3 });
    await act('POST', '/reset');
    expect(await listener.next()).toEqual(first);
  });

  it.each<Omit<Change, 'then'>>([
    { cause: 'that it is asked for', act: ({ credits }) => credits(RICH) },
    { cause: 'that its user is registered again', act: ({ register }) => register(RICH) },
    { cause: 'that another user is registered', act: ({ register }) => register(`0x${'b'.repeat(40)}`) },
    {
      cause: 'a control that is refused',
      act: ({ act }) => act('POST', '/controls/decentraland/consume', { address: RICH, amount: '13' }),
    },
    { cause: 'a state that is refused', act: ({ act }) => act('PUT', '/state', { decentraland: { wallets: [{}] } }) },
    { cause: 'a season that is paused', act: ({ control }) => control('pauseSeason', {}) },
    { cause: 'a season that ends', act: ({ control }) => control('endSeason', {}) },
    { cause: 'the clock, where nothing expires', act: ({ act }) => act('POST', '/clock/advance', { by: 'P3D' }) },
    { cause: 'the journal', act: ({ act }) => act('DELETE', '/requests') },
  ])('is not disturbed by $cause', async ({ act }) => {
    const api = await startStreams();
    const listener = api.listen(RICH);
    await listener.next();
    await act(api);
    await api.control('consume', { address: RICH, amount: '1' });
    expect(await listener.next()).toMatchObject({ totalCredits: 11.5 });
    expect(listener.untaken).toEqual([]);
  });

  it('tells nothing of another wallet', async () => {
    const { listen, control } = await startStreams();
    const [rich, partly] = [listen(RICH), listen(PARTLY_USED)];
    await Promise.all([rich.next(), partly.next()]);
    await control('consume', { address: RICH, amount: '1' });
    await control('consume', { address: PARTLY_USED, amount: '1' });
    expect(await partly.next()).toMatchObject({ totalCredits: 2 });
    expect(await rich.next()).toMatchObject({ totalCredits: 11.5 });
    expect([rich.untaken, partly.untaken]).toEqual([[], []]);
  });

  it('tells nothing of another sandbox', async () => {
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

  it('is told to all who listen, whatever the case in which they wrote the address', async () => {
    const address = `0x${'aBcDe'.repeat(8)}`;
    const { listen, control, register } = await startStreams();
    await register(address);
    const listeners = [address, address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`].map((written) =>
      listen(written),
    );
    for (const { next } of listeners) expect(await next()).toEqual(NOTHING);
    await control('grant', { address, amount: '5' });
    for (const { next } of listeners) expect(await next()).toMatchObject({ totalCredits: 5 });
  });
});
