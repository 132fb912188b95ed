import { describe, expect } from 'vitest';

import {
  ADA,
  BALANCE,
  DUNJA,
  GRANT,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  NOBODY,
  PURCHASE,
  WALLETS,
  creditsOf,
  customerBalance,
  grantFailed,
  granted,
  historyOf,
  invalid,
  it,
  noWallet,
  page,
  purchaseFailed,
  purchased,
  register,
  row,
  startOpenMonetize,
  transactionsSince,
  userBalance,
  type Answer,
  type OpenMonetizeApi,
} from './api.ts';

/** The largest double that 64 bits hold. */
const LARGEST = '9223372036854774784';

interface Way {
  readonly path: string;
  readonly failed: Answer;
  readonly word: string;
  readonly succeeded: (newBalance: string, amount: string) => Answer;
}

const WAYS: Readonly<Record<string, Way>> = {
  'a grant': { path: GRANT, failed: grantFailed, word: 'grant', succeeded: granted },
  'a purchase': {
    path: PURCHASE,
    failed: purchaseFailed,
    word: 'purchase',
    succeeded: (newBalance) => purchased(Number(newBalance)),
  },
};

describe.each(Object.entries(WAYS))('%s', (_, { path, failed, word, succeeded }) => {
  /** With an amount that is written so. */
  function add(api: OpenMonetizeApi, amount: string, userId = DUNJA): Promise<Answer> {
    const body = `{"customerId":"${LANTERN}","userId":"${userId}","purchasePrice":0,"amount":${amount}}`;
    return api.send('post', path, body);
  }

  it.each([
    ['100.0', '100'],
    ['1e2', '100'],
    ['1', '1'],
    ['9007199254740992', '9007199254740992'],
    // The nearest double.
    ['9007199254740993', '9007199254740992'],
  ])('of %s adds %s', async (written, amount) => {
    const api = await startOpenMonetize();
    expect(await add(api, written)).toEqual(succeeded(amount, amount));
    expect(await api.call('get', creditsOf(DUNJA))).toEqual(userBalance(Number(amount)));
    expect(await api.call('get', historyOf(DUNJA))).toEqual(
      page([row(word.toUpperCase(), Number(amount), 0, `Credit ${word}: ${amount} credits`)]),
    );
  });

  it('of the largest double that 64 bits hold is exact in the state', async ({ api }) => {
    const before = await api.state();
    expect(await add(api, LARGEST)).toEqual(succeeded(LARGEST, LARGEST));
    expect((await api.state()).wallets.at(-1)).toMatchObject({ userId: DUNJA, balance: LARGEST });
    const description = `Credit ${word}: 9223372036854775000 credits`;
    expect(transactionsSince(before, await api.state())).toMatchObject([{ amount: LARGEST, description }]);
    // What is less than half the distance to the next double adds nothing.
    expect(await add(api, '100')).toEqual(succeeded(LARGEST, '100'));
    expect(await add(api, '1024')).toEqual(failed);
    expect(await api.call('get', historyOf(DUNJA))).toMatchObject({ body: { pagination: { total: 2 } } });
  });

  it.for(['0', '-1', '0.5', '0.999', '-1e400', 'false', '"0"'])(
    'of %s is refused, and makes nothing',
    async (amount, { api }) => {
      const before = await api.state();
      const message = amount === '-1e400' ? 'body/amount must be number' : 'body/amount must be >= 1';
      expect(await add(api, amount)).toEqual(invalid(message));
      expect(await api.state()).toEqual(before);
    },
  );

  it.for(['1.5', '100.000001', '9223372036854775807', '9223372036854775808', '1e30', '1e308', '"Infinity"'])(
    'of %s fails behind a new wallet',
    async (amount, { api }) => {
      const { wallets, ...others } = await api.state();
      expect(await api.call('get', creditsOf(DUNJA))).toEqual(noWallet);
      expect(await add(api, amount)).toEqual(failed);
      expect(await api.call('get', creditsOf(DUNJA))).toEqual(userBalance(0));
      expect(await api.call('get', historyOf(DUNJA))).toEqual(page([]));
      const { wallets: after, ...unchanged } = await api.state();
      expect(unchanged).toEqual(others);
      expect(after).toHaveLength(wallets.length + 1);
      await add(api, amount);
      expect((await api.state()).wallets).toEqual(after);
    },
  );

  it('of a fraction leaves an existing wallet unchanged', async ({ api }) => {
    const before = await api.state();
    const body = { customerId: LANTERN, userId: ADA, amount: 1.5, purchasePrice: 0, expiresAt: '2030-01-01T00:00:00Z' };
    expect(await api.call('post', path, body)).toEqual(failed);
    expect(await api.state()).toEqual(before);
  });

  it('to an unknown user creates no wallet', async ({ api }) => {
    const before = await api.state();
    expect(await add(api, '1.5', NOBODY)).toEqual(failed);
    expect(await add(api, '1e30', NOBODY)).toEqual(failed);
    expect(await api.state()).toEqual(before);
  });

  it('adds doubles, which are not exact above 2^53', async ({ api }) => {
    await add(api, '9007199254750996');
    expect(await add(api, '5')).toEqual(succeeded('9007199254751000', '5'));
    expect(await api.call('get', historyOf(DUNJA))).toMatchObject({
      body: {
        data: [
          { amount: 5, balanceBefore: 9_007_199_254_750_996, balanceAfter: 9_007_199_254_751_000 },
          { amount: 9_007_199_254_750_996 },
        ],
      },
    });
  });

  it('of 1 adds nothing to 2^53', async ({ api }) => {
    await add(api, '9007199254740992');
    expect(await add(api, '1')).toEqual(succeeded('9007199254740992', '1'));
  });
});

describe('a grant to the customer', () => {
  it.each(['1.5', '1e19'])('of %s creates the wallet, so the balance exists', async (amount) => {
    const { id, own } = await register(await startOpenMonetize());
    expect(await own.send('post', GRANT, `{"customerId":"${id}","amount":${amount}}`)).toEqual(grantFailed);
    expect(await own.call('get', BALANCE)).toEqual(customerBalance('0'));
  });

  it('has a sum of 64 bits', async () => {
    const harbor = (await startOpenMonetize()).as(HARBOR_KEY);
    const body = `{"customerId":"${HARBOR}","amount":${LARGEST}}`;
    expect(await harbor.send('post', GRANT, body)).toEqual(granted(LARGEST, LARGEST, WALLETS.harbor));
    expect(await harbor.send('post', GRANT, body)).toEqual(grantFailed);
    expect(await harbor.call('get', BALANCE)).toEqual(customerBalance(LARGEST));
  });
});
