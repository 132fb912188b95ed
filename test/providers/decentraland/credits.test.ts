import { describe, expect, it } from 'vitest';

import {
  EMPTY,
  FLAGGED,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  creditId,
  fieldOf,
  idsOf,
  invalidAddress,
  invalidStatus,
  list,
  listed,
  noSuchUser,
  onWire,
  startDecentraland,
  startWire,
  toFixtures,
  wireList,
  type Answer,
} from './api.ts';
import { toSalt } from './ethereum.ts';

const flagged: Answer = {
  status: 401,
  body: {
    ok: false,
    message: 'User is flagged',
    reason: {
      message: 'Several accounts are used by the same person.',
      ip: '203.0.113.7',
      linkedAddresses: [RICH],
    },
    isBlockedForClaiming: true,
  },
};

const FORMATS = [
  ['document', startDecentraland],
  ['wire', startWire],
] as const;

describe('the credits of a wallet in the format document', () => {
  it.each<[string, string, Answer]>([
    ['several', RICH, list(12.5, listed(1), listed(2))],
    ['one of which a part is used, with its whole amount and what is left in the total', PARTLY, list(3, listed(3))],
    ['one that is about to expire', SOON, list(4, listed(4))],
    ['none where all are used', EMPTY, list(0)],
    ['one that never expires, without an expiry', LASTING, list(1500, listed(7))],
    ['none but a reason where the user is flagged', FLAGGED, flagged],
  ])('are %s', async (_, address, answer) => {
    const api = await startDecentraland();
    expect(await api.credits(address)).toEqual(answer);
  });

  it.each<[string, string, Answer]>([
    ['AVAILABLE', RICH, list(12.5, listed(1), listed(2))],
    ['PARTIALLY_USED', RICH, list(12.5)],
    ['AVAILABLE', PARTLY, list(3)],
    ['PARTIALLY_USED', PARTLY, list(3, listed(3))],
    ['AVAILABLE', EMPTY, list(0)],
  ])('are those that are %s, and the total is that of all', async (status, address, answer) => {
    const api = await startDecentraland();
    expect(await api.credits(address, `?status=${status}`)).toEqual(answer);
  });

  it('are told apart by what is left of them', async () => {
    const api = await startDecentraland();
    await api.run('consume', { address: RICH, amount: '0.000000000000000001' });
    expect(await api.credits(RICH, '?status=AVAILABLE')).toEqual(list(12.5, listed(2)));
    expect(await api.credits(RICH, '?status=PARTIALLY_USED')).toEqual(
      list(12.5, { ...listed(1), status: 'PARTIALLY_USED' }),
    );
  });

  it('have amounts that are the nearest numbers', async () => {
    const credit = { id: creditId(1), address: RICH, createdAt: 'now', expiresAt: null };
    const amounts = ['0.000000000000000001', '0.1', '123456789.987654321987654321', '1000000000000000000000'];
    const api = await startDecentraland({
      fixtures: toFixtures({
        wallets: [{ address: RICH }],
        credits: amounts.map((amount, index) => ({ ...credit, id: creditId(index), amount })),
      }),
    });
    const { body } = await api.credits(RICH);
    expect((body as { credits: { amount: number }[] }).credits.map(({ amount }) => amount)).toEqual([
      1e-18, 0.1, 123456789.98765433, 1e21,
    ]);
    expect(fieldOf(body, 'totalCredits')).toBe(1e21 + 123456790.08765432);
  });

  it('are added up exactly, not as numbers are', async () => {
    const api = await startDecentraland({
      fixtures: toFixtures({
        wallets: [{ address: RICH }],
        credits: ['0.1', '0.2'].map((amount, index) => ({ id: creditId(index), address: RICH, amount })),
      }),
    });
    expect(fieldOf(await api.credits(RICH), 'body', 'totalCredits')).toBe(0.3);
  });
});

const MANA = '000000000000000000';
const IN_60_DAYS = 1_772_409_600;

const first = onWire({
  uuid: creditId(1),
  amount: `10${MANA}`,
  owner: RICH,
  expiresAt: IN_60_DAYS,
  timestamp: 1_766_534_400_000,
  season: 2,
  goalId: 'visit-an-event',
});
const second = onWire({
  uuid: creditId(2),
  amount: '2500000000000000000',
  owner: RICH,
  expiresAt: IN_60_DAYS,
  timestamp: 1_766_966_400_000,
  season: 2,
  goalId: 'take-a-photo',
});
const third = onWire({
  uuid: creditId(3),
  amount: `5${MANA}`,
  left: `3${MANA}`,
  owner: PARTLY,
  expiresAt: IN_60_DAYS,
  timestamp: 1_766_707_200_000,
  season: 2,
});
const fourth = onWire({
  uuid: creditId(4),
  amount: `4${MANA}`,
  owner: SOON,
  expiresAt: 1_767_229_200,
  timestamp: 1_765_497_600_000,
  season: 1,
});
const seventh = onWire({
  uuid: creditId(7),
  amount: `1500${MANA}`,
  owner: LASTING,
  expiresAt: 4_294_967_295,
  timestamp: 1_766_793_600_000,
  season: 2,
});

describe('the credits of a wallet in the format wire', () => {
  it.each<[string, string, Answer]>([
    ['several', RICH, wireList('12500000000000000000', '0', first, second)],
    ['one of which a part is used, with its whole amount and what is left', PARTLY, wireList(`3${MANA}`, '0', third)],
    ['one that is about to expire', SOON, wireList(`4${MANA}`, '0', fourth)],
    ['none where all are used', EMPTY, wireList('0', '0')],
    ['one that never expires, with the last expiry', LASTING, wireList('0', `1500${MANA}`, seventh)],
    ['none but a reason where the user is flagged', FLAGGED, flagged],
  ])('are %s', async (_, address, answer) => {
    const api = await startWire();
    expect(await api.credits(address)).toEqual(answer);
  });

  it.each<[string, string, Answer]>([
    ['AVAILABLE', RICH, wireList('12500000000000000000', '0', first, second)],
    ['PARTIALLY_USED', RICH, wireList('12500000000000000000', '0')],
    ['PARTIALLY_USED', PARTLY, wireList(`3${MANA}`, '0', third)],
  ])('are those that are %s, and the totals are those of all', async (status, address, answer) => {
    const api = await startWire();
    expect(await api.credits(address, `?status=${status}`)).toEqual(answer);
  });

  it('have sums that are numbers, which may lose digits', async () => {
    const api = await startWire({
      fixtures: toFixtures({
        wallets: [{ address: RICH }],
        credits: [
          { id: creditId(1), address: RICH, amount: '1234567.000000000000000001' },
          { id: creditId(2), address: RICH, amount: '0.123456789012345678', expiresAt: 'now+P1D' },
        ],
      }),
    });
    const { body } = await api.credits(RICH);
    expect({ ...(body as object), credits: [] }).toEqual({
      credits: [],
      totalCredits: 1.234567123456789e24,
      totals: { expiring: 123_456_789_012_345_680, nonExpiring: 1.234567e24 },
    });
  });
});

describe.each(FORMATS)('the credits of a wallet in either format: %s', (_, start) => {
  const credit = { address: RICH, amount: '1' };

  it('begin with those that expire first, then with the oldest, then with the lowest id', async () => {
    const [soon, late] = ['now+P1D', 'now+P2D'];
    const api = await start({
      fixtures: toFixtures({
        wallets: [{ address: RICH }],
        credits: [
          { ...credit, id: creditId(8), createdAt: 'now-P9D', expiresAt: null },
          { ...credit, id: creditId(7), createdAt: 'now-P2D', expiresAt: late },
          { ...credit, id: creditId(6), createdAt: 'now-P3D', expiresAt: late },
          { ...credit, id: creditId(5), createdAt: 'now-P1D', expiresAt: soon },
          { ...credit, id: creditId(4), createdAt: 'now-P5D', expiresAt: late },
        ],
      }),
    });
    await api.run('consume', { address: RICH, amount: '1.5' });
    const sorted = [creditId(4), creditId(6), creditId(7), creditId(8)];
    expect(toUuids(idsOf(await api.credits(RICH)), sorted)).toEqual(sorted);
  });

  it('begin with the lowest id where all else is the same', async () => {
    const ids = [creditId(3), creditId(1), creditId(2)];
    const api = await start({
      fixtures: toFixtures({ wallets: [{ address: RICH }], credits: ids.map((id) => ({ ...credit, id })) }),
    });
    expect(toUuids(idsOf(await api.credits(RICH)), ids)).toEqual(ids.toSorted());
  });

  it('are the same for an address in any case', async () => {
    const address = NOBODY.toLowerCase();
    const api = await start();
    await api.run('grant', { address: NOBODY, amount: '3', goalId: 'log-in' });
    const answer = await api.credits(address);
    expect(idsOf(answer)).toHaveLength(1);
    expect(await api.credits(NOBODY)).toEqual(answer);
    expect(await api.credits(`0x${address.slice(2).toUpperCase()}`)).toEqual(answer);
  });

  it('are none for a user who has never had one', async () => {
    const api = await start();
    await api.call('post', '/users', { address: NOBODY });
    const { status, body } = await api.credits(NOBODY);
    expect([status, fieldOf(body, 'credits'), fieldOf(body, 'totalCredits')]).toEqual([200, [], 0]);
  });

  it.each<[string, string, string, Answer]>([
    ['nobody has registered', NOBODY, '', noSuchUser],
    ['is too short', RICH.slice(0, -1), '', invalidAddress],
    ['is too long', `${RICH}1`, '', invalidAddress],
    ['has no prefix', `11${RICH.slice(2)}`, '', invalidAddress],
    ['has a prefix in upper case', `0X${RICH.slice(2)}`, '', invalidAddress],
    ['is not hexadecimal', `${RICH.slice(0, -1)}g`, '', invalidAddress],
    ['has a line behind it', `${RICH}%0A`, '', invalidAddress],
    ['is a name', 'ada', '', invalidAddress],
    ['is malformed, before the status is looked at', 'ada', '?status=USED', invalidAddress],
    ['nobody has registered, after the status is looked at', NOBODY, '?status=USED', invalidStatus],
    ['is flagged, after the status is looked at', FLAGGED, '?status=USED', invalidStatus],
    ['is flagged, before anything is filtered', FLAGGED, '?status=AVAILABLE', flagged],
  ])('are refused where the address %s', async (__, address, query, answer) => {
    const api = await start();
    expect(await api.credits(address, query)).toEqual(answer);
  });

  it.each([
    'USED',
    'EXPIRED',
    'available',
    'partially_used',
    'fully_used',
    '',
    'AVAILABLE,PARTIALLY_USED',
    'AVAILABLE&status=PARTIALLY_USED',
    'AVAILABLE&status=AVAILABLE',
  ])('cannot be asked for by the status "%s"', async (status) => {
    const api = await start();
    expect(await api.credits(RICH, `?status=${status}`)).toEqual(invalidStatus);
  });

  it('do not depend on what else is asked', async () => {
    const api = await start();
    expect(await api.credits(RICH, '?limit=1&Status=USED')).toEqual(await api.credits(RICH));
  });

  it('are what a stream of them begins with', async () => {
    const api = await start();
    for (const address of [RICH, PARTLY, SOON, EMPTY, FLAGGED, LASTING, NOBODY, 'ada']) {
      expect(await api.firstEvent(address)).toEqual(await api.credits(address));
    }
  });
});

/** The ids as the document has them: those of the wire are found among these by their salts. */
function toUuids(ids: readonly string[], known: readonly string[]): readonly unknown[] {
  return ids.map((id) => known.find((uuid) => uuid === id || toSalt(uuid) === id));
}
