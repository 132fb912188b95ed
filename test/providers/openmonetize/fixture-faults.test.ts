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
    ['a balance that is what the transactions come to', { ...rows({}, {}), wallets: [{ ...WALLET, balance: '10' }] }],
    ['a chain that says itself', rows({ balanceBefore: 1, balanceAfter: 6 }, { balanceBefore: '6', balanceAfter: 11 })],
    ['a balance as large as 64 bits hold', rows({ amount: '9223372036854775807' })],
    ['a balance as small as 64 bits hold', rows({ amount: '-9223372036854775808' })],
    ['events of nobody', records({ events: [{ ...EVENT, user_id: 'nobody' }] })],
    ['events without keys', records({ events: [EVENT, { ...EVENT, event_id: 'f' }] })],
    ['an empty description', rows({ description: '' })],
  ])('may have %s', async (_, section) => {
    expect(await put(section)).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'two customers with one id',
      { customers: [A, { ...B, id: ONE }] },
      `customers[1].id: The customer ${ONE} is there twice.`,
    ],
    [
      'two customers with one e-mail',
      { customers: [A, { ...B, email: A.email }] },
      `customers[1].email: "${ONE}" has the same email.`,
    ],
    [
      'two customers with one key',
      { customers: [A, { ...B, apiKey: A.apiKey }] },
      `customers[1].apiKey: "${ONE}" has the same apiKey.`,
    ],
    [
      'two users with one id',
      records({ users: [USER, { ...USER, customerId: TWO }] }),
      'users[1].id: The user u is there twice.',
    ],
    [
      'two users of a customer with one external id',
      records({ users: [USER, { ...USER, id: 'v', externalUserId: 'u' }] }),
      'users[1].externalUserId: "u" has the same externalUserId.',
    ],
    ['a user of no customer', { users: [USER] }, `users[0].customerId: There is no customer \"${ONE}\".`],
    ['two teams with one id', records({ teams: [TEAM, TEAM] }), 'teams[1].id: The team t is there twice.'],
    ['a team of no customer', { teams: [TEAM] }, `teams[0].customerId: There is no customer \"${ONE}\".`],
    [
      'two wallets with one id',
      records({ wallets: [WALLET, WALLET] }),
      `wallets[1].id: The wallet ${W} is there twice.`,
    ],
    ['a wallet of no customer', { wallets: [WALLET] }, `wallets[0].customerId: There is no customer \"${ONE}\".`],
    [
      'a wallet of a user that is not there',
      records({ wallets: [{ ...WALLET, userId: 'x' }] }),
      'wallets[0].userId: There is no user "x".',
    ],
    [
      'a wallet of a team that is not there',
      records({ wallets: [{ ...WALLET, teamId: 'x' }] }),
      'wallets[0].teamId: There is no team "x".',
    ],
    [
      'a wallet of a user and of a team',
      records({ wallets: [{ ...WALLET, userId: 'u', teamId: 't' }] }),
      'wallets[0].teamId: A wallet is of a user or of a team, and not of both.',
    ],
    [
      'a transaction of no wallet',
      records({ transactions: [{ ...ROW, walletId: 'x' }] }),
      'transactions[0].walletId: There is no wallet "x".',
    ],
    [
      'a transaction of no customer',
      rows({ customerId: 'x' }),
      'transactions[0].customerId: There is no customer "x".',
    ],
    [
      'two transactions with one id',
      rows({ id: ID }, { id: ID }),
      `transactions[1].id: The transaction ${ID} is there twice.`,
    ],
    [
      'two transactions with one key',
      rows({ id: ID, idempotencyKey: 'k' }, { customerId: TWO, idempotencyKey: 'k' }),
      `transactions[1].idempotencyKey: "${ID}" has the same idempotencyKey.`,
    ],
    [
      'two events with one id',
      records({ events: [EVENT, { ...EVENT, customer_id: TWO }] }),
      'events[1].event_id: The event e is there twice.',
    ],
    [
      'two events with one key',
      records({
        events: [
          { ...EVENT, idempotency_key: 'k' },
          { ...EVENT, event_id: 'f', idempotency_key: 'k' },
        ],
      }),
      'events[1].idempotency_key: The event "e" has the same idempotency_key.',
    ],
    ['an event of no customer', { events: [EVENT] }, `events[0].customer_id: There is no customer \"${ONE}\".`],
  ])('refuses %s', async (_, section, message) => {
    expect(await put(section)).toBe(`body: openmonetize.${message}`);
  });

  it.each<[string, object, string]>([
    [
      'a balance that the transactions do not come to',
      { ...rows({}, {}), wallets: [{ ...WALLET, balance: 11 }] },
      'wallets[0].balance: It says 11, but the transactions come to 10.',
    ],
    [
      'a balance of zero that the transactions do not come to',
      { ...rows({}), wallets: [{ ...WALLET, balance: 0 }] },
      'wallets[0].balance: It says 0, but the transactions come to 5.',
    ],
    [
      'a transaction that does not begin where the one before it ends',
      rows({}, { balanceBefore: 4 }),
      'transactions[1].balanceBefore: It says 4, but the transactions come to 5.',
    ],
    [
      'a transaction that begins at zero again',
      rows({}, { balanceBefore: 0 }),
      'transactions[1].balanceBefore: It says 0, but the transactions come to 5.',
    ],
  ])('refuses %s', async (_, section, message) => {
    expect(await put(section)).toBe(`body: openmonetize.${message}`);
  });

  it.each<[string, object, string]>([
    [
      'a balance beyond 64 bits',
      records({ wallets: [{ ...WALLET, balance: '9223372036854775808' }] }),
      'wallets[0].balance: 9223372036854775808 is beyond 64 bits.',
    ],
    [
      'a debt beyond 64 bits',
      records({ wallets: [{ ...WALLET, balance: '-9223372036854775809' }] }),
      'wallets[0].balance: -9223372036854775809 is beyond 64 bits.',
    ],
    [
      'a number beyond 64 bits',
      records({ wallets: [{ ...WALLET, balance: 1e20 }] }),
      'wallets[0].balance: 100000000000000000000 is beyond 64 bits.',
    ],
    [
      'an amount beyond 64 bits',
      rows({ amount: '9223372036854775808' }),
      'transactions[0].amount: 9223372036854775808 is beyond 64 bits.',
    ],
    [
      'a beginning beyond 64 bits',
      rows({ balanceBefore: '9223372036854775808' }),
      'transactions[0].balanceBefore: 9223372036854775808 is beyond 64 bits.',
    ],
    [
      'a sum beyond 64 bits',
      rows({ amount: '9223372036854775807' }, { amount: 1 }),
      'transactions[1].balanceAfter: 9223372036854775808 is beyond 64 bits.',
    ],
    [
      'a burn beyond 64 bits',
      records({ events: [{ ...EVENT, creditsBurned: '9223372036854775808' }] }),
      'events[0].creditsBurned: 9223372036854775808 is beyond 64 bits.',
    ],
  ])('refuses %s', async (_, section, message) => {
    expect(await put(section)).toBe(`body: openmonetize.${message}`);
  });

  it.each<[object, string]>([
    [{ customers: [{ ...A, createdAt: 'yesterday' }] }, 'customers[0].createdAt'],
    [records({ users: [{ ...USER, createdAt: '2026-02-30T00:00:00Z' }] }), 'users[0].createdAt'],
    [records({ wallets: [{ ...WALLET, createdAt: 'now-1D' }] }), 'wallets[0].createdAt'],
    [records({ wallets: [{ ...WALLET, expiresAt: '' }] }), 'wallets[0].expiresAt'],
    [rows({ createdAt: '2026-01-01' }), 'transactions[0].createdAt'],
    [records({ events: [{ ...EVENT, timestamp: '' }] }), 'events[0].timestamp'],
  ])('refuses an instant that is none, and says where: %j', async (section, path) => {
    expect(await put(section)).toMatch(new RegExp(`^body: openmonetize\\.${path.replace(/[[\].]/g, '\\$&')}: `));
  });

  it.each<[string, object, string]>([
    ['a balance that is not whole', records({ wallets: [{ ...WALLET, balance: 1.5 }] }), 'wallets[0].balance'],
    ['a balance in words', records({ wallets: [{ ...WALLET, balance: 'ten' }] }), 'wallets[0].balance'],
    ['an amount that is not whole', rows({ amount: 0.5 }), 'transactions[0].amount'],
    [
      'a type of transaction that it does not know',
      rows({ transactionType: 'GIFT' }),
      'transactions[0].transactionType',
    ],
    ['a key with a sandbox in it', { customers: [{ ...A, apiKey: 'key~x' }] }, 'customers[0].apiKey'],
    ['a key with a space in it', { customers: [{ ...A, apiKey: 'key x' }] }, 'customers[0].apiKey'],
    ['a tier that it does not know', { customers: [{ ...A, tier: 'FREE' }] }, 'customers[0].tier'],
    ['a status that it does not know', { customers: [{ ...A, status: 'GONE' }] }, 'customers[0].status'],
    [
      'an event of a type that it does not know',
      records({ events: [{ ...EVENT, event_type: 'VIDEO_GENERATION' }] }),
      'events[0].event_type',
    ],
    ['an empty idempotency key', rows({ idempotencyKey: '' }), 'transactions[0].idempotencyKey'],
    ['a customer whose id is no UUID', { customers: [{ ...A, id: 'acme' }] }, 'customers[0].id'],
    ['a wallet whose id is no UUID', records({ wallets: [{ ...WALLET, id: W.toUpperCase() }] }), 'wallets[0].id'],
    ['a transaction whose id is no UUID', rows({ id: '1' }), 'transactions[0].id'],
    ['a user without an id', records({ users: [{ ...USER, id: '' }] }), 'users[0].id'],
    ['metadata that are no object', records({ users: [{ ...USER, metadata: [] }] }), 'users[0].metadata'],
  ])('refuses %s', async (_, section, path) => {
    expect(await put(section)).toContain(`openmonetize.${path}: `);
  });

  it.each([
    ['customers', { ...A, balance: 5 }],
    ['users', { ...USER, balance: 5 }],
    ['teams', { ...TEAM, balance: 5 }],
    ['wallets', { ...WALLET, reserved: 5 }],
    ['transactions', { ...ROW, balance: 5 }],
    ['events', { ...EVENT, balance: 5 }],
  ])('refuses what it does not know of %s', async (name, entry) => {
    expect(await put(records({ [name]: [entry] }))).toMatch(/balance|reserved/);
  });
});
