import type { Workspace } from './workspace.ts';

/** Klaim's own seed under the id of the provider that stands in for it. */
export function toVariantFixture(source: unknown): object {
  const { klaim } = source as { readonly klaim: object };
  return { variant: klaim };
}

/** When the first of many users was added. */
const START = 1_735_689_600_000;

/** A seed of so many users, `ada` first. Ids and instants are written out, so that the seed is built once and not per start. */
function createLargeFixture(users: number): object {
  return {
    klaim: {
      apps: [{ app_id: 'app_lantern', name: 'Lantern Notes', api_key: 'klaim_test_lantern' }],
      users: Array.from({ length: users }, (_, index) => ({
        app_id: 'app_lantern',
        user_id: index === 0 ? 'ada' : `user-${index}`,
        klaim_id: `${START + index}_bench`,
        email: `user-${index}@lantern.example`,
        credit_balance: 700,
        created_at: START + index,
      })),
    },
  };
}

export function writeSeed(workspace: Workspace, users: number): string {
  return workspace.writeJson(`seed-${users}`, createLargeFixture(users));
}

/** So many users for an app of the default fixtures. */
export function createFillingFixture(users: number): object {
  return {
    klaim: {
      users: Array.from({ length: users }, (_, index) => ({
        app_id: 'app_lantern',
        user_id: `user-${index}`,
        klaim_id: `${START + index}_bench`,
        email: `user-${index}@lantern.example`,
        credit_balance: 700,
        created_at: START + index,
      })),
    },
  };
}

const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';
const WALLET = '880e8400-e29b-41d4-a716-446655440000';

/** OpenMonetize's first customer with so many transactions of 1 in its own wallet. */
export function createHistoryFixture(transactions: number): object {
  const createdAt = new Date(START).toISOString();
  return {
    openmonetize: {
      customers: [{ id: CUSTOMER, name: 'Lantern', email: 'a@b.example', apiKey: 'om_dev_test_key', createdAt }],
      wallets: [{ id: WALLET, customerId: CUSTOMER, balance: transactions, createdAt }],
      transactions: Array.from({ length: transactions }, () => ({
        walletId: WALLET,
        transactionType: 'GRANT',
        amount: 1,
        createdAt,
      })),
    },
  };
}

/** So many fault rules of one operation of Klaim. */
export function createRules(count: number): object {
  const rule = { provider: 'klaim', operation: 'createUser', effect: { status: 500 } };
  return { faults: Array.from({ length: count }, (_, index) => ({ id: `rule-${index}`, ...rule })) };
}
