import { describe, expect } from 'vitest';

import {
  CONTRACT,
  EMPTY,
  FLAGGED,
  FORMATS,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  anySignature,
  creditId,
  fieldOf,
  idsOf,
  invalidAddress,
  invalidStatus,
  it,
  list,
  listed,
  noSuchUser,
  startDecentraland,
  startWire,
  toFixtures,
  totalOf,
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

const MANA = '000000000000000000';
const IN_60_DAYS = '1772409600';

/** A credit of the seed as real clients read it. */
function onWire(n: number, userAddress: string, credit: object): object {
  const seasonId = n === 4 ? 1 : 2;
  return {
    id: toSalt(creditId(n)),
    contract: CONTRACT,
    userAddress,
    expiresAt: IN_60_DAYS,
    season: seasonId,
    seasonId,
    goalId: null,
    weekId: null,
    claimedAt: null,
    status: 'available',
    signature: anySignature,
    ...credit,
  };
}

const whole = (amount: string): object => ({ amount, availableAmount: amount });
const ofGoal = { timestamp: '1766534400000', goalId: 'visit-an-event' };
const first = onWire(1, RICH, { ...whole(`10${MANA}`), ...ofGoal });
const photo = { timestamp: '1766966400000', goalId: 'take-a-photo' };
const second = onWire(2, RICH, { ...whole('2500000000000000000'), ...photo });
const rest = { amount: `5${MANA}`, availableAmount: `3${MANA}`, status: 'partially_used' };
const third = onWire(3, PARTLY, { ...rest, timestamp: '1766707200000' });
const soon = { expiresAt: '1767229200', timestamp: '1765497600000' };
const fourth = onWire(4, SOON, { ...whole(`4${MANA}`), ...soon });
const never = { expiresAt: '4294967295', timestamp: '1766793600000' };
const seventh = onWire(7, LASTING, { ...whole(`1500${MANA}`), ...never });

const both = list(12.5, listed(1), listed(2));
const bothOnWire = wireList('12500000000000000000', '0', first, second);

describe('the credits of a wallet', () => {
  it.each<[string, string, Answer, Answer]>([
    ['lists several credits', RICH, both, bothOnWire],
    ['shows the whole amount of a partly used credit', PARTLY, list(3, listed(3)), wireList(`3${MANA}`, '0', third)],
    ['lists a credit that is about to expire', SOON, list(4, listed(4)), wireList(`4${MANA}`, '0', fourth)],
    ['lists no used credits', EMPTY, list(0), wireList('0', '0')],
    ['lists a credit that never expires', LASTING, list(1500, listed(7)), wireList('0', `1500${MANA}`, seventh)],
    ['refuses a flagged user with the reason', FLAGGED, flagged, flagged],
    ['keeps credits that have the status AVAILABLE', `${RICH}?AVAILABLE`, both, bothOnWire],
    ['totals all', `${RICH}?PARTIALLY_USED`, list(12.5), wireList('12500000000000000000', '0')],
    ['totals what a filter hides', `${PARTLY}?AVAILABLE`, list(3), wireList(`3${MANA}`, '0')],
    [
      'keeps credits that have the status PARTIALLY_USED',
      `${PARTLY}?PARTIALLY_USED`,
      list(3, listed(3)),
      wireList(`3${MANA}`, '0', third),
    ],
    ['filters an empty list', `${EMPTY}?AVAILABLE`, list(0), wireList('0', '0')],
  ])('%s in both formats', async (_, asked, document, wire) => {
    const [address = '', status] = asked.split('?');
    const query = status === undefined ? '' : `?status=${status}`;
    expect(await (await startDecentraland()).credits(address, query)).toEqual(document);
    expect(await (await startWire()).credits(address, query)).toEqual(wire);
  });

  it('has the status PARTIALLY_USED once a wei is spent', async ({ api }) => {
    await api.run('consume', { address: RICH, amount: '0.000000000000000001' });
    expect(await api.credits(RICH, '?status=AVAILABLE')).toEqual(list(12.5, listed(2)));
    const used = { ...listed(1), status: 'PARTIALLY_USED' };
    expect(await api.credits(RICH, '?status=PARTIALLY_USED')).toEqual(list(12.5, used));
  });

  it('has amounts that are the nearest numbers, and an exact sum', async () => {
    const start = (...amounts: readonly string[]) => {
      const credits = amounts.map((amount, index) => ({ id: creditId(index), address: RICH, amount }));
      return startDecentraland({ fixtures: toFixtures({ wallets: [{ address: RICH }], credits }) });
    };
    const api = await start('0.000000000000000001', '0.1', '123456789.987654321987654321', '1000000000000000000000');
    const { body } = await api.credits(RICH);
    const amounts = (body as { credits: { amount: number }[] }).credits.map(({ amount }) => amount);
    expect(amounts).toEqual([1e-18, 0.1, 123456789.98765433, 1e21]);
    expect(fieldOf(body, 'totalCredits')).toBe(1e21 + 123456790.08765432);
    expect(await totalOf(await start('0.1', '0.2'), RICH)).toBe(0.3);
  });

  it('has sums on the wire that are numbers, which may lose digits', async () => {
    const credits = [
      { id: creditId(1), address: RICH, amount: '1234567.000000000000000001' },
      { id: creditId(2), address: RICH, amount: '0.123456789012345678', expiresAt: 'now+P1D' },
    ];
    const api = await startWire({ fixtures: toFixtures({ wallets: [{ address: RICH }], credits }) });
    const { body } = await api.credits(RICH);
    expect({ ...(body as object), credits: [] }).toEqual({
      credits: [],
      totalCredits: 1.234567123456789e24,
      totals: { expiring: 123_456_789_012_345_680, nonExpiring: 1.234567e24 },
    });
  });
});

describe.each(FORMATS)('the credits of a wallet in the format %s', (_, start) => {
  const credit = { address: RICH, amount: '1' };

  it('begin with those that expire first, then with the oldest, then with the lowest id', async () => {
    const [early, late] = ['now+P1D', 'now+P2D'];
    const credits = [
      { ...credit, id: creditId(8), createdAt: 'now-P9D', expiresAt: null },
      { ...credit, id: creditId(7), createdAt: 'now-P2D', expiresAt: late },
      { ...credit, id: creditId(6), createdAt: 'now-P3D', expiresAt: late },
      { ...credit, id: creditId(5), createdAt: 'now-P1D', expiresAt: early },
      { ...credit, id: creditId(4), createdAt: 'now-P5D', expiresAt: late },
      ...[3, 1, 2].map((n) => ({ ...credit, address: PARTLY, id: creditId(n) })),
    ];
    const wallets = [{ address: RICH }, { address: PARTLY }];
    const api = await start({ fixtures: toFixtures({ wallets, credits }) });
    await api.run('consume', { address: RICH, amount: '1.5' });
    const numbersOf = async (address: string) => {
      const ids = idsOf(await api.credits(address));
      return ids.map((id) => credits.findIndex(({ id: uuid }) => uuid === id || toSalt(uuid) === id));
    };
    expect([await numbersOf(RICH), await numbersOf(PARTLY)]).toEqual([
      [4, 2, 1, 0],
      [6, 7, 5],
    ]);
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

  it.each<[string, string, string, Answer]>([
    ['is not registered', NOBODY, '', noSuchUser],
    ['is too short', RICH.slice(0, -1), '', invalidAddress],
    ['is too long', `${RICH}1`, '', invalidAddress],
    ['has no prefix', `11${RICH.slice(2)}`, '', invalidAddress],
    ['has a prefix in upper case', `0X${RICH.slice(2)}`, '', invalidAddress],
    ['is not hexadecimal', `${RICH.slice(0, -1)}g`, '', invalidAddress],
    ['is followed by a line break', `${RICH}%0A`, '', invalidAddress],
    ['is a name', 'ada', '', invalidAddress],
    ['is malformed, before the status is checked', 'ada', '?status=USED', invalidAddress],
    ['is not registered, after the status is checked', NOBODY, '?status=USED', invalidStatus],
    ['is flagged, after the status is checked', FLAGGED, '?status=USED', invalidStatus],
    ['is flagged, before anything is filtered', FLAGGED, '?status=AVAILABLE', flagged],
  ])('are refused if the address %s', async (__, address, query, answer) => {
    expect(await (await start()).credits(address, query)).toEqual(answer);
  });

  it.each([
    'USED',
    'EXPIRED',
    'available',
    'partially_used',
    '',
    'AVAILABLE,PARTIALLY_USED',
    'AVAILABLE&status=PARTIALLY_USED',
    'AVAILABLE&status=AVAILABLE',
  ])('are refused for the status "%s"', async (status) => {
    expect(await (await start()).credits(RICH, `?status=${status}`)).toEqual(invalidStatus);
  });

  it('ignore unknown parameters, and begin a stream', async () => {
    const api = await start();
    expect(await api.credits(RICH, '?limit=1&Status=USED')).toEqual(await api.credits(RICH));
    for (const address of [RICH, PARTLY, SOON, EMPTY, FLAGGED, LASTING, NOBODY, 'ada']) {
      expect(await api.firstEvent(address)).toEqual(await api.credits(address));
    }
  });
});
