import { describe, expect } from 'vitest';

import {
  ADA,
  GRANT,
  LANTERN,
  PURCHASE,
  WALLETS,
  granted,
  historyOf,
  invalid,
  it,
  page,
  purchased,
  row,
  startOpenMonetize,
} from './api.ts';

describe('an amount', () => {
  it.for<[unknown, number]>([
    ['10', 10],
    [' 10', 10],
    ['10 ', 10],
    ['10.0', 10],
    ['1e1', 10],
    ['+10', 10],
    ['0x10', 16],
    [true, 1],
    [[10], 10],
    [['10'], 10],
    [[true], 1],
  ])('of %j is %i', async ([amount, credits], { api }) => {
    const after = `${10_000 + credits}`;
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount })).toEqual(
      granted(after, `${credits}`, WALLETS.lantern),
    );
    const bought = { customerId: LANTERN, userId: ADA, amount, purchasePrice: 0 };
    expect(await api.call('post', PURCHASE, bought)).toEqual(purchased(5500 + credits));
    expect(await api.call('get', `${historyOf(ADA)}?limit=1`)).toEqual(
      page([row('PURCHASE', credits, 5500, `Credit purchase: ${credits} credits`)], 3, 1),
    );
  });

  it.for<[unknown, string]>([
    [null, 'body/amount must be >= 1'],
    [false, 'body/amount must be >= 1'],
    ['0', 'body/amount must be >= 1'],
    ['-5', 'body/amount must be >= 1'],
    [[null], 'body/amount must be >= 1'],
    ['', 'body/amount must be number'],
    ['abc', 'body/amount must be number'],
    ['10 credits', 'body/amount must be number'],
    ['1,000', 'body/amount must be number'],
    ['true', 'body/amount must be number'],
    [[], 'body/amount must be number'],
    [[1, 2], 'body/amount must be number'],
    [[[10]], 'body/amount must be number'],
    [{}, 'body/amount must be number'],
  ])('of %j is refused', async ([amount, message], { api }) => {
    const before = await api.state();
    const body = { customerId: LANTERN, userId: ADA, amount, purchasePrice: 0 };
    expect(await api.call('post', GRANT, body)).toEqual(invalid(message));
    expect(await api.call('post', PURCHASE, body)).toEqual(invalid(message));
    expect(await api.state()).toEqual(before);
  });
});

describe('a reason', () => {
  it.for<[unknown, string]>([
    [12, '12'],
    [0, '0'],
    [1.5, '1.5'],
    [true, 'true'],
    [['one'], 'one'],
    [[7], '7'],
    [null, 'Credit grant: 5 credits'],
    [[null], 'Credit grant: 5 credits'],
    [[''], 'Credit grant: 5 credits'],
  ])('of %j is "%s"', async ([reason, description], { api }) => {
    await api.call('post', GRANT, { customerId: LANTERN, userId: ADA, amount: 5, reason });
    expect(await api.call('get', `${historyOf(ADA)}?limit=1`)).toEqual(
      page([row('GRANT', 5, 5500, description)], 3, 1),
    );
  });

  it.each([[{}], [{ text: 'x' }], [[]], [['a', 'b']], [[['a']]]])('of %j is refused', async (reason) => {
    const api = await startOpenMonetize();
    const answer = await api.call('post', GRANT, { customerId: LANTERN, amount: 5, reason });
    expect(answer).toEqual(invalid('body/reason must be string'));
  });
});

describe('a key', () => {
  it.for<[unknown, unknown]>([
    [7, '7'],
    [true, 'true'],
    [['k'], 'k'],
    [1.0, 1],
  ])('of %j is also %j', async ([first, second], { api }) => {
    const answer = await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey: first });
    expect(answer).toEqual(granted('10005', '5', WALLETS.lantern));
    expect(await api.call('post', GRANT, { customerId: LANTERN, amount: 6, idempotencyKey: second })).toEqual(answer);
  });

  it.each([[{}], [[]], [['a', 'b']]])('of %j is refused', async (idempotencyKey) => {
    const api = await startOpenMonetize();
    const answer = await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey });
    expect(answer).toEqual(invalid('body/idempotencyKey must be string'));
  });
});

describe('an id', () => {
  it('can be the only element of a list', async ({ api }) => {
    const body = { customerId: [LANTERN], userId: [ADA], amount: 5 };
    expect(await api.call('post', GRANT, body)).toEqual(granted('5505', '5', WALLETS.ada));
  });

  it.each(
    ['customerId', 'userId', 'teamId'].flatMap((field) =>
      [null, '', 5, true, 'ada', `${ADA}0`, ADA.replaceAll('-', ''), `{${ADA}}`].map((id): [string, unknown] => [
        field,
        id,
      ]),
    ),
  )('%s of %j is no UUID', async (field, id) => {
    const api = await startOpenMonetize();
    const body = { customerId: LANTERN, amount: 5, [field]: id };
    expect(await api.call('post', GRANT, body)).toEqual(invalid(`body/${field} must match format "uuid"`));
  });
});

describe('metadata', () => {
  it.each([[null], ['pro'], [5], [true], [[]], [[{}]], [['a']]])('of %j is refused', async (metadata) => {
    const api = await startOpenMonetize();
    const body = { customerId: LANTERN, amount: 5, metadata };
    expect(await api.call('post', GRANT, body)).toEqual(invalid('body/metadata must be object'));
  });

  it('is stored as sent, with values of all types', async ({ api }) => {
    const metadata = { count: '10', flag: 'true', none: null, list: [[1]], constructor: 1, toString: 'x' };
    await api.call('post', GRANT, { customerId: LANTERN, amount: 5, idempotencyKey: 'k', metadata });
    expect((await api.state()).transactions).toContainEqual(
      expect.objectContaining({
        idempotencyKey: 'k',
        metadata: { ...metadata, grantedBy: LANTERN, userId: null, teamId: null },
      }),
    );
  });
});
