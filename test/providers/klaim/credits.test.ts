import { describe, expect, it } from 'vitest';

import { balance, HARBOR, invalidJson, message, noSuchUser, startKlaim, unauthorized, updated } from './api.ts';

describe('PUT /users/{user_id}/credits', () => {
  it('adds a positive delta and takes a negative one', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada/credits', { credit_delta: 6, description: 'Reward' })).toEqual(
      updated(706),
    );
    expect(await klaim.call('put', '/users/ada/credits', { credit_delta: -106 })).toEqual(updated(600));
    expect(await klaim.call('get', '/users/ada/credits')).toEqual(balance(600));
  });

  it('keeps fractions as decimals', async () => {
    const klaim = await startKlaim();
    await klaim.call('put', '/users/chiyo@lantern.example/credits', { credit_delta: 0.1 });
    expect(await klaim.call('put', '/users/chiyo@lantern.example/credits', { credit_delta: 0.2 })).toEqual(
      updated(0.3),
    );
  });

  it('takes zero for no change', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada/credits', { credit_delta: 0 })).toEqual(updated(700));
    expect(await klaim.control('get', '/ledger')).toEqual({ entries: [] });
  });

  it('allows a balance below zero', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/benoit/credits', { credit_delta: -5 })).toEqual(updated(-3));
  });

  it('refuses a balance below zero where the option says so, and changes nothing', async () => {
    const klaim = await startKlaim({ set: ['klaim.overdraft=refuse'] });
    expect(await klaim.call('put', '/users/benoit/credits', { credit_delta: -5 })).toEqual(
      message(400, 'not enough credits'),
    );
    expect(await klaim.call('put', '/users/benoit/credits', { credit_delta: -2 })).toEqual(updated(0));
    expect(await klaim.call('put', '/users/esra/credits', { credit_delta: 1 })).toEqual(updated(-39));
  });

  it('applies a repeated request twice', async () => {
    const klaim = await startKlaim();
    const change = { credit_delta: 10, description: 'the same' };
    await klaim.call('put', '/users/ada/credits', change);
    expect(await klaim.call('put', '/users/ada/credits', change)).toEqual(updated(720));
  });

  it('loses no update among a hundred at once', async () => {
    const klaim = await startKlaim();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => klaim.call('put', '/users/ada/credits', { credit_delta: 1 })),
    );
    const balances = answers.map(({ body }) => (body as { credit_balance: number }).credit_balance);
    expect(new Set(balances).size).toBe(100);
    expect(await klaim.call('get', '/users/ada/credits')).toEqual(balance(800));
  });

  it.each<[string, unknown]>([
    ['is missing', {}],
    ['is a numeric string', { credit_delta: '5' }],
    ['is null', { credit_delta: null }],
    ['is true', { credit_delta: true }],
    ['is an object', { credit_delta: {} }],
    ['is a list', { credit_delta: [5] }],
    ['comes with a description that is no string', { credit_delta: 5, description: 5 }],
    ['is in a list', [{ credit_delta: 5 }]],
  ])('refuses a delta that %s', async (_, body) => {
    const klaim = await startKlaim();
    expect(await klaim.send('put', '/users/ada/credits', JSON.stringify(body))).toEqual(invalidJson);
    expect(await klaim.call('get', '/users/ada/credits')).toEqual(balance(700));
  });

  it.each(['1e999', '-1e999', 'NaN', '01', '+5'])('refuses %s for a number', async (number) => {
    const klaim = await startKlaim();
    expect(await klaim.send('put', '/users/ada/credits', `{"credit_delta":${number}}`)).toEqual(invalidJson);
  });

  it('refuses a change that takes the balance beyond what a JSON number holds', async () => {
    const klaim = await startKlaim();
    await klaim.send('put', '/users/ada/credits', '{"credit_delta":1.7e308}');
    expect(await klaim.send('put', '/users/ada/credits', '{"credit_delta":1.7e308}')).toEqual(invalidJson);
    expect(await klaim.send('put', '/users/ada/credits', '{"credit_delta":-1.7e308}')).toEqual(updated(700));
  });

  it('ignores fields that it does not know', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada/credits', { credit_delta: 1, currency: 'EUR' })).toEqual(updated(701));
  });

  it('does not make a user that is not there', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/nobody/credits', { credit_delta: 1 })).toEqual(noSuchUser);
    expect(await klaim.call('get', '/users/nobody')).toEqual(noSuchUser);
  });

  it('checks the key first, then the body, then the user', async () => {
    const klaim = await startKlaim();
    expect(await klaim.as(undefined).send('put', '/users/nobody/credits', '{')).toEqual(unauthorized);
    expect(await klaim.send('put', '/users/nobody/credits', '{')).toEqual(invalidJson);
  });

  it('changes the user of the app whose key is used and of no other', async () => {
    const klaim = await startKlaim();
    expect(await klaim.as(HARBOR).call('put', '/users/ada/credits', { credit_delta: 1 })).toEqual(updated(51));
    expect(await klaim.call('get', '/users/ada/credits')).toEqual(balance(700));
    expect(await klaim.call('get', '/users/finn/credits')).toEqual(noSuchUser);
  });

  it('takes a description that is null for none', async () => {
    const klaim = await startKlaim();
    const answer = await klaim.call('put', '/users/ada/credits', { credit_delta: -20, description: null });
    expect(answer).toEqual(updated(680));
    const { entries } = (await klaim.control('get', '/ledger')) as { entries: { delta: string; memo: unknown }[] };
    expect(entries.map(({ delta, memo }) => ({ delta, memo }))).toEqual([{ delta: '-20', memo: null }]);
  });

  it.each(['', 'x'.repeat(10_000)])('takes a description of any length', async (description) => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada/credits', { credit_delta: 5, description })).toEqual(updated(705));
  });

  it('leaves the description in the ledger, which no call of Klaim returns', async () => {
    const klaim = await startKlaim();
    await klaim.call('put', '/users/ada/credits', { credit_delta: -0.5, description: 'Export' });
    expect(await klaim.control('get', '/ledger')).toEqual({
      entries: [
        {
          id: '1',
          at: '2026-01-01T00:00:00.000Z',
          provider: 'klaim',
          tenant: 'app_lantern',
          account: 'ada',
          unit: 'credits',
          delta: '-0.5',
          before: '700',
          after: '699.5',
          cause: 'request',
          operation: 'updateUserCredits',
          requestId: 'default-1',
          key: null,
          memo: 'Export',
        },
      ],
    });
  });
});

describe.each(['get', 'post'] as const)('%s /users/{user_id}/credits', (method) => {
  it('reads the balance and changes nothing, whatever is in the body', async () => {
    const klaim = await startKlaim();
    const body = method === 'post' ? { credit_delta: 5 } : undefined;
    expect(await klaim.call(method, '/users/ada/credits', body)).toEqual(balance(700));
    expect(await klaim.call(method, '/users/ada/credits')).toEqual(balance(700));
  });

  it('knows users by any id that a path can hold', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call(method, '/users/chiyo@lantern.example/credits')).toEqual(balance(0));
    expect(await klaim.call(method, '/users/chiyo%40lantern.example/credits')).toEqual(balance(0));
    expect(await klaim.call(method, '/users/1752570000000_d4Xp7/credits')).toEqual(balance(12.5));
    expect(await klaim.call(method, '/users/esra/credits')).toEqual(balance(-40));
  });

  it('answers 404 for a user that the app does not have', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call(method, '/users/nobody/credits')).toEqual(noSuchUser);
    expect(await klaim.call(method, '/users/constructor/credits')).toEqual(noSuchUser);
  });
});

it('ignores a body that cannot be read on a POST that only reads', async () => {
  const klaim = await startKlaim();
  expect(await klaim.send('post', '/users/ada/credits', '{ not json', 'text/plain')).toEqual(balance(700));
});
