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
  list,
  listed,
  refused,
  startDecentraland,
  startWire,
  toFixtures,
  type DecentralandApi,
} from './api.ts';
import { toSalt } from './ethereum.ts';

const tooMuch = refused('The wallet has too few credits.', 'NOT_ENOUGH_CREDITS');
const nothingLeft = refused('The credit has nothing left.', 'CREDIT_SPENT');
const noSuchCredit = refused('The credit does not exist.', 'CREDIT_NOT_FOUND');
const noSuchUser = refused('User not found', 'USER_NOT_FOUND');
const notAnAmount = refused(
  'The amount must be MANA in decimal notation, above 0 and with at most 18 decimal places.',
  'NOT_AN_AMOUNT',
);

const IN_60_DAYS = '2026-03-02T00:00:00.000Z';

/** The rich wallet's credits as controls show them, with what is different. */
function first(change: object): object {
  return {
    id: creditId(1),
    salt: toSalt(creditId(1)),
    address: RICH,
    amount: '10',
    spent: '0',
    status: 'AVAILABLE',
    createdAt: '2025-12-24T00:00:00.000Z',
    expiresAt: IN_60_DAYS,
    seasonId: 2,
    goalId: 'visit-an-event',
    ...change,
  };
}
function second(change: object): object {
  return {
    ...first({}),
    id: creditId(2),
    salt: toSalt(creditId(2)),
    amount: '2.5',
    createdAt: '2025-12-29T00:00:00.000Z',
    goalId: 'take-a-photo',
    ...change,
  };
}

/** An entry of the ledger, made at the start. */
function entry(operation: string, account: string, [before, after]: readonly [bigint, bigint]): object {
  return {
    id: '1',
    at: '2026-01-01T00:00:00.000Z',
    provider: 'decentraland',
    tenant: 'decentraland',
    account,
    unit: 'wei',
    delta: String(after - before),
    before: String(before),
    after: String(after),
    cause: 'control',
    operation,
    requestId: null,
    key: null,
    memo: null,
  };
}

const ALL = 12_500_000_000_000_000_000n;

describe('the control consume', () => {
  it('spends the first credit in part', async () => {
    const api = await startDecentraland();
    expect(await api.run('consume', { address: RICH, amount: '4' })).toEqual({
      result: { used: [first({ spent: '4', status: 'PARTIALLY_USED' })], left: '8.5' },
      entries: [entry('consume', RICH, [ALL, ALL - 4_000_000_000_000_000_000n])],
    });
    expect(await api.credits(RICH)).toEqual(list(8.5, { ...listed(1), status: 'PARTIALLY_USED' }, listed(2)));
  });

  it('spends the first credit fully and the next one in part', async () => {
    const api = await startDecentraland();
    expect(await api.run('consume', { address: RICH, amount: '11' })).toEqual({
      result: {
        used: [first({ spent: '10', status: 'USED' }), second({ spent: '1', status: 'PARTIALLY_USED' })],
        left: '1.5',
      },
      entries: [entry('consume', RICH, [ALL, 1_500_000_000_000_000_000n])],
    });
    expect(await api.credits(RICH)).toEqual(list(1.5, { ...listed(2), status: 'PARTIALLY_USED' }));
  });

  it.each([
    ['one credit exactly', '10', [first({ spent: '10', status: 'USED' })], '2.5'],
    [
      'all of them exactly',
      '12.5',
      [first({ spent: '10', status: 'USED' }), second({ spent: '2.5', status: 'USED' })],
      '0',
    ],
    [
      'all but a wei',
      '12.499999999999999999',
      [first({ spent: '10', status: 'USED' }), second({ spent: '2.499999999999999999', status: 'PARTIALLY_USED' })],
      '0.000000000000000001',
    ],
    ['a wei', '0.000000000000000001', [first({ spent: '0.000000000000000001', status: 'PARTIALLY_USED' })], undefined],
  ])('spends %s', async (_, amount, used, left = '12.499999999999999999') => {
    const api = await startDecentraland();
    expect(fieldOf(await api.run('consume', { address: RICH, amount }), 'result')).toEqual({ used, left });
  });

  it('spends what expires first before what was given first', async () => {
    const api = await startDecentraland();
    await api.run('grant', { address: SOON, amount: '1', expiresAt: null });
    await api.run('grant', { address: SOON, amount: '1', expiresAt: '2026-01-01T00:30:00Z' });
    const { result } = (await api.run('consume', { address: SOON, amount: '5.5' })) as {
      result: { used: { expiresAt: string | null; spent: string }[] };
    };
    expect(result.used.map(({ expiresAt, spent }) => [expiresAt, spent])).toEqual([
      ['2026-01-01T00:30:00.000Z', '1'],
      ['2026-01-01T01:00:00.000Z', '4'],
      [null, '0.5'],
    ]);
  });

  it('spends in the order of the list, whatever it is', async () => {
    const api = await startDecentraland();
    for (const expiresAt of ['2027-01-01T00:00:00Z', null, '2026-01-02T00:00:00Z', '2027-01-01T00:00:00Z']) {
      await api.run('grant', { address: RICH, amount: '1', expiresAt });
    }
    const { credits } = (await api.credits(RICH)).body as { credits: { id: string }[] };
    const { result } = (await api.run('consume', { address: RICH, amount: '16.5' })) as {
      result: { used: { id: string }[] };
    };
    expect(result.used.map(({ id }) => id)).toEqual(credits.map(({ id }) => id));
  });

  it('spends only the credit that is named', async () => {
    const api = await startDecentraland();
    expect(await api.run('consume', { address: RICH, amount: '1', creditId: creditId(2) })).toMatchObject({
      result: { used: [second({ spent: '1', status: 'PARTIALLY_USED' })], left: '11.5' },
    });
    expect(await api.credits(RICH)).toEqual(list(11.5, listed(1), { ...listed(2), status: 'PARTIALLY_USED' }));
  });

  it('spends what is left of a credit of which a part is used', async () => {
    const api = await startDecentraland();
    expect(await api.run('consume', { address: PARTLY, amount: '3' })).toMatchObject({
      result: { used: [{ id: creditId(3), amount: '5', spent: '5', status: 'USED' }], left: '0' },
    });
  });

  it('spends for a flagged user, for the chain knows no flags', async () => {
    const api = await startDecentraland();
    expect(await api.run('consume', { address: FLAGGED, amount: '7' })).toMatchObject({ result: { left: '0' } });
  });

  it('takes an address in any case', async () => {
    const api = await startDecentraland();
    await api.run('grant', { address: NOBODY, amount: '1' });
    expect(await api.run('consume', { address: NOBODY.toLowerCase(), amount: '1' })).toMatchObject({
      result: { used: [{ address: NOBODY.toLowerCase() }] },
    });
  });

  it.each<[string, object, object]>([
    ['more than all', { address: RICH, amount: '12.500000000000000001' }, tooMuch],
    ['of a wallet without credits', { address: EMPTY, amount: '0.000000000000000001' }, tooMuch],
    ['more of one credit than it has', { address: RICH, amount: '2.6', creditId: creditId(2) }, tooMuch],
    ['of a credit that is used up', { address: EMPTY, amount: '1', creditId: creditId(5) }, nothingLeft],
    ["of another wallet's credit", { address: RICH, amount: '1', creditId: creditId(3) }, noSuchCredit],
    ['of no credit', { address: RICH, amount: '1', creditId: 'x' }, noSuchCredit],
    ['of nobody', { address: NOBODY, amount: '1' }, noSuchUser],
    ['nothing', { address: RICH, amount: '0' }, notAnAmount],
    ['less than nothing', { address: RICH, amount: '-1' }, notAnAmount],
    ['parts of a wei', { address: RICH, amount: '0.0000000000000000001' }, notAnAmount],
    ['what is no number', { address: RICH, amount: 'all' }, notAnAmount],
  ])('refuses to spend %s, and changes nothing', async (_, args, problem) => {
    const api = await startDecentraland();
    const before = await api.control('get', '/state');
    expect(await api.run('consume', args)).toEqual(problem);
    expect(await api.control('get', '/state')).toEqual(before);
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });
});

describe('the control revoke', () => {
  it('takes a credit back with all that is left of it', async () => {
    const api = await startDecentraland();
    expect(await api.run('revoke', { address: RICH, creditId: creditId(1) })).toEqual({
      result: first({ status: 'EXPIRED' }),
      entries: [entry('revoke', RICH, [ALL, 2_500_000_000_000_000_000n])],
    });
    expect(await api.credits(RICH)).toEqual(list(2.5, listed(2)));
  });

  it('takes back what is left of a credit of which a part is used', async () => {
    const api = await startDecentraland();
    expect(await api.run('revoke', { address: PARTLY, creditId: creditId(3) })).toEqual({
      result: {
        id: creditId(3),
        salt: toSalt(creditId(3)),
        address: PARTLY,
        amount: '5',
        spent: '2',
        status: 'EXPIRED',
        createdAt: '2025-12-26T00:00:00.000Z',
        expiresAt: IN_60_DAYS,
        seasonId: 2,
        goalId: null,
      },
      entries: [entry('revoke', PARTLY, [3_000_000_000_000_000_000n, 0n])],
    });
    expect(await api.credits(PARTLY)).toEqual(list(0));
  });

  it('takes back a credit that would never have expired', async () => {
    const api = await startDecentraland();
    await api.run('revoke', { address: LASTING, creditId: creditId(7) });
    expect(await api.credits(LASTING)).toEqual(list(0));
  });

  it('finds a credit by its id on the wire, in any case', async () => {
    const api = await startWire();
    const [salt, other] = [toSalt(creditId(1)), toSalt(creditId(3))];
    const upper = `0x${salt.slice(2).toUpperCase()}`;
    expect(await api.run('consume', { address: RICH, amount: '1', creditId: salt })).toMatchObject({
      result: { used: [{ id: creditId(1), salt, spent: '1' }] },
    });
    expect(await api.run('revoke', { address: RICH, creditId: upper })).toMatchObject({
      result: { id: creditId(1), salt, status: 'EXPIRED' },
    });
    expect(await api.run('revoke', { address: RICH, creditId: salt })).toEqual(nothingLeft);
    expect(await api.run('revoke', { address: RICH, creditId: other })).toEqual(noSuchCredit);
  });

  it('takes a credit back only once', async () => {
    const api = await startDecentraland();
    await api.run('revoke', { address: RICH, creditId: creditId(1) });
    expect(await api.run('revoke', { address: RICH, creditId: creditId(1) })).toEqual(nothingLeft);
    expect(await api.run('consume', { address: RICH, amount: '1', creditId: creditId(1) })).toEqual(nothingLeft);
  });

  it('leaves nothing to expire later', async () => {
    const api = await startDecentraland();
    await api.run('revoke', { address: SOON, creditId: creditId(4) });
    await api.advance('P1D');
    expect(fieldOf(await api.control('get', '/ledger'), 'entries')).toHaveLength(1);
  });

  it.each<[string, object, object]>([
    ['that is used up', { address: EMPTY, creditId: creditId(5) }, nothingLeft],
    ['of another wallet', { address: RICH, creditId: creditId(3) }, noSuchCredit],
    ['that is not there', { address: RICH, creditId: creditId(9) }, noSuchCredit],
    ['of nobody', { address: NOBODY, creditId: creditId(1) }, noSuchUser],
  ])('refuses to take back a credit %s, and changes nothing', async (_, args, problem) => {
    const api = await startDecentraland();
    const before = await api.control('get', '/state');
    expect(await api.run('revoke', args)).toEqual(problem);
    expect(await api.control('get', '/state')).toEqual(before);
  });
});

describe('what is spent in the format wire', () => {
  async function startTwo(): Promise<DecentralandApi> {
    const credit = { address: RICH, amount: '2' };
    return startWire({
      fixtures: toFixtures({
        wallets: [{ address: RICH }],
        credits: [
          { ...credit, id: creditId(1), expiresAt: 'now+P1D' },
          { ...credit, id: creditId(2) },
        ],
      }),
    });
  }

  it('is taken off the available amounts and the totals, and off no amount', async () => {
    const api = await startTwo();
    await api.run('consume', { address: RICH, amount: '1.5' });
    expect((await api.credits(RICH)).body).toMatchObject({
      credits: [
        { amount: '2000000000000000000', availableAmount: '500000000000000000', status: 'partially_used' },
        { amount: '2000000000000000000', availableAmount: '2000000000000000000', status: 'available' },
      ],
      totalCredits: 2_500_000_000_000_000_000,
      totals: { expiring: 500_000_000_000_000_000, nonExpiring: 2_000_000_000_000_000_000 },
    });
    await api.run('consume', { address: RICH, amount: '1' });
    expect((await api.credits(RICH)).body).toMatchObject({
      credits: [{ amount: '2000000000000000000', availableAmount: '1500000000000000000', status: 'partially_used' }],
      totals: { expiring: 0, nonExpiring: 1_500_000_000_000_000_000 },
    });
  });
});
