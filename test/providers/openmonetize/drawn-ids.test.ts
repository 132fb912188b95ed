import { describe, expect } from 'vitest';

import {
  ADA,
  DUNJA,
  GRANT,
  LANTERN,
  LANTERN_KEY,
  WALLETS,
  dataOf,
  it,
  startOpenMonetize,
  type Section,
} from './api.ts';

const CUSTOMER = { id: LANTERN, name: 'A', email: 'a@a.example', apiKey: LANTERN_KEY };
const WALLET = { id: WALLETS.lantern, customerId: LANTERN };
const ROW = { walletId: WALLETS.lantern, transactionType: 'GRANT', amount: 5 };

describe('the ids that are drawn after a state was loaded', () => {
  it.for(['with', 'without'])(
    'are others where all but one of its transactions were taken out, %s how far chance has got',
    async (how, { api }) => {
      const grant = { customerId: LANTERN, amount: 5 };
      const seeded = (await api.state()).transactions.length;
      for (let round = 0; round < 3; round += 1) await api.call('post', GRANT, grant);
      const { openmonetize, ...rest } = (await api.control('get', '/state')) as { readonly openmonetize: Section };
      for (const place of [0, 1, 2]) {
        const left = { ...openmonetize.transactions[seeded + place], balanceBefore: 0, balanceAfter: 5 };
        const section = { ...openmonetize, wallets: [WALLET], transactions: [left] };
        const state = how === 'with' ? { ...rest, openmonetize: section } : { openmonetize: section };
        await api.app.put('/_emulator/state').send(state).expect(204);
        for (let round = 0; round < 3; round += 1) await api.call('post', GRANT, grant);
        const { transactions } = await api.state();
        expect(new Set(transactions.map(({ id }) => id)).size).toBe(4);
      }
    },
  );

  it('are others where what another sandbox drew was added, also twice', async ({ api }) => {
    const grant = { customerId: LANTERN, userId: ADA, amount: 5 };
    const post = (sandbox: string, path: string, body: object): Promise<unknown> =>
      api.app
        .post(path)
        .set({ Authorization: `Bearer ${LANTERN_KEY}`, 'X-Emulator-Sandbox': sandbox })
        .send(body)
        .expect(200);
    for (let round = 0; round < 3; round += 1) await post('other', `/openmonetize${GRANT}`, grant);
    const other = await api.app.get('/_emulator/state').set('X-Emulator-Sandbox', 'other');
    const { wallets, transactions } = (other.body as { readonly openmonetize: Section }).openmonetize;
    const ofAda = wallets.filter(({ id }) => id === WALLETS.ada);
    const data = {
      openmonetize: { wallets: ofAda, transactions: transactions.filter((one) => one.walletId === WALLETS.ada) },
    };
    for (let round = 0; round < 2; round += 1) {
      await api.app.post('/_emulator/fixtures').send({ data }).expect(204);
      for (let count = 0; count < 3; count += 1)
        await post('default', `/openmonetize${GRANT}`, { ...grant, userId: DUNJA });
    }
    const ids = (await api.state()).transactions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are those that the state would have drawn that it came from, also where a fixture left ids out', async () => {
    const section = { customers: [CUSTOMER], wallets: [WALLET], transactions: [ROW] };
    const api = await startOpenMonetize({ fixtures: [{ openmonetize: section }] });
    const other = await startOpenMonetize();
    const state = (await api.control('get', '/state')) as object;
    await other.app.put('/_emulator/state').send(state).expect(204);
    expect(await other.control('get', '/state')).toEqual(state);
    const grant = { customerId: LANTERN, amount: 5 };
    for (let round = 0; round < 2; round += 1) {
      const answer = await api.call('post', GRANT, grant);
      expect(await other.call('post', GRANT, grant)).toEqual(answer);
      expect(dataOf(answer, 'transactionId')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
