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
  PURCHASE,
  TEAM,
  UUID,
  WALLETS,
  creditsOf,
  customerBalance,
  dataOf,
  foreign,
  granted,
  historyOf,
  invalid,
  it,
  noWallet,
  page,
  purchaseFailed,
  purchased,
  row,
  startOpenMonetize,
  transactionsSince,
  userBalance,
} from './api.ts';

const forAda = { customerId: LANTERN, userId: ADA, amount: 1000, purchasePrice: 1 };

describe('a purchase', () => {
  it('is answered with the balance as a number, and without the wallet', async ({ api }) => {
    const answer = await api.call('post', PURCHASE, forAda);
    expect(answer).toEqual(purchased(6500));
    expect(JSON.stringify(answer.body)).toBe(
      `{"data":{"transactionId":"${String(dataOf(answer, 'transactionId'))}","newBalance":6500}}`,
    );
  });

  it('goes to the wallet of the user and to no other', async ({ api }) => {
    const { wallets } = await api.state();
    await api.call('post', PURCHASE, forAda);
    expect((await api.state()).wallets).toEqual(
      wallets.map((wallet) => (wallet.id === WALLETS.ada ? { ...wallet, balance: '6500' } : wallet)),
    );
    expect(await api.call('get', BALANCE)).toEqual(customerBalance('10000'));
  });

  it('makes a wallet for a user who has none', async ({ api }) => {
    const { wallets } = await api.state();
    expect(await api.call('post', PURCHASE, { ...forAda, userId: DUNJA })).toEqual(purchased(1000));
    const made = { id: UUID, customerId: LANTERN, userId: DUNJA, teamId: null, balance: '1000', expiresAt: null };
    expect((await api.state()).wallets).toEqual([...wallets, { ...made, createdAt: START }]);
    expect(await api.call('post', PURCHASE, { ...forAda, userId: DUNJA })).toEqual(purchased(2000));
  });

  it('adds to the wallet that a grant made, and the other way round', async ({ api }) => {
    const toDunja = { ...forAda, userId: DUNJA };
    const walletId = String(dataOf(await api.call('post', GRANT, { ...toDunja, amount: 50 }), 'walletId'));
    expect(await api.call('post', PURCHASE, { ...toDunja, amount: 100 })).toEqual(purchased(150));
    expect(await api.call('post', GRANT, { ...toDunja, amount: 5 })).toEqual(granted('155', '5', walletId));
  });

  it.for<[unknown, string]>([
    [0, '0'],
    [1, '1'],
    [0.1, '0.1'],
    [9.99, '9.99'],
    [2.5, '2.5'],
    ['2.50', '2.5'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [-0, '0'],
    [true, '1'],
    [null, '0'],
  ])('of a price of %j is a transaction that says so', async ([purchasePrice, priceUsd], { api }) => {
    const before = await api.state();
    const body = { ...forAda, purchasePrice, metadata: { userId: FINN, a: 1 }, reason: 'Mine', idempotencyKey: 'k' };
    const answer = await api.call('post', PURCHASE, body);
    expect(transactionsSince(before, await api.state())).toEqual([
      {
        id: dataOf(answer, 'transactionId'),
        walletId: WALLETS.ada,
        customerId: LANTERN,
        transactionType: 'PURCHASE',
        amount: '1000',
        balanceBefore: '5500',
        balanceAfter: '6500',
        description: 'Credit purchase: 1000 credits',
        metadata: { userId: ADA, priceUsd },
        idempotencyKey: null,
        createdAt: START,
      },
    ]);
  });

  it.for<[string, object, string]>([
    ['a price below 0', { purchasePrice: -0.01 }, 'body/purchasePrice must be >= 0'],
    ['a price that is none', { purchasePrice: 'free' }, 'body/purchasePrice must be number'],
    ['no user', { userId: undefined }, "body must have required property 'userId'"],
    ['no price', { purchasePrice: undefined }, "body must have required property 'purchasePrice'"],
    ['a user who is no UUID', { userId: 'user_001' }, 'body/userId must match format "uuid"'],
    ['a user of null', { userId: null }, 'body/userId must match format "uuid"'],
  ])('is refused for %s', async ([_, fields, message], { api }) => {
    const before = await api.state();
    expect(await api.call('post', PURCHASE, { ...forAda, ...fields })).toEqual(invalid(message));
    expect(await api.state()).toEqual(before);
  });

  it.for([HARBOR, NOBODY, LANTERN.toUpperCase()])('in the name of %s is refused', async (customerId, { api }) => {
    const before = await api.state();
    expect(await api.call('post', PURCHASE, { ...forAda, customerId })).toEqual(foreign);
    expect(await api.call('post', PURCHASE, { ...forAda, customerId, userId: NOBODY })).toEqual(foreign);
    expect(await api.call('post', PURCHASE, { ...forAda, customerId, amount: 1.5 })).toEqual(foreign);
    expect(await api.state()).toEqual(before);
  });

  it.for([NOBODY, TEAM, LANTERN, ADA.toUpperCase()])(
    'for %s, who is no user, fails and makes nothing',
    async (userId, { api }) => {
      const before = await api.state();
      expect(await api.call('post', PURCHASE, { ...forAda, userId })).toEqual(purchaseFailed);
      expect(await api.state()).toEqual(before);
      expect(await api.call('get', creditsOf(userId))).toEqual(noWallet);
    },
  );

  it('takes no notice of a team', async ({ api }) => {
    expect(await api.call('post', PURCHASE, { ...forAda, teamId: TEAM })).toEqual(purchased(6500));
  });

  it('with the key of a grant adds all the same', async ({ api }) => {
    const body = { ...forAda, idempotencyKey: 'welcome-user-001' };
    expect(await api.call('post', PURCHASE, body)).toEqual(purchased(6500));
    expect(await api.call('post', PURCHASE, body)).toEqual(purchased(7500));
  });

  it('does not use up the key that it names', async ({ api }) => {
    await api.call('post', PURCHASE, { ...forAda, idempotencyKey: 'k' });
    const grant = { customerId: LANTERN, amount: 5, idempotencyKey: 'k' };
    expect(await api.call('post', GRANT, grant)).toEqual(granted('10005', '5', WALLETS.lantern));
  });

  it('loses nothing among 200 at once', async ({ api }) => {
    const body = { ...forAda, userId: DUNJA, amount: 1 };
    const answers = await Promise.all(Array.from({ length: 200 }, () => api.call('post', PURCHASE, body)));
    expect(new Set(answers.map((answer) => dataOf(answer, 'newBalance'))).size).toBe(200);
    expect(await api.call('get', creditsOf(DUNJA))).toEqual(userBalance(200));
  });
});

describe('a purchase with autoCreateUsers', () => {
  const set = ['openmonetize.autoCreateUsers=true'];

  it('makes the user who does not exist', async () => {
    const api = await startOpenMonetize({ set });
    const { users } = await api.state();
    expect(await api.call('post', PURCHASE, { ...forAda, userId: NOBODY })).toEqual(purchased(1000));
    const made = { id: NOBODY, customerId: LANTERN, externalUserId: NOBODY, email: null, metadata: null };
    expect((await api.state()).users).toEqual([...users, { ...made, createdAt: START }]);
    expect(await api.call('post', PURCHASE, { ...forAda, userId: NOBODY })).toEqual(purchased(2000));
  });

  it('is as before for one who exists', async () => {
    const api = await startOpenMonetize({ set });
    expect(await api.call('post', PURCHASE, forAda)).toEqual(purchased(6500));
  });
});

describe('a purchase for another customer’s user', () => {
  it('goes to that user’s wallet and is listed for the one who bought', async ({ api }) => {
    const harbor = api.as(HARBOR_KEY);
    const before = (await api.state()).wallets.length;
    expect(await harbor.call('post', PURCHASE, { ...forAda, customerId: HARBOR })).toEqual(purchased(6500));
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(6500));
    expect(await harbor.call('get', creditsOf(ADA, HARBOR))).toEqual(userBalance(6500));
    expect(await harbor.call('get', historyOf(ADA, HARBOR))).toEqual(
      page([row('PURCHASE', 1000, 5500, 'Credit purchase: 1000 credits')]),
    );
    expect(await api.call('get', historyOf(ADA))).toMatchObject({
      body: { data: [{ balanceAfter: 5500 }, { balanceAfter: 5000 }], pagination: { total: 2 } },
    });
    expect((await api.state()).wallets).toHaveLength(before);
  });

  it('leaves a gap in what the two see, but not in the wallet', async ({ api }) => {
    const harbor = api.as(HARBOR_KEY);
    await harbor.call('post', PURCHASE, { ...forAda, customerId: HARBOR });
    await api.call('post', GRANT, { ...forAda, amount: 5 });
    await harbor.call('post', PURCHASE, { ...forAda, customerId: HARBOR });
    expect(await api.call('get', `${historyOf(ADA)}?limit=1`)).toEqual(
      page([row('GRANT', 5, 6500, 'Credit grant: 5 credits')], 3, 1),
    );
    expect(await harbor.call('get', historyOf(ADA, HARBOR))).toEqual(
      page([
        row('PURCHASE', 1000, 6505, 'Credit purchase: 1000 credits'),
        row('PURCHASE', 1000, 5500, 'Credit purchase: 1000 credits'),
      ]),
    );
    expect(await api.call('get', creditsOf(ADA))).toEqual(userBalance(7505));
  });

  it('leaves a state that can be put back', async ({ api }) => {
    await api.as(HARBOR_KEY).call('post', PURCHASE, { ...forAda, customerId: HARBOR });
    await api.call('post', GRANT, { ...forAda, amount: 5 });
    await api.as(HARBOR_KEY).call('post', PURCHASE, { ...forAda, customerId: HARBOR });
    const before = await api.control('get', '/state');
    const history = await api.call('get', historyOf(ADA));
    await api.control('post', '/reset');
    expect(await api.control('put', '/state', before as object)).toEqual({});
    expect(await api.control('get', '/state')).toEqual(before);
    expect(await api.call('get', historyOf(ADA))).toEqual(history);
  });

  it('makes a wallet of the one who bought where the user has none, which is then the user’s', async ({ api }) => {
    const harbor = api.as(HARBOR_KEY);
    expect(await api.call('post', PURCHASE, { ...forAda, userId: FINN })).toEqual(purchased(1000));
    expect(await harbor.call('get', creditsOf(FINN, HARBOR))).toEqual(userBalance(1000));
    expect((await api.state()).wallets.at(-1)).toMatchObject({ customerId: LANTERN, userId: FINN });
    // A purchase of the user's own customer finds that wallet, and a grant makes another one.
    expect(await harbor.call('post', PURCHASE, { ...forAda, customerId: HARBOR, userId: FINN })).toEqual(
      purchased(2000),
    );
    expect(await harbor.call('post', GRANT, { customerId: HARBOR, userId: FINN, amount: 5 })).toEqual(
      granted('5', '5'),
    );
    expect(await harbor.call('get', creditsOf(FINN, HARBOR))).toEqual(userBalance(2000));
    expect(await harbor.call('get', historyOf(FINN, HARBOR))).toEqual(
      page([
        row('GRANT', 5, 0, 'Credit grant: 5 credits'),
        row('PURCHASE', 1000, 1000, 'Credit purchase: 1000 credits'),
      ]),
    );
  });
});
