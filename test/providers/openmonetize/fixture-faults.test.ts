import { describe, expect, it } from 'vitest';

import { startOpenMonetize } from './api.ts';

const ONE = 'aaaaaaaa-0000-4000-8000-000000000001';
const TWO = 'aaaaaaaa-0000-4000-8000-000000000002';
const W = 'bbbbbbbb-0000-4000-8000-000000000001';
const ID = 'cccccccc-0000-4000-8000-000000000001';
const A = { id: ONE, name: 'A', email: 'a@a.example', apiKey: 'key_a' };
const B = { id: TWO, name: 'B', email: 'b@b.example', apiKey: 'key_b' };
const USER = { id: 'u', customerId: ONE };
const TEAM = { id: 't', customerId: ONE, name: 'T' };
const WALLET = { id: W, customerId: ONE };
const ROW = { walletId: W, transactionType: 'GRANT', amount: 5 };
const EVENT = { event_id: 'e', customer_id: ONE, event_type: 'CUSTOM', feature_id: 'f', timestamp: 'now' };

/** What putting a state with these records says: nothing, or what is wrong where. */
async function put(section: object): Promise<string | undefined> {
  const { app } = await startOpenMonetize();
  const response = await app.put('/_emulator/state').send({ openmonetize: section });
  return response.status === 204 ? undefined : (response.body as { readonly detail: string }).detail;
}

/** A section of two customers, and these records of theirs. */
function records(section: object): object {
  return { customers: [A, B], users: [USER], teams: [TEAM], wallets: [WALLET], ...section };
}

function rows(...transactions: readonly object[]): object {
  return records({ transactions: transactions.map((row) => ({ ...ROW, ...row })) });
}

describe('the section of a fixture', () => {
  it.each<[string, object]>([
    [
      'two users of two customers with one external id',
      records({ users: [USER, { id: 'v', customerId: TWO, externalUserId: 'u' }] }),
    ],
    ['a wallet of another customer than its user', records({ wallets: [{ ...WALLET, customerId: TWO, userId: 'u' }] })],
    ['a transaction of another customer than its wallet', rows({ customerId: TWO })],
    ['a balance that is the sum of the transactions', { ...rows({}, {}), wallets: [{ ...WALLET, balance: '10' }] }],
    ['a chain that says itself', rows({ balanceBefore: 1, balanceAfter: 6 }, { balanceBefore: '6', balanceAfter: 11 })],
    ['a balance as large as 64 bits hold', rows({ amount: '9223372036854775807' })],
    ['a balance as small as 64 bits hold', rows({ amount: '-9223372036854775808' })],
    ['events of nobody', records({ events: [{ ...EVENT, user_id: 'nobody' }] })],
    ['events without keys', records({ events: [EVENT, { ...EVENT, event_id: 'f' }] })],
    ['an empty description', rows({ description: '' })],
  ])('may have %s', async (_, section) => {
    expect(await put(section)).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ customers: [A, { ...B, email: A.email }] }, `customers[1].email: "${ONE}" has the same email.`],
    [{ customers: [A, { ...B, apiKey: A.apiKey }] }, `customers[1].apiKey: "${ONE}" has the same apiKey.`],
    [
      records({ users: [USER, { ...USER, id: 'v', externalUserId: 'u' }] }),
      'users[1].externalUserId: "u" has the same externalUserId.',
    ],
    [{ users: [USER] }, `users[0].customerId: There is no customer \"${ONE}\".`],
    [{ teams: [TEAM] }, `teams[0].customerId: There is no customer \"${ONE}\".`],
    [{ wallets: [WALLET] }, `wallets[0].customerId: There is no customer \"${ONE}\".`],
    [records({ wallets: [{ ...WALLET, userId: 'x' }] }), 'wallets[0].userId: There is no user "x".'],
    [records({ wallets: [{ ...WALLET, teamId: 'x' }] }), 'wallets[0].teamId: There is no team "x".'],
    [
      records({ wallets: [{ ...WALLET, userId: 'u', teamId: 't' }] }),
      'wallets[0].teamId: A wallet cannot have both a user and a team. Remove one.',
    ],
    [records({ transactions: [{ ...ROW, walletId: 'x' }] }), 'transactions[0].walletId: There is no wallet "x".'],
    [rows({ customerId: 'x' }), 'transactions[0].customerId: There is no customer "x".'],
    [
      rows({ id: ID, idempotencyKey: 'k' }, { customerId: TWO, idempotencyKey: 'k' }),
      `transactions[1].idempotencyKey: "${ID}" has the same idempotencyKey.`,
    ],
    [
      records({
        events: [
          { ...EVENT, idempotency_key: 'k' },
          { ...EVENT, event_id: 'f', idempotency_key: 'k' },
        ],
      }),
      'events[1].idempotency_key: The event "e" has the same idempotency_key.',
    ],
    [{ events: [EVENT] }, `events[0].customer_id: There is no customer \"${ONE}\".`],
    [
      { ...rows({}, {}), wallets: [{ ...WALLET, balance: 11 }] },
      'wallets[0].balance: It says 11, but the transactions add up to 10.',
    ],
    [
      { ...rows({}), wallets: [{ ...WALLET, balance: 0 }] },
      'wallets[0].balance: It says 0, but the transactions add up to 5.',
    ],
    [rows({}, { balanceBefore: 4 }), 'transactions[1].balanceBefore: It says 4, but the transactions add up to 5.'],
    [rows({}, { balanceBefore: 0 }), 'transactions[1].balanceBefore: It says 0, but the transactions add up to 5.'],
    [
      records({ wallets: [{ ...WALLET, balance: '9223372036854775808' }] }),
      'wallets[0].balance: 9223372036854775808 exceeds 64 bits.',
    ],
    [
      records({ wallets: [{ ...WALLET, balance: '-9223372036854775809' }] }),
      'wallets[0].balance: -9223372036854775809 exceeds 64 bits.',
    ],
    [
      records({ wallets: [{ ...WALLET, balance: 1e20 }] }),
      'wallets[0].balance: 100000000000000000000 exceeds 64 bits.',
    ],
    [rows({ amount: '9223372036854775808' }), 'transactions[0].amount: 9223372036854775808 exceeds 64 bits.'],
    [
      rows({ balanceBefore: '9223372036854775808' }),
      'transactions[0].balanceBefore: 9223372036854775808 exceeds 64 bits.',
    ],
    [
      rows({ amount: '9223372036854775807' }, { amount: 1 }),
      'transactions[1].balanceAfter: 9223372036854775808 exceeds 64 bits.',
    ],
    [
      records({ events: [{ ...EVENT, creditsBurned: '9223372036854775808' }] }),
      'events[0].creditsBurned: 9223372036854775808 exceeds 64 bits.',
    ],
  ])('refuses %j: %s', async (section, message) => {
    expect(await put(section)).toBe(`body: openmonetize.${message}`);
  });
});
