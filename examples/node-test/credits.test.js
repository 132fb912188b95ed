// The emulator runs in the process of the tests. Each has a sandbox of its own, so they all run at once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { createEmulator } from 'credits-emulator';

import { createNaiveShop } from './naive-shop.js';
import { createShop } from './shop.js';

// Of the default fixtures: a customer of OpenMonetize, a user with 5500 credits, and a wallet with 4 MANA for an hour.
const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';
const ADA = '660e8400-e29b-41d4-a716-446655440001';
const WALLET = '0x3333333333333333333333333333333333333333';

const ORDER = { id: 'order-1', user: ADA, credits: 500 };

let emulator;

before(async () => {
  emulator = await createEmulator({ port: 0, clock: '2026-01-01T00:00:00Z' });
});
after(() => emulator.close());

/** A sandbox that is called like its test, and the shop in it. */
async function open(test, create = createShop) {
  const sandbox = emulator.sandbox(test.name.replaceAll(/[^a-z]+/g, '-'));
  return { sandbox, shop: create(await sandbox.env(), CUSTOMER) };
}

describe('the shop', { concurrency: true }, () => {
  it('delivers what was ordered', async (test) => {
    const { sandbox, shop } = await open(test);
    await shop.deliver(ORDER);
    assert.equal(await shop.getBalance(ADA), 6000);
    await sandbox.requests.verify({
      match: { operation: 'grantCredits', subject: ADA, body: { amount: 500 } },
      count: { exactly: 1 },
    });
  });

  for (const [what, effect] of [
    ['an error', { status: 500 }],
    ['a broken connection', { connection: 'reset' }],
  ]) {
    it(`delivers once when the answer is lost to ${what}`, async (test) => {
      const { sandbox, shop } = await open(test);
      // The credits are granted, and the shop does not learn of it.
      await sandbox.faults.add({ operation: 'grantCredits', phase: 'after', effect, times: 1 });
      await shop.deliver(ORDER);
      assert.equal(await shop.getBalance(ADA), 6000);
      // It has asked twice, and by the ledger one of them has counted.
      await sandbox.requests.verify({
        match: { operation: 'grantCredits', body: { idempotencyKey: 'order-1' } },
        count: { exactly: 2 },
      });
      const { entries } = await sandbox.ledger.list({ account: ADA });
      assert.deepEqual(
        entries.map(({ delta, key }) => [delta, key]),
        [['500', 'order-1']],
      );
    });
  }

  it('delivers when the service was away for a moment', async (test) => {
    const { sandbox, shop } = await open(test);
    await sandbox.faults.add({ operation: 'grantCredits', phase: 'before', effect: { status: 503 }, times: 2 });
    await shop.deliver(ORDER);
    assert.equal(await shop.getBalance(ADA), 6000);
  });

  it('does not count on credits that have expired', async (test) => {
    const { sandbox, shop } = await open(test);
    assert.equal(await shop.getMana(WALLET), 4);
    await sandbox.clock.advance('PT1H');
    assert.equal(await shop.getMana(WALLET), 0);
  });
});

describe('the naive shop', { concurrency: true }, () => {
  it('delivers twice when the answer is lost', async (test) => {
    const { sandbox, shop } = await open(test, createNaiveShop);
    await sandbox.faults.add({ operation: 'purchaseCredits', phase: 'after', effect: { status: 500 }, times: 1 });
    await shop.deliver(ORDER);
    assert.equal(await shop.getBalance(ADA), 6500);
  });
});
