import { describe, expect } from 'vitest';

import {
  EMPTY,
  FLAGGED,
  LASTING,
  NOBODY,
  PARTLY,
  RICH,
  SOON,
  creditId,
  entryOf,
  fieldOf,
  it,
  list,
  listed,
  refused,
  shownCredit,
  startWire,
  toFixtures,
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

/** A credit of the seed in the result of a control. */
function shown(n: number, credit: object): object {
  const id = creditId(n);
  return { ...shownCredit(id), salt: toSalt(id), address: RICH, ...credit };
}
function first(change: object): object {
  const given = { amount: '10', createdAt: '2025-12-24T00:00:00.000Z', goalId: 'visit-an-event' };
  return shown(1, { ...given, ...change });
}
function second(change: object): object {
  const given = { amount: '2.5', createdAt: '2025-12-29T00:00:00.000Z', goalId: 'take-a-photo' };
  return shown(2, { ...given, ...change });
}

const ALL = 12_500_000_000_000_000_000n;

describe('the control consume', () => {
  const MANA = 10n ** 18n;
  const part = 'PARTIALLY_USED';

  it.for<[string, string, object[], string, bigint]>([
    ['the first credit in part', '4', [first({ spent: '4', status: part })], '8.5', 4n * MANA],
    [
      'the first credit fully and the next one in part',
      '11',
      [first({ spent: '10', status: 'USED' }), second({ spent: '1', status: part })],
      '1.5',
      11n * MANA,
    ],
    ['one credit exactly', '10', [first({ spent: '10', status: 'USED' })], '2.5', 10n * MANA],
    [
      'all credits exactly',
      '12.5',
      [first({ spent: '10', status: 'USED' }), second({ spent: '2.5', status: 'USED' })],
      '0',
      ALL,
    ],
    [
      'all but a wei',
      '12.499999999999999999',
      [first({ spent: '10', status: 'USED' }), second({ spent: '2.499999999999999999', status: part })],
      '0.000000000000000001',
      ALL - 1n,
    ],
    [
      'a wei',
      '0.000000000000000001',
      [first({ spent: '0.000000000000000001', status: part })],
      '12.499999999999999999',
      1n,
    ],
  ])('spends %s', async ([_, amount, used, left, wei], { api }) => {
    const entries = [entryOf('consume', RICH, [ALL, ALL - wei])];
    expect(await api.run('consume', { address: RICH, amount })).toEqual({ result: { used, left }, entries });
  });

  it('spends what expires first before what was given first', async ({ api }) => {
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

  it('spends only the credit that is named', async ({ api }) => {
    const used = [second({ spent: '1', status: part })];
    const spent = await api.run('consume', { address: RICH, amount: '1', creditId: creditId(2) });
    expect(spent).toMatchObject({ result: { used, left: '11.5' } });
    expect(await api.credits(RICH)).toEqual(list(11.5, listed(1), { ...listed(2), status: 'PARTIALLY_USED' }));
  });

  it('spends the rest of a partly used credit, and those of a flagged user', async ({ api }) => {
    const used = [{ id: creditId(3), amount: '5', spent: '5', status: 'USED' }];
    const spent = await api.run('consume', { address: PARTLY, amount: '3' });
    expect(spent).toMatchObject({ result: { used, left: '0' } });
    expect(await api.run('consume', { address: FLAGGED, amount: '7' })).toMatchObject({ result: { left: '0' } });
  });

  it.for<[string, object, object]>([
    ['more than all', { address: RICH, amount: '12.500000000000000001' }, tooMuch],
    ['of a wallet without credits', { address: EMPTY, amount: '0.000000000000000001' }, tooMuch],
    ['more of one credit than it has', { address: RICH, amount: '2.6', creditId: creditId(2) }, tooMuch],
    ['of a credit that is used up', { address: EMPTY, amount: '1', creditId: creditId(5) }, nothingLeft],
    ["of another wallet's credit", { address: RICH, amount: '1', creditId: creditId(3) }, noSuchCredit],
    ['of an unknown credit', { address: RICH, amount: '1', creditId: 'x' }, noSuchCredit],
    ['of an unregistered wallet', { address: NOBODY, amount: '1' }, noSuchUser],
    ['0', { address: RICH, amount: '0' }, notAnAmount],
    ['a negative amount', { address: RICH, amount: '-1' }, notAnAmount],
    ['parts of a wei', { address: RICH, amount: '0.0000000000000000001' }, notAnAmount],
    ['a word', { address: RICH, amount: 'all' }, notAnAmount],
  ])('refuses to spend %s, and changes nothing', async ([_, args, problem], { api }) => {
    const before = await api.control('get', '/state');
    expect(await api.run('consume', args)).toEqual(problem);
    expect(await api.control('get', '/state')).toEqual(before);
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });
});

describe('the control revoke', () => {
  it('revokes a credit with all that is left of it', async ({ api }) => {
    expect(await api.run('revoke', { address: RICH, creditId: creditId(1) })).toEqual({
      result: first({ status: 'EXPIRED' }),
      entries: [entryOf('revoke', RICH, [ALL, 2_500_000_000_000_000_000n])],
    });
    expect(await api.credits(RICH)).toEqual(list(2.5, listed(2)));
  });

  it('revokes the rest of a partly used credit, and a credit that never expires', async ({ api }) => {
    const given = { address: PARTLY, amount: '5', spent: '2', status: 'EXPIRED', goalId: null };
    expect(await api.run('revoke', { address: PARTLY, creditId: creditId(3) })).toEqual({
      result: shown(3, { ...given, createdAt: '2025-12-26T00:00:00.000Z' }),
      entries: [entryOf('revoke', PARTLY, [3_000_000_000_000_000_000n, 0n])],
    });
    await api.run('revoke', { address: LASTING, creditId: creditId(7) });
    for (const address of [PARTLY, LASTING]) expect(await api.credits(address)).toEqual(list(0));
  });

  it('finds a credit by its salt, in any case', async () => {
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

  it('leaves nothing to spend or to revoke again', async ({ api }) => {
    const credit = { address: RICH, creditId: creditId(1) };
    await api.run('revoke', credit);
    expect(await api.run('revoke', credit)).toEqual(nothingLeft);
    expect(await api.run('consume', { ...credit, amount: '1' })).toEqual(nothingLeft);
  });

  it('leaves nothing to expire later', async ({ api }) => {
    await api.run('revoke', { address: SOON, creditId: creditId(4) });
    await api.advance('P1D');
    expect(fieldOf(await api.control('get', '/ledger'), 'entries')).toHaveLength(1);
  });

  it.for<[string, object, object]>([
    ['that is used up', { address: EMPTY, creditId: creditId(5) }, nothingLeft],
    ['of another wallet', { address: RICH, creditId: creditId(3) }, noSuchCredit],
    ['that does not exist', { address: RICH, creditId: creditId(9) }, noSuchCredit],
    ['of an unregistered wallet', { address: NOBODY, creditId: creditId(1) }, noSuchUser],
  ])('refuses to revoke a credit %s, and changes nothing', async ([_, args, problem], { api }) => {
    const before = await api.control('get', '/state');
    expect(await api.run('revoke', args)).toEqual(problem);
    expect(await api.control('get', '/state')).toEqual(before);
  });
});

it('spending reduces the available amounts and the totals in the format wire, and no amount', async () => {
  const amount = '2000000000000000000';
  const expiring = { id: creditId(1), address: RICH, amount: '2', expiresAt: 'now+P1D' };
  const credits = [expiring, { id: creditId(2), address: RICH, amount: '2' }];
  const api = await startWire({ fixtures: toFixtures({ wallets: [{ address: RICH }], credits }) });
  await api.run('consume', { address: RICH, amount: '1.5' });
  expect((await api.credits(RICH)).body).toMatchObject({
    credits: [
      { amount, availableAmount: '500000000000000000', status: 'partially_used' },
      { amount, availableAmount: amount, status: 'available' },
    ],
    totalCredits: 2_500_000_000_000_000_000,
    totals: { expiring: 500_000_000_000_000_000, nonExpiring: 2_000_000_000_000_000_000 },
  });
  await api.run('consume', { address: RICH, amount: '1' });
  expect((await api.credits(RICH)).body).toMatchObject({
    credits: [{ amount, availableAmount: '1500000000000000000', status: 'partially_used' }],
    totals: { expiring: 0, nonExpiring: 1_500_000_000_000_000_000 },
  });
});
