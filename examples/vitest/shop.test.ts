import { useEmulator } from 'credits-emulator/vitest';
import { describe, expect, it } from 'vitest';

import { Shop } from './shop.ts';

// Of the default fixtures: a customer of OpenMonetize, a user with 5500 credits, and a wallet with 4 MANA for an hour.
const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';
const ADA = '660e8400-e29b-41d4-a716-446655440001';
const WALLET = '0x3333333333333333333333333333333333333333';

const ORDER = { id: 'order-1', user: ADA, credits: 500 };

// One emulator for the file. Each test has a sandbox of its own, and one that fails prints what it has asked for.
const credits = useEmulator({ clock: '2026-01-01T00:00:00Z' });

describe('the shop', () => {
  it('delivers what was ordered', async () => {
    const shop = new Shop(credits.env, CUSTOMER);
    await shop.deliver(ORDER);
    expect(await shop.getBalance(ADA)).toBe(6000);
    await credits.sandbox.requests.verify({
      match: { operation: 'grantCredits', subject: ADA, body: { amount: 500 } },
      count: { exactly: 1 },
    });
  });

  it.each([
    ['an error', { status: 500 }],
    ['a broken connection', { connection: 'reset' }],
  ] as const)('delivers once when the answer is lost to %s', async (_, effect) => {
    const { sandbox, env } = credits;
    const shop = new Shop(env, CUSTOMER);
    // The credits are granted, and the shop does not learn of it.
    await sandbox.faults.add({ operation: 'grantCredits', phase: 'after', effect, times: 1 });
    await shop.deliver(ORDER);
    expect(await shop.getBalance(ADA)).toBe(6000);
    // It has asked twice, and by the ledger one of them has counted.
    await sandbox.requests.verify({
      match: { operation: 'grantCredits', body: { idempotencyKey: 'order-1' } },
      count: { exactly: 2 },
    });
    const { entries } = await sandbox.ledger.list({ account: ADA });
    expect(entries.map(({ delta, key }) => [delta, key])).toEqual([['500', 'order-1']]);
  });

  it('does not count on credits that have expired', async () => {
    const shop = new Shop(credits.env, CUSTOMER);
    expect(await shop.getMana(WALLET)).toBe(4);
    await credits.sandbox.clock.advance('PT1H');
    expect(await shop.getMana(WALLET)).toBe(0);
  });
});

// At the same time, in one file: the context of a test says which sandbox is its own.
describe.concurrent('the shop with other tests beside it', () => {
  it.for([1, 20, 300])('delivers %i credits', async (amount, context) => {
    const { env, sandbox } = credits.of(context);
    const shop = new Shop(env, CUSTOMER);
    await shop.deliver({ ...ORDER, credits: amount });
    context.expect(await shop.getBalance(ADA)).toBe(5500 + amount);
    await sandbox.requests.verify({ match: { operation: 'grantCredits' }, count: { exactly: 1 } });
  });
});
