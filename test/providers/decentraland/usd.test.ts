import { describe, expect, test } from 'vitest';

import {
  CONTRACT,
  NOBODY,
  RICH,
  anyHash,
  anySignature,
  anyUuid,
  ask as send,
  fieldOf,
  list,
  ok,
  refusal,
  signedBy,
  startDecentraland,
  startWire,
  wireList,
  type Answer,
  type DecentralandApi,
} from './api.ts';
import { recoverSigner, toSalt } from './ethereum.ts';

const BUYER = '0x8888888888888888888888888888888888888888';
const SIGNER = '0xaf369e31a48d16368e08b331710f48c761e1ebc3';
const PAID = 'bbbbbbbb-0000-4000-8000-000000000001';
const OPEN = 'bbbbbbbb-0000-4000-8000-000000000002';
const HELD = toSalt('cccccccc-0000-4000-8000-000000000002');
const TX = `0x${'cd'.repeat(32)}`;
/** Seconds of the start. */
const NOW = 1_767_225_600;

/** A request that the buyer or another wallet signs. */
function ask(api: DecentralandApi, method: 'get' | 'post', path: string, body?: object, signer = BUYER) {
  return send(api, method, path, signedBy(signer), body);
}

const badRequest = refusal(400, 'Bad request', 'BAD_REQUEST');

const usdOf = async (api: DecentralandApi, address = BUYER): Promise<unknown> =>
  fieldOf(await api.credits(address), 'body', 'usd');

/** Account, unit, change and balance of each entry of the ledger. */
async function moved(api: DecentralandApi): Promise<readonly unknown[]> {
  const { entries } = (await api.control('get', '/ledger')) as { entries: readonly Record<string, unknown>[] };
  return entries.map(({ account, unit, delta, after }) => [account, unit, delta, after]);
}

const heldPurchase = {
  credits: 3,
  releasesAtSeconds: NOW + 300 * 86_400,
  contractAddress: '0x00000000000000000000000000000000000000c1',
  itemId: '1',
};
const seeded = {
  balanceCents: 2260,
  credits: 226,
  held: { cents: 30, credits: 3, releasesAtSeconds: NOW + 300 * 86_400, purchases: [heldPurchase] },
};

const it = test.extend('api', () => startWire());

describe('a balance of dollars', () => {
  it('is in the list of a wallet that had some, and never in a stream', async ({ api }) => {
    expect(await usdOf(api)).toEqual(seeded);
    expect(fieldOf(await api.credits(RICH), 'body')).not.toHaveProperty('usd');
    expect(await api.firstEvent(BUYER)).toEqual(wireList('0', '0'));
    const document = await startDecentraland();
    expect(await document.credits(BUYER)).toEqual(list(0));
  });

  it('is minted on a development server only', async ({ api }) => {
    const minted = { id: anyUuid, usdCents: 1005, balanceCents: 1005, credits: 100 };
    expect(await api.call('post', '/dev/mint-usd', { address: NOBODY, usdCents: 1005 })).toEqual(ok(minted));
    expect(await usdOf(api, NOBODY)).toEqual({ balanceCents: 1005, credits: 100 });
    expect(await moved(api)).toEqual([[NOBODY.toLowerCase(), 'usd-cent', '1005', '1005']]);
    const mint = (body: object) => api.call('post', '/dev/mint-usd', body);
    expect(await mint({ address: 'ada', usdCents: 1 })).toEqual(refusal(400, 'Invalid address', 'INVALID_ADDRESS'));
    for (const usdCents of [0.5, 0]) expect(await mint({ address: RICH, usdCents })).toEqual(badRequest);
    const production = await startWire({ set: ['decentraland.format=wire', 'decentraland.dev=false'] });
    for (const path of ['/dev/mint-usd', '/dev/mint-credit']) {
      const answer = await production.call('post', path, { address: RICH, usdCents: 1 });
      expect(answer).toEqual(refusal(404, 'Not Found', 'NOT_FOUND'));
    }
  });
});

describe('an order', () => {
  it('is for one of the packs', async ({ api }) => {
    const packs = [
      { id: 'pack_5', usd: 5.99, credits: 40, recommended: false, order: 1 },
      { id: 'pack_10', usd: 11.99, credits: 100, recommended: true, order: 2 },
      { id: 'pack_25', usd: 29.99, credits: 260, recommended: false, order: 3 },
      { id: 'pack_50', usd: 59.99, credits: 540, recommended: false, order: 4 },
    ].map((pack) => ({
      ...pack,
      imageUrl: `https://example.test/packs/${pack.id}.png`,
      imageUrlWebp: `https://example.test/packs/${pack.id}.webp`,
    }));
    expect(await api.call('get', '/credits/packs')).toEqual(ok({ packs }));
    const unknown = await ask(api, 'post', '/credits/checkout', { packId: 'pack_1' });
    expect(unknown).toEqual(refusal(400, 'Unknown pack', 'UNKNOWN_PACK'));
  });

  it('is paid, processed and credited, once', async ({ api }) => {
    const ordered = await ask(api, 'post', '/credits/checkout', { packId: 'pack_10', source: 'shop' });
    expect(ordered).toEqual(ok({ orderId: anyUuid, url: expect.stringContaining('/checkout/') as unknown }));
    const id = String(fieldOf(ordered, 'body', 'orderId'));
    const poll = (): Promise<Answer> => ask(api, 'get', `/credits/orders/${id}`);
    expect(await poll()).toEqual(ok({ status: 'initiated' }));
    const url = fieldOf(ordered, 'body', 'url');
    expect(await ask(api, 'post', `/credits/orders/${id}/resume`)).toEqual(ok({ url }));
    for (const status of ['processing', 'crediting']) {
      await api.run('payOrder', { orderId: id, status });
      expect(await poll()).toEqual(ok({ status }));
    }
    await api.run('payOrder', { orderId: id });
    expect(await poll()).toEqual(ok({ status: 'credited', creditsGranted: 100, newBalance: 326 }));
    const closed = { status: 409, body: { status: 'credited' } };
    expect(await ask(api, 'post', `/credits/orders/${id}/resume`)).toEqual(closed);
    expect(await ask(api, 'post', `/credits/orders/${id}/cancel`)).toEqual(ok({ status: 'credited' }));
    expect(await api.run('payOrder', { orderId: id })).toMatchObject({ status: 409, title: 'Refused by the provider' });
    expect(await moved(api)).toEqual([[BUYER, 'usd-cent', '1000', '3260']]);
  });

  it.each([
    ['failOrder', { status: 'failed', error: 'Payment failed' }],
    ['abandonOrder', { status: 'abandoned' }],
  ])('that ends by %s adds no credits', async (control, body) => {
    const api = await startWire();
    await api.run(control, { orderId: OPEN });
    expect(await ask(api, 'get', `/credits/orders/${OPEN}`)).toEqual(ok(body));
    expect(await moved(api)).toEqual([]);
  });

  it('can be abandoned by its buyer, and is not found by another user', async ({ api }) => {
    const none = refusal(404, 'Order not found', 'ORDER_NOT_FOUND');
    for (const path of ['', '/cancel', '/resume']) {
      const method = path === '' ? 'get' : 'post';
      expect(await ask(api, method, `/credits/orders/${OPEN}${path}`, undefined, RICH)).toEqual(none);
      expect(await ask(api, method, `/credits/orders/x${path}`)).toEqual(none);
    }
    expect(await ask(api, 'post', `/credits/orders/${OPEN}/cancel`)).toEqual(ok({ status: 'abandoned' }));
    const closed = { status: 409, body: { status: 'abandoned' } };
    expect(await ask(api, 'post', `/credits/orders/${OPEN}/resume`)).toEqual(closed);
  });

  it('is listed in pages, newest first', async ({ api }) => {
    const open = { id: OPEN, credits: 100, usdCents: 1199, status: 'initiated', createdAt: (NOW - 300) * 1000 };
    const paid = { id: PAID, credits: 260, usdCents: 2999, status: 'credited', createdAt: (NOW - 6 * 86_400) * 1000 };
    const list = (query: string): Promise<Answer> => ask(api, 'get', `/users/${BUYER}/credit-orders${query}`);
    const page = (...orders: object[]) => ok({ orders, total: 2, earnings: { items: [] } });
    expect(await list('')).toEqual(page(open, paid));
    expect(await list('?limit=1')).toEqual(page(open));
    expect(await list('?limit=1&offset=1')).toEqual(page(paid));
    expect(await list('?offset=2')).toEqual(page());
    expect(await list('?limit=0')).toEqual(badRequest);
  });
});

describe('a purchase', () => {
  const item = { contractAddress: '0x00000000000000000000000000000000000000c2', itemId: '9' };

  it('holds whole credits, and signs their value', async ({ api }) => {
    const answer = await ask(api, 'post', '/credits/authorize', { usdPriceCents: 195, tradeId: '', ...item });
    const amount = '7407407407407407408';
    const signed = { id: anyHash, amount, availableAmount: amount, signature: anySignature, contract: CONTRACT };
    const credited = { maxCreditedValue: amount, usdCents: 200, oracleRate: '27000000' };
    expect(answer).toEqual(ok({ credit: { ...signed, expiresAt: NOW + 600 }, ...credited }));
    const credit = fieldOf(answer, 'body', 'credit') as { id: string; signature: string };
    const terms = { sender: BUYER, contract: CONTRACT, value: BigInt(amount), expiresAt: BigInt(NOW + 600) };
    expect(recoverSigner({ ...terms, salt: credit.id, signature: credit.signature })).toBe(SIGNER);
    const own = { credits: 20, releasesAtSeconds: NOW + 600, ...item };
    expect(await usdOf(api)).toEqual({
      balanceCents: 2060,
      credits: 206,
      held: { cents: 230, credits: 23, releasesAtSeconds: NOW + 600, purchases: [heldPurchase, own] },
    });
    expect(await moved(api)).toEqual([[BUYER, 'usd-cent', '-200', '2060']]);
  });

  it('has the value of the rate, and is held for the time, that options set', async () => {
    const set = ['decentraland.format=wire', 'decentraland.oracleRate=50000000', 'decentraland.authorizationLife=PT1M'];
    const api = await startWire({ set });
    const answer = await ask(api, 'post', '/credits/authorize', { usdPriceCents: 200 });
    expect(answer.body).toMatchObject({ maxCreditedValue: '4000000000000000000', oracleRate: '50000000' });
    expect(fieldOf(answer, 'body', 'credit', 'expiresAt')).toBe(NOW + 60);
  });

  it('is refused if the balance is too small, and then nothing is held', async ({ api }) => {
    const poor = (balanceCents: number, requiredCents: number) => ({
      status: 402,
      body: { error: 'Insufficient credits', balanceCents, requiredCents },
    });
    expect(await ask(api, 'post', '/credits/authorize', { usdPriceCents: 2261 })).toEqual(poor(2260, 2270));
    expect(await ask(api, 'post', '/credits/authorize', { usdPriceCents: 1 }, NOBODY)).toEqual(poor(0, 10));
    expect(await usdOf(api)).toEqual(seeded);
    expect((await ask(api, 'post', '/credits/authorize', { usdPriceCents: 2260 })).status).toBe(200);
  });

  it.each([
    [{}],
    [{ usdPriceCents: 0 }],
    [{ usdPriceCents: 1.5 }],
    [{ usdPriceCents: 10, itemId: '1' }],
    [{ usdPriceCents: 10, contractAddress: '0x1' }],
  ])('is refused for %j', async (body) => {
    const api = await startWire();
    expect(await ask(api, 'post', '/credits/authorize', body)).toEqual(badRequest);
  });

  it('is released by its buyer, once, or when the hold ends', async ({ api }) => {
    const cancel = (salts: readonly string[], signer?: string): Promise<Answer> =>
      ask(api, 'post', '/credits/authorize/cancel', { salts }, signer);
    expect(await cancel([HELD], RICH)).toEqual(ok({ released: 0 }));
    expect(await cancel([HELD, HELD, TX, HELD.toUpperCase()])).toEqual(ok({ released: 1 }));
    expect(await cancel([HELD])).toEqual(ok({ released: 0 }));
    expect(await usdOf(api)).toEqual({ balanceCents: 2290, credits: 229 });
    await ask(api, 'post', '/credits/authorize', { usdPriceCents: 100 });
    await api.advance('PT9M59S');
    expect(fieldOf(await usdOf(api), 'balanceCents')).toBe(2190);
    await api.advance('PT1S');
    expect(await usdOf(api)).toEqual({ balanceCents: 2290, credits: 229 });
    expect((await moved(api)).map((entry) => fieldOf(entry, 2))).toEqual(['100', '-100', '30']);
  });

  it('is settled on the chain with the held amount, and then listed', async ({ api }) => {
    const submitted = await ask(api, 'post', '/credits/authorize/submitted', { salts: [HELD, TX], txHash: TX });
    expect(submitted).toEqual(ok({ recorded: 1 }));
    const { contractAddress, itemId, credits } = heldPurchase;
    const held = { contractAddress, itemId, credits, usdCents: 30, tradeId: null, registeredName: null };
    const pending = { status: 'PENDING', manaSettledWei: null, txHash: null, submittedTxHash: TX };
    const id = 'cccccccc-0000-4000-8000-000000000002';
    const purchase = { id, createdAt: (NOW - 60) * 1000, ...held, ...pending };
    const list = (query: string): Promise<Answer> => ask(api, 'get', `/users/${BUYER}/purchases${query}`);
    expect(await list('?status=all&limit=1')).toEqual(ok({ purchases: [purchase], total: 2 }));
    expect(fieldOf(await list(''), 'body', 'total')).toBe(1);
    await api.run('settlePurchase', { address: BUYER, salt: HELD });
    const settled = { ...purchase, status: 'SETTLED', manaSettledWei: '1111111111111111112', txHash: TX };
    expect(await list('?limit=1')).toEqual(ok({ purchases: [settled], total: 2 }));
    await api.advance('PT1H');
    expect(await usdOf(api)).toEqual({ balanceCents: 2260, credits: 226 });
    const again = await api.run('settlePurchase', { address: BUYER, salt: HELD });
    expect(again).toMatchObject({ title: 'Refused by the provider' });
  });

  it('of a publication has its call signed', async ({ api }) => {
    const call = { target: CONTRACT, selector: '0x12345678', data: '0x00ff', expiresAt: NOW, salt: TX };
    const publication = { chainId: 137, creditsManagerAddress: CONTRACT, externalCall: call };
    const answer = await ask(api, 'post', '/credits/authorize-publication', { usdPriceCents: 100, ...publication });
    const credit = { id: anyHash, amount: '3703703703703703704', expiresAt: NOW + 600, signature: anySignature };
    expect(answer).toEqual(ok({ credit, externalCallSignature: anySignature }));
    const signed = await api.call('post', '/sign-external-call', { userAddress: BUYER, ...publication });
    expect(signed).toEqual(ok({ signature: fieldOf(answer, 'body', 'externalCallSignature') }));
    const other = await api.call('post', '/sign-external-call', { userAddress: RICH, ...publication });
    expect(other).not.toEqual(signed);
    const odd = { ...publication, externalCall: { ...call, data: '0x0' } };
    expect(await api.call('post', '/sign-external-call', { userAddress: BUYER, ...odd })).toEqual(badRequest);
  });
});

describe('a route for a name', () => {
  it('is an example with a signed call, for a valid name', async ({ api }) => {
    const selector = expect.stringMatching(/^0x[0-9a-f]{8}$/) as unknown;
    const externalCall = { target: CONTRACT, selector, data: '0x616461', expiresAt: NOW + 3600, salt: anyHash };
    const route = { fromChainId: '137', toChainId: '1', provider: 'across', estimatedRouteDuration: 60 };
    expect(await ask(api, 'get', '/credits-name-route?name=ada&chainId=1')).toEqual(
      ok({ externalCall, customExternalCallSignature: anySignature, quoteId: anyUuid, ...route }),
    );
    const ada = 'name=ada&chainId=1';
    for (const query of ['', 'name=a&chainId=1', 'name=a_b&chainId=1', 'name=ada&chainId=x', `${ada}&provider=x`]) {
      expect(await ask(api, 'get', `/credits-name-route?${query}`)).toEqual(badRequest);
    }
  });
});
