import { describe, expect } from 'vitest';

import {
  BENOIT,
  CHIYO,
  DRAGON,
  HARBOR_ADA,
  SAIL,
  SHIELD,
  TORCH,
  fieldOf,
  it,
  noSuchPlayer,
  noToken,
  notFound,
  ofAnotherGame,
  refusal,
  startGameFuse,
  store,
  unknownError,
  type Answer,
  type GameFuseApi,
} from './api.ts';

const ITEMS = '/users/1/game_user_store_items';
const BUY = '/users/1/purchase_game_user_store_item';
const REMOVE = '/users/1/remove_game_user_store_item';
const owned = refusal(403, 'Already Purchased');
const poor = refusal(403, 'Not Enough Credits');
const noItem = refusal(404, 'Item not found');
const notOwned = refusal(404, 'Store item does not exist, or was not purchase');

async function price(api: GameFuseApi, store_item_id: number, cost: number): Promise<void> {
  await api.control('post', '/controls/gamefuse/priceStoreItem', { store_item_id, cost });
}

/** That a call answers this and leaves credits, items, events and the ledger as they were. */
async function expectRefused(api: GameFuseApi, call: () => Promise<Answer>, expected: Answer): Promise<void> {
  const before = [await api.control('get', '/state'), await api.control('get', '/ledger')];
  expect(await call()).toEqual(expected);
  expect([await api.control('get', '/state'), await api.control('get', '/ledger')]).toEqual(before);
}

describe('the items of a player', () => {
  it('are listed with the credits and all fields of the items', async ({ api }) => {
    expect(await api.call('get', ITEMS)).toEqual(store(5200));
    const answer = await api.as(CHIYO).call('get', '/users/3/game_user_store_items');
    expect(answer).toEqual(store(0, TORCH));
    expect(JSON.stringify(answer.body)).toBe(
      '{"credits":0,"game_user_store_items":[{"id":101,"name":"Torch","cost":50,' +
        '"description":"Burns for a night.","category":"tools","icon_url":null}]}',
    );
  });

  it('are in the order of purchase', async ({ api }) => {
    await api.call('post', BUY, { store_item_id: 103 });
    await api.call('post', BUY, { store_item_id: 101 });
    expect(await api.call('get', ITEMS)).toEqual(store(150, DRAGON, TORCH));
  });

  it('are visible to other players of the game in v3 only', async ({ api }) => {
    const path = '/users/3/game_user_store_items';
    expect(await api.at('/api/v3').call('get', path)).toEqual(store(0, TORCH));
    expect(await api.call('get', path)).toEqual(noToken);
    expect(await api.at('/api/v3').as(undefined).call('get', path)).toEqual(noToken);
    expect(await api.at('/api/v3').as(HARBOR_ADA).call('get', path)).toEqual(ofAnotherGame);
    expect(await api.at('/api/v3').call('get', '/users/999/game_user_store_items')).toEqual(noSuchPlayer);
  });

  it('show the current price', async () => {
    const chiyo = (await startGameFuse()).as(CHIYO);
    await price(chiyo, 101, 70);
    expect(await chiyo.call('get', '/users/3/game_user_store_items')).toEqual(store(0, { ...TORCH, cost: 70 }));
  });
});

describe('a purchase', () => {
  it('takes the cost and adds the item', async ({ api }) => {
    expect(await api.call('post', BUY, { store_item_id: 102 })).toEqual(store(5100, SHIELD));
    expect(await api.call('get', ITEMS)).toEqual(store(5100, SHIELD));
  });

  it('passes the steps of the C# and C++ client tests', async () => {
    const benoit = (await startGameFuse()).as(BENOIT);
    await benoit.call('post', '/users/2/set_credits', { credits: 0 });
    await benoit.call('post', '/users/2/add_credits', { credits: 200 });
    const buy = '/users/2/purchase_game_user_store_item';
    expect(await benoit.call('post', buy, { store_item_id: 102 })).toEqual(store(100, SHIELD));
    await benoit.call('post', '/users/2/set_credits', { credits: TORCH.cost + 100 });
    expect(await benoit.call('post', buy, { store_item_id: 101 })).toEqual(store(100, SHIELD, TORCH));
  });

  it('accepts the id of the item as a text', async () => {
    expect(await (await startGameFuse()).call('post', BUY, { store_item_id: '101' })).toEqual(store(5150, TORCH));
  });

  it.each(['/api/v2', '/api/v3'])('with exactly enough credits leaves none, under %s', async (basePath) => {
    const benoit = (await startGameFuse()).as(BENOIT).at(basePath);
    await benoit.call('post', '/users/2/set_credits', { credits: 50 });
    expect(await benoit.call('post', '/users/2/purchase_game_user_store_item', { store_item_id: 101 })).toEqual(
      store(0, TORCH),
    );
  });

  it('with one credit too few is refused and changes nothing', async () => {
    const benoit = (await startGameFuse()).as(BENOIT);
    const buy = () => benoit.call('post', '/users/2/purchase_game_user_store_item', { store_item_id: 101 });
    await expectRefused(benoit, buy, poor);
  });

  it('of an owned item is refused and changes nothing', async ({ api }) => {
    await api.call('post', BUY, { store_item_id: 101 });
    await expectRefused(api, () => api.call('post', BUY, { store_item_id: 101 }), owned);
  });

  it('of an owned item that is too expensive is refused as owned', async () => {
    const chiyo = (await startGameFuse()).as(CHIYO);
    const buy = () => chiyo.call('post', '/users/3/purchase_game_user_store_item', { store_item_id: 101 });
    await expectRefused(chiyo, buy, owned);
  });

  it.for<[string, object]>([
    ['that is not there', { store_item_id: 999 }],
    ['of another game', { store_item_id: 201 }],
    ['that is not named', {}],
    ['with an empty id', { store_item_id: '' }],
    ['with null for an id', { store_item_id: null }],
    ['with no number for an id', { store_item_id: 'Torch' }],
    ['with a negative id', { store_item_id: -101 }],
    ['under another name', { item_id: 101 }],
  ])('of an item %s is refused', async ([_, parameters], { api }) => {
    await expectRefused(api, () => api.call('post', BUY, parameters), noItem);
  });

  it('of an item of another game is refused, whatever the credits', async ({ api }) => {
    expect(await api.as(CHIYO).call('post', '/users/3/purchase_game_user_store_item?store_item_id=201')).toEqual(
      noItem,
    );
    expect(await api.as(HARBOR_ADA).call('post', '/users/4/purchase_game_user_store_item?store_item_id=201')).toEqual(
      store(5, SAIL),
    );
  });

  it.for([{ store_item_id: true }, { store_item_id: [101] }, { store_item_id: {} }])(
    'breaks with %o',
    async (parameters, { api }) => {
      await expectRefused(api, () => api.call('post', BUY, parameters), unknownError);
    },
  );

  it('is unknown with GET, which one client sends by mistake', async ({ api }) => {
    await expectRefused(api, () => api.call('get', `${BUY}?store_item_id=101`), notFound);
  });

  it('costs the current price', async ({ api }) => {
    await price(api, 101, 5200);
    expect(await api.call('post', BUY, { store_item_id: 101 })).toEqual(store(0, { ...TORCH, cost: 5200 }));
  });

  it('of a free item takes nothing and adds no ledger entry', async () => {
    const chiyo = (await startGameFuse()).as(CHIYO);
    await price(chiyo, 102, 0);
    expect(await chiyo.call('post', '/users/3/purchase_game_user_store_item', { store_item_id: 102 })).toEqual(
      store(0, TORCH, { ...SHIELD, cost: 0 }),
    );
    expect(await chiyo.control('get', '/ledger')).toEqual({ entries: [] });
  });

  it('succeeds once in twenty concurrent requests', async ({ api }) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('post', BUY, { store_item_id: 101 })));
    expect(answers.filter(({ status }) => status === 200)).toEqual([store(5150, TORCH)]);
    expect(answers.filter(({ status }) => status !== 200)).toEqual(Array.from({ length: 19 }, () => owned));
  });

  it('is overwritten by a total that is set after it', async ({ api }) => {
    await api.call('post', BUY, { store_item_id: 103 });
    await api.call('post', '/users/1/set_credits', { credits: 5200 });
    expect(await api.call('get', ITEMS)).toEqual(store(5200, DRAGON));
  });
});

describe('removing an item', () => {
  it.each([
    ['', 0],
    ['&reimburse=', 0],
    ['&reimburse=false', 0],
    ['&reimburse=False', 0],
    ['&reimburse=0', 0],
    ['&reimburse=no', 0],
    ['&reimburse=true', 50],
    ['&reimburse=True', 50],
    ['&reimburse=1', 50],
  ])('with "%s" refunds %i credits', async (suffix, credits) => {
    const chiyo = (await startGameFuse()).as(CHIYO);
    const path = `/users/3/remove_game_user_store_item?store_item_id=101${suffix}`;
    expect(await chiyo.call('get', path)).toEqual(store(credits));
    expect(await chiyo.call('get', '/users/3/game_user_store_items')).toEqual(store(credits));
  });

  it('keeps the other items, and the item can be bought again', async ({ api }) => {
    await api.call('post', BUY, { store_item_id: 101 });
    await api.call('post', BUY, { store_item_id: 102 });
    expect(await api.call('get', `${REMOVE}?store_item_id=101`)).toEqual(store(5050, SHIELD));
    expect(await api.call('post', BUY, { store_item_id: 101 })).toEqual(store(5000, SHIELD, TORCH));
  });

  it.each([
    ['is not owned', '?store_item_id=101'],
    ['is not there', '?store_item_id=999'],
    ['is one of another game', '?store_item_id=201'],
    ['is not named', ''],
    ['is empty', '?store_item_id='],
    ['is no number', '?store_item_id=Torch'],
  ])('refuses an item that %s', async (_, query) => {
    const api = await startGameFuse();
    await expectRefused(api, () => api.call('get', `${REMOVE}${query}&reimburse=true`.replace(/\?|&/, '?')), notOwned);
  });

  it('is refused the second time', async () => {
    const chiyo = (await startGameFuse()).as(CHIYO);
    const remove = () => chiyo.call('get', '/users/3/remove_game_user_store_item?store_item_id=101&reimburse=true');
    expect(await remove()).toEqual(store(50));
    await expectRefused(chiyo, remove, notOwned);
  });

  it('fails if the credits would exceed 32 bits, and keeps the item', async () => {
    const chiyo = (await startGameFuse()).as(CHIYO);
    await chiyo.call('post', '/users/3/set_credits', { credits: 2_147_483_600 });
    const remove = () => chiyo.call('get', '/users/3/remove_game_user_store_item?store_item_id=101&reimburse=true');
    await expectRefused(chiyo, remove, unknownError);
  });
});

it('adds purchases and refunds to the ledger, with the name of the item', async ({ api }) => {
  await api.call('post', BUY, { store_item_id: 101 });
  await price(api, 101, 70);
  await api.call('get', `${REMOVE}?store_item_id=101&reimburse=true`);
  const common = {
    at: '2026-01-01T00:00:00.000Z',
    provider: 'gamefuse',
    tenant: '1',
    account: '1',
    unit: 'credits',
    key: null,
    memo: 'Torch',
  };
  expect(await api.control('get', '/ledger')).toEqual({
    entries: [
      {
        ...common,
        id: '2',
        delta: '70',
        before: '5150',
        after: '5220',
        cause: 'request',
        operation: 'removeStoreItem',
        requestId: 'default-2',
      },
      {
        ...common,
        id: '1',
        delta: '-50',
        before: '5200',
        after: '5150',
        cause: 'request',
        operation: 'purchaseStoreItem',
        requestId: 'default-1',
      },
    ],
  });
});

it('records a failed purchase in the journal without changes', async () => {
  const benoit = (await startGameFuse()).as(BENOIT);
  await benoit.call('post', '/users/2/purchase_game_user_store_item', { store_item_id: 101 });
  const { requests } = (await benoit.control('get', '/requests')) as { requests: object[] };
  expect(requests).toMatchObject([
    { operation: 'purchaseStoreItem', subject: '2', answer: { status: 403 }, changes: [], ledger: [], violations: [] },
  ]);
  expect(fieldOf(await benoit.call('post', '/users/2/add_score', { score: 0 }), 'events_total')).toBe(3);
});
