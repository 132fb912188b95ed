import { describe, expect, it } from 'vitest';

import { createApp } from '../../../src/compose/emulator.ts';
import { createFiles } from '../../support/folder.ts';
import { testLogger } from '../../support/log.ts';
import {
  ADA,
  BENOIT,
  DUNJA,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  WALLETS,
  customerBalance,
  startOpenMonetize,
  userBalance,
  type OpenMonetizeApi,
} from './api.ts';

const SECOND = '880e8400-e29b-41d4-a716-446655449999';

/** A file with this section, to be loaded behind others. */
function write(section: object): string {
  return createFiles({ 'mine.json': JSON.stringify({ openmonetize: section }) })['mine.json'];
}

/** The default fixture, and these sections behind it. */
function start(...sections: readonly object[]): Promise<OpenMonetizeApi> {
  return startOpenMonetize({ fixtures: ['default', ...sections.map(write)] });
}

function toRow(walletId: string, amount: number, fields: object = {}): object {
  return { walletId, transactionType: amount < 0 ? 'BURN' : 'GRANT', amount, ...fields };
}

interface Page {
  readonly data: readonly { readonly id: string; readonly amount: number; readonly balanceAfter: number }[];
  readonly pagination: { readonly total: number };
}

/** The amounts in the history of a user, newest first, read one at a time, and as many as it is said to have. */
async function readHistory(api: OpenMonetizeApi, user: string, customer = LANTERN): Promise<readonly number[]> {
  const amounts: number[] = [];
  for (let offset = 0, total = 1; offset < total; offset += 1) {
    const path = `/v1/customers/${customer}/users/${user}/transactions?limit=1&offset=${offset}`;
    const { data, pagination } = (await api.call('get', path)).body as Page;
    total = pagination.total;
    if (total > 0) amounts.push(...data.map(({ amount }) => amount));
    if (amounts.length !== Math.min(offset + 1, total)) throw new Error(`Nothing at ${offset} of ${total}.`);
  }
  return amounts;
}

function readBalance(api: OpenMonetizeApi, user: string): Promise<unknown> {
  return api.call('get', `/v1/customers/${LANTERN}/users/${user}/credits`);
}

describe('a later fixture', () => {
  it('replaces a wallet with all its transactions', async () => {
    const wallet = { id: WALLETS.ada, customerId: LANTERN, userId: ADA };
    const api = await start({ wallets: [wallet], transactions: [toRow(WALLETS.ada, 7), toRow(WALLETS.ada, -3)] });
    expect(await readHistory(api, ADA)).toEqual([-3, 7]);
    expect(await readBalance(api, ADA)).toEqual(userBalance(4));
    expect((await readHistory(api, BENOIT)).length).toBe(60);
    await api.call('post', '/v1/credits/grant', { customerId: LANTERN, userId: ADA, amount: 10 });
    expect(await readHistory(api, ADA)).toEqual([10, -3, 7]);
  });

  it('replaces a wallet by one without transactions', async () => {
    const api = await start({ wallets: [{ id: WALLETS.ada, customerId: LANTERN, userId: ADA, balance: 12 }] });
    expect(await readHistory(api, ADA)).toEqual([]);
    expect(await readBalance(api, ADA)).toEqual(userBalance(12));
    await api.call('post', '/v1/credits/grant', { customerId: LANTERN, userId: ADA, amount: 10 });
    expect(await readHistory(api, ADA)).toEqual([10]);
  });

  it('leaves the place of a wallet, so that the oldest stays the oldest', async () => {
    const own = { customerId: LANTERN, balance: 3 };
    const api = await start({ wallets: [{ ...own, id: SECOND }] }, { wallets: [{ ...own, id: WALLETS.lantern }] });
    expect(await api.call('get', '/v1/credits/balance')).toEqual(customerBalance('3'));
    await api.call('post', '/v1/credits/grant', { customerId: LANTERN, amount: 1 });
    expect(await api.call('get', '/v1/credits/balance')).toEqual(customerBalance('4'));
    expect((await api.state()).wallets.filter(({ balance }) => balance === '4')).toMatchObject([
      { id: WALLETS.lantern },
    ]);
  });

  it('leaves the transactions of another wallet of the same user, without a gap', async () => {
    const second = { id: SECOND, customerId: LANTERN, userId: ADA };
    const rows = [toRow(SECOND, 1), toRow(SECOND, 2), toRow(SECOND, 3)];
    const wallet = { id: WALLETS.ada, customerId: LANTERN, userId: ADA };
    const api = await start({ wallets: [second], transactions: rows }, { wallets: [wallet] });
    expect(await readHistory(api, ADA)).toEqual([3, 2, 1]);
    const other = await start({ wallets: [second], transactions: rows }, { wallets: [second] });
    expect(await readHistory(other, ADA)).toEqual([500, 5000]);
  });

  it('closes the gaps in the histories of all who had paid into a wallet', async () => {
    const second = { id: SECOND, customerId: LANTERN, userId: ADA };
    const first = [
      toRow(SECOND, 1, { customerId: HARBOR }),
      toRow(WALLETS.ada, 2, { customerId: HARBOR }),
      toRow(SECOND, 3, { customerId: HARBOR }),
      toRow(SECOND, 4),
    ];
    const api = await start(
      { wallets: [second], transactions: first },
      { wallets: [second], transactions: [toRow(SECOND, 9)] },
    );
    expect(await readHistory(api.as(HARBOR_KEY), ADA, HARBOR)).toEqual([2]);
    expect(await readHistory(api, ADA)).toEqual([9, 500, 5000]);
    expect(await readBalance(api, ADA)).toEqual(userBalance(5502));
  });

  it('may give a wallet to another user', async () => {
    const wallet = { id: WALLETS.ada, customerId: LANTERN, userId: DUNJA };
    const api = await start({ wallets: [wallet], transactions: [toRow(WALLETS.ada, 8)] });
    expect([await readHistory(api, ADA), await readHistory(api, DUNJA)]).toEqual([[], [8]]);
    expect(await readBalance(api, DUNJA)).toEqual(userBalance(8));
  });

  it('continues the chain of a wallet that it does not replace', async () => {
    const api = await start({
      transactions: [toRow(WALLETS.ada, 10), toRow(WALLETS.ada, -1, { balanceBefore: 5510 })],
    });
    expect(await readHistory(api, ADA)).toEqual([-1, 10, 500, 5000]);
    expect(await readBalance(api, ADA)).toEqual(userBalance(5509));
  });

  it('continues from a balance without transactions', async () => {
    const api = await start({ transactions: [toRow(WALLETS.lantern, 10)] });
    expect(await api.call('get', '/v1/credits/balance')).toEqual(customerBalance('10010'));
  });

  it('adds transactions without ids to those of an earlier one', async () => {
    // The same number of records in front of them, so that nothing but the file tells them apart.
    const users = (name: string): object[] => [{ id: name, customerId: LANTERN }];
    const api = await start(
      { users: users('v'), transactions: [toRow(WALLETS.ada, 1)] },
      { users: users('w'), transactions: [toRow(WALLETS.ada, 2)] },
    );
    expect(await readHistory(api, ADA)).toEqual([2, 1, 500, 5000]);
    expect(await readBalance(api, ADA)).toEqual(userBalance(5503));
  });

  it('replaces customers, users, teams and events, each by its id', async () => {
    const event = { event_id: 'e', customer_id: LANTERN, event_type: 'CUSTOM', feature_id: 'f', timestamp: 'now' };
    const first = {
      events: [{ ...event, idempotency_key: 'k' }],
      teams: [{ id: 't', customerId: LANTERN, name: 'T' }],
    };
    const api = await start(first, {
      customers: [{ id: LANTERN, name: 'Lantern', email: 'new@lantern.example', apiKey: 'om_new' }],
      users: [{ id: ADA, customerId: LANTERN, externalUserId: 'ada' }],
      teams: [{ id: 't', customerId: HARBOR, name: 'U' }],
      events: [{ ...event, feature_id: 'g', idempotency_key: 'k' }],
    });
    const state = await api.state();
    expect(state.customers[0]).toMatchObject({ id: LANTERN, name: 'Lantern', apiKey: 'om_new', tier: 'STARTER' });
    expect(state.users[0]).toMatchObject({ id: ADA, externalUserId: 'ada', email: null });
    expect(state.teams).toContainEqual({ id: 't', customerId: HARBOR, name: 'U' });
    expect(state.events).toMatchObject([{ event_id: 'e', feature_id: 'g' }]);
    expect(await readBalance(api.as('om_new'), ADA)).toEqual(userBalance(5500));
    expect(await readBalance(api, ADA)).toMatchObject({ status: 401 });
  });
});

describe('a later fixture is refused', () => {
  const customer = { id: SECOND, name: 'M', email: 'm@meadow.example', apiKey: 'om_m' };
  const event = { event_id: 'e', customer_id: LANTERN, event_type: 'CUSTOM', feature_id: 'f', timestamp: 'now' };

  it.each<[object, string]>([
    [
      { customers: [{ ...customer, email: 'dev@lantern.example' }] },
      `openmonetize.customers[0].email: "${LANTERN}" has the same email.`,
    ],
    [
      { customers: [{ ...customer, apiKey: HARBOR_KEY }] },
      `openmonetize.customers[0].apiKey: "${HARBOR}" has the same apiKey.`,
    ],
    [
      { users: [{ id: 'u', customerId: LANTERN, externalUserId: 'user_001' }] },
      `openmonetize.users[0].externalUserId: "${ADA}" has the same externalUserId.`,
    ],
    [
      { transactions: [toRow(WALLETS.lantern, 1, { idempotencyKey: 'welcome-user-001' })] },
      'openmonetize.transactions[0].idempotencyKey: "990e8400-e29b-41d4-a716-446655440002" has the same idempotencyKey.',
    ],
    [
      { transactions: [toRow(WALLETS.ada, 1, { balanceBefore: 0 })] },
      'openmonetize.transactions[0].balanceBefore: It says 0, but the transactions add up to 5500.',
    ],
    [
      { transactions: [toRow(WALLETS.ada, 1, { id: '990e8400-e29b-41d4-a716-446655440002' })] },
      'openmonetize.transactions[0].id: ',
    ],
    [{ events: [event, event] }, 'openmonetize.events[1].event_id: The event e appears twice.'],
  ])('%j: %s', async (section, message) => {
    const options = { providers: ['openmonetize'], fixtures: ['default', write(section)] };
    await expect(createApp(options, testLogger)).rejects.toThrow(message);
  });
});
