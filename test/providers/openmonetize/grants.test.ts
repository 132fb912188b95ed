import { describe, expect } from 'vitest';

import { START } from '../../support/emulator.ts';
import {
  ADA,
  BALANCE,
  DUNJA,
  FINN,
  GRANT,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  TEAM,
  UUID,
  WALLETS,
  creditsOf,
  customerBalance,
  dataOf,
  foreign,
  grantFailed,
  granted,
  historyOf,
  it,
  noWallet,
  page,
  register,
  row,
  startOpenMonetize,
  transactionsSince,
  userBalance,
} from './api.ts';

describe('a grant', () => {
  it('without a user or a team goes to the wallet of the customer', async ({ api }) => {
    const body = { customerId: LANTERN, amount: 5000 };
    const answer = await api.call('post', GRANT, body);
    expect(answer).toEqual(granted('15000', '5000', WALLETS.lantern));
    expect(JSON.stringify(answer.body)).toMatch(/"transactionId":.*"walletId":.*"newBalance":"15000","amount":"5000"/);
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('15000'));
  });

  it('goes to the wallet of the user and to no other', async ({ api }) => {
    const { wallets } = await api.state();
    const body = { customerId: LANTERN, userId: ADA, amount: 7 };
    expect(await api.call('post', GRANT, body)).toEqual(granted('5507', '7', WALLETS.ada));
    expect((await api.state()).wallets).toEqual(
      wallets.map((wallet) => (wallet.id === WALLETS.ada ? { ...wallet, balance: '5507' } : wallet)),
    );
  });

  it('goes to the wallet of the team, which no endpoint shows', async ({ api }) => {
    const body = { customerId: LANTERN, teamId: TEAM, amount: 7 };
    expect(await api.call('post', GRANT, body)).toEqual(granted('257', '7', WALLETS.team));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect(await api.call('get', creditsOf(TEAM))).toEqual(noWallet);
    expect(await api.call('get', historyOf(TEAM))).toEqual(page([]));
  });

  it('goes to the user where a team is named too, even one that does not exist', async ({ api }) => {
    const before = await api.state();
    const body = { customerId: LANTERN, userId: ADA, teamId: NOBODY, amount: 7 };
    expect(await api.call('post', GRANT, body)).toEqual(granted('5507', '7', WALLETS.ada));
    expect(transactionsSince(before, await api.state())).toMatchObject([
      { walletId: WALLETS.ada, metadata: { grantedBy: LANTERN, userId: ADA, teamId: NOBODY } },
    ]);
  });

  it.for<[string, object]>([
    ['a user', { userId: DUNJA, teamId: null }],
    ['a team', { userId: null, teamId: 'made' }],
    ['the customer', { userId: null, teamId: null }],
  ])('makes a wallet for %s who has none', async ([_, owner], { api }) => {
    const team = await api.control('post', '/controls/openmonetize/createTeam', { customerId: LANTERN, name: 'New' });
    const section = await api.state();
    const made = owner as { userId: string | null; teamId: string | null };
    const teamId = made.teamId && (team as { result: { id: string } }).result.id;
    const wallets = section.wallets.filter(({ id }) => id !== WALLETS.lantern);
    await api.control('put', '/state', { clock: START, openmonetize: { ...section, wallets } });
    const body = { customerId: LANTERN, ...(made.userId && { userId: DUNJA }), ...(teamId && { teamId }), amount: 7 };
    const answer = await api.call('post', GRANT, body);
    expect(answer).toEqual(granted('7', '7'));
    const wallet = { id: dataOf(answer, 'walletId'), customerId: LANTERN, ...made, teamId };
    expect((await api.state()).wallets).toEqual([
      ...wallets,
      { ...wallet, balance: '7', expiresAt: null, createdAt: START },
    ]);
    expect(await api.call('post', GRANT, body)).toEqual(granted('14', '7', String(wallet.id)));
  });

  it('is a transaction with all that was given', async ({ api }) => {
    const before = await api.state();
    const answer = await api.call('post', GRANT, {
      ...{ customerId: LANTERN, userId: ADA, amount: 5, reason: 'Gift' },
      ...{ metadata: { campaign: 'spring', deep: [{ a: null }] }, idempotencyKey: 'k' },
    });
    expect(transactionsSince(before, await api.state())).toEqual([
      {
        id: dataOf(answer, 'transactionId'),
        walletId: WALLETS.ada,
        customerId: LANTERN,
        transactionType: 'GRANT',
        amount: '5',
        balanceBefore: '5500',
        balanceAfter: '5505',
        description: 'Gift',
        metadata: { campaign: 'spring', deep: [{ a: null }], grantedBy: LANTERN, userId: ADA, teamId: null },
        idempotencyKey: 'k',
        createdAt: START,
      },
    ]);
  });

  it.each<[string, object, object]>([
    ['the customer', {}, { userId: null, teamId: null }],
    ['a user', { userId: ADA }, { userId: ADA, teamId: null }],
    ['a team', { teamId: TEAM }, { userId: null, teamId: TEAM }],
    ['both', { userId: ADA, teamId: TEAM }, { userId: ADA, teamId: TEAM }],
  ])('to %s says in its metadata who gave and who got, whatever the caller says', async (_, receiver, noted) => {
    const api = await startOpenMonetize();
    const before = await api.state();
    const metadata = { grantedBy: HARBOR, userId: FINN, teamId: NOBODY, idempotencyKey: 'mine', other: 1 };
    await api.call('post', GRANT, { customerId: LANTERN, ...receiver, amount: 5, metadata });
    const kept = { ...noted, grantedBy: LANTERN, idempotencyKey: 'mine', other: 1 };
    expect(transactionsSince(before, await api.state()).map((each) => each.metadata)).toEqual([kept]);
  });

  it.each<[string, object, string]>([
    ['a reason', { reason: 'Spring gift' }, 'Spring gift'],
    ['an empty reason', { reason: '' }, 'Credit grant: 5 credits'],
    ['a reason of null', { reason: null }, 'Credit grant: 5 credits'],
    ['no reason', {}, 'Credit grant: 5 credits'],
    ['a reason of blanks', { reason: ' ' }, ' '],
    ['a number as a reason', { reason: 12 }, '12'],
  ])('is described with %s', async (_, reason, description) => {
    const api = await startOpenMonetize();
    await api.call('post', GRANT, { customerId: LANTERN, userId: DUNJA, amount: 5, ...reason });
    expect(await api.call('get', historyOf(DUNJA))).toEqual(page([row('GRANT', 5, 0, description)]));
  });

  it('ignores properties that it does not know', async ({ api }) => {
    const body = { customerId: LANTERN, amount: 5, balance: 1, purchasePrice: -1, extra: { a: 1 } };
    expect(await api.call('post', GRANT, body)).toEqual(granted('10005', '5', WALLETS.lantern));
  });
});

describe('the id of the customer', () => {
  it.each([HARBOR, NOBODY, LANTERN.toUpperCase(), ADA])('%s is refused, and nothing is granted', async (customerId) => {
    const api = await startOpenMonetize();
    const before = await api.state();
    expect(await api.call('post', GRANT, { customerId, amount: 5 })).toEqual(foreign);
    expect(await api.call('post', GRANT, { customerId, userId: DUNJA, amount: 1.5 })).toEqual(foreign);
    expect(await api.call('post', GRANT, { customerId, userId: NOBODY, amount: 5 })).toEqual(foreign);
    expect(await api.state()).toEqual(before);
  });
});

describe('a receiver that does not exist', () => {
  it.for<[string, object]>([
    ['a user', { userId: NOBODY }],
    ['a user in capitals', { userId: ADA.toUpperCase() }],
    ['a team as a user', { userId: TEAM }],
    ['a user, with a team that does exist', { userId: NOBODY, teamId: TEAM }],
    ['a team', { teamId: NOBODY }],
    ['a user as a team', { teamId: ADA }],
    ['a user, for a fraction', { userId: NOBODY, amount: 1.5 }],
  ])('%s cannot get anything, and nothing is made', async ([_, receiver], { api }) => {
    const before = await api.state();
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 5, ...receiver })).toEqual(grantFailed);
    expect(await api.state()).toEqual(before);
  });
});

describe('with autoCreateUsers', () => {
  const set = ['openmonetize.autoCreateUsers=true'];

  it('a user that does not exist is created', async () => {
    const api = await startOpenMonetize({ set });
    const { users } = await api.state();
    expect(await api.call('post', GRANT, { customerId: LANTERN, userId: NOBODY, amount: 5 })).toEqual(
      granted('5', '5'),
    );
    const made = { id: NOBODY, customerId: LANTERN, externalUserId: NOBODY, email: null, metadata: null };
    expect((await api.state()).users).toEqual([...users, { ...made, createdAt: START }]);
    expect(await api.call('post', GRANT, { customerId: LANTERN, userId: NOBODY, amount: 5 })).toEqual(
      granted('10', '5'),
    );
    expect(await api.call('get', historyOf(NOBODY))).toEqual(
      page([row('GRANT', 5, 5, 'Credit grant: 5 credits'), row('GRANT', 5, 0, 'Credit grant: 5 credits')]),
    );
    expect((await api.state()).users).toHaveLength(users.length + 1);
  });

  it('a user who exists gets credits as before', async () => {
    const api = await startOpenMonetize({ set });
    const { users } = await api.state();
    expect(await api.call('post', GRANT, { customerId: LANTERN, userId: ADA, amount: 5 })).toEqual(
      granted('5505', '5', WALLETS.ada),
    );
    expect((await api.state()).users).toEqual(users);
  });

  it('a team is not created', async () => {
    const api = await startOpenMonetize({ set });
    const before = await api.state();
    expect(await api.call('post', GRANT, { customerId: LANTERN, teamId: NOBODY, amount: 5 })).toEqual(grantFailed);
    expect(await api.state()).toEqual(before);
  });

  it('the user of a fraction is created, with a wallet', async () => {
    const api = await startOpenMonetize({ set });
    expect(await api.call('post', GRANT, { customerId: LANTERN, userId: NOBODY, amount: 1.5 })).toEqual(grantFailed);
    expect(await api.call('get', creditsOf(NOBODY))).toEqual(userBalance(0));
  });
});

describe('across customers', () => {
  it('a grant to another one’s user goes to a wallet of its own, which is not the one that is shown', async () => {
    const api = await startOpenMonetize();
    const harbor = api.as(HARBOR_KEY);
    const answer = await harbor.call('post', GRANT, { customerId: HARBOR, userId: ADA, amount: 5 });
    expect(answer).toEqual(granted('5', '5'));
    expect(dataOf(answer, 'walletId')).not.toBe(WALLETS.ada);
    expect(await harbor.call('get', creditsOf(ADA, HARBOR))).toEqual(userBalance(5500));
    expect(await harbor.call('get', historyOf(ADA, HARBOR))).toEqual(
      page([row('GRANT', 5, 0, 'Credit grant: 5 credits')]),
    );
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(5500));
    expect(await api.call('get', historyOf(ADA))).toMatchObject({ body: { pagination: { total: 2 } } });
  });

  it('a grant to another one’s team goes to a wallet of its own', async ({ api }) => {
    const { wallets } = await api.state();
    const harbor = api.as(HARBOR_KEY);
    expect(await harbor.call('post', GRANT, { customerId: HARBOR, teamId: TEAM, amount: 5 })).toEqual(
      granted('5', '5'),
    );
    const made = { id: UUID, customerId: HARBOR, userId: null, teamId: TEAM, balance: '5' };
    expect((await api.state()).wallets).toEqual([...wallets, { ...made, expiresAt: null, createdAt: START }]);
  });

  it('one customer’s own credits are not another one’s', async ({ api }) => {
    const { id, own } = await register(api);
    await own.call('post', GRANT, { customerId: id, amount: 5 });
    expect(await own.call('get', BALANCE)).toEqual(customerBalance('5'));
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
    expect(await api.as(HARBOR_KEY).call('get', BALANCE)).toEqual(customerBalance('2'));
  });
});
