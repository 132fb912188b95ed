import { describe, expect, it } from 'vitest';

import { balance, HARBOR, invalidJson, message, noSuchUser, startKlaim, unauthorized, updated } from './api.ts';

const CREDITS = '/users/ada/credits';
const CHIYO = 'chiyo@lantern.example';

describe('PUT /users/{user_id}/credits', () => {
  it('adds a positive delta, takes a negative one, also below zero, and ignores unknown fields', async () => {
    const klaim = await startKlaim();
    expect(await klaim.change('ada', 6, { description: 'Reward', currency: 'EUR' })).toEqual(updated(706));
    expect(await klaim.change('ada', -106)).toEqual(updated(600));
    expect(await klaim.credits('ada')).toEqual(balance(600));
    expect(await klaim.change(CHIYO, -0.3)).toEqual(updated(-0.3));
  });

  it('changes nothing by zero', async () => {
    const klaim = await startKlaim();
    expect(await klaim.change('ada', 0)).toEqual(updated(700));
    expect(await klaim.control('get', '/ledger')).toEqual({ entries: [] });
  });

  it('refuses a balance below zero if the option says so, and changes nothing', async () => {
    const klaim = await startKlaim({ set: ['klaim.overdraft=refuse'] });
    expect(await klaim.change('benoit', -5)).toEqual(message(400, 'not enough credits'));
    expect(await klaim.change('benoit', -2)).toEqual(updated(0));
    expect(await klaim.change('esra', 1)).toEqual(updated(-39));
  });

  it('applies a repeated request each time, and loses none of a hundred at once', async () => {
    const klaim = await startKlaim();
    const answers = await Promise.all(Array.from({ length: 100 }, () => klaim.change('ada', 1)));
    expect(new Set(answers.map(({ body }) => (body as { credit_balance: number }).credit_balance)).size).toBe(100);
    expect(await klaim.credits('ada')).toEqual(balance(800));
  });

  it.each([
    '{}',
    '{"credit_delta":"5"}',
    '{"credit_delta":null}',
    '{"credit_delta":true}',
    '{"credit_delta":[5]}',
    '{"credit_delta":5,"description":5}',
    '[{"credit_delta":5}]',
    '{"credit_delta":1e999}',
    '{"credit_delta":-1e999}',
    '{"credit_delta":NaN}',
    '{"credit_delta":01}',
  ])('refuses the body %s', async (body) => {
    const klaim = await startKlaim();
    expect(await klaim.send('put', CREDITS, body)).toEqual(invalidJson);
    expect(await klaim.credits('ada')).toEqual(balance(700));
  });

  it('refuses a change that takes the balance beyond what a JSON number holds', async () => {
    const klaim = await startKlaim();
    await klaim.change('ada', 1.7e308);
    expect(await klaim.change('ada', 1.7e308)).toEqual(invalidJson);
    expect(await klaim.change('ada', -1.7e308)).toEqual(updated(700));
  });

  it('does not create an unknown user, and checks the key first, then the body, then the user', async () => {
    const klaim = await startKlaim();
    expect(await klaim.change('nobody', 1)).toEqual(noSuchUser);
    expect(await klaim.call('get', '/users/nobody')).toEqual(noSuchUser);
    expect(await klaim.send('put', '/users/nobody/credits', '{')).toEqual(invalidJson);
    expect(await klaim.as(undefined).send('put', '/users/nobody/credits', '{')).toEqual(unauthorized);
  });

  it('changes the user of the app whose key is used and no other', async () => {
    const klaim = await startKlaim();
    expect(await klaim.as(HARBOR).change('ada', 1)).toEqual(updated(51));
    expect(await klaim.credits('ada')).toEqual(balance(700));
    expect(await klaim.credits('finn')).toEqual(noSuchUser);
  });

  it.each([null, '', 'x'.repeat(10_000)])('accepts the description %s', async (description) => {
    const klaim = await startKlaim();
    expect(await klaim.change('ada', -20, { description })).toEqual(updated(680));
    expect(await klaim.control('get', '/ledger')).toMatchObject({ entries: [{ delta: '-20', memo: description }] });
  });

  it('keeps the description in the ledger, which no call of Klaim returns', async () => {
    const klaim = await startKlaim();
    await klaim.change('ada', -0.5, { description: 'Export' });
    expect(await klaim.control('get', '/ledger')).toEqual({
      entries: [
        {
          ...{ id: '1', at: '2026-01-01T00:00:00.000Z', provider: 'klaim', tenant: 'app_lantern', account: 'ada' },
          ...{ unit: 'credits', delta: '-0.5', before: '700', after: '699.5', cause: 'request', key: null },
          ...{ operation: 'updateUserCredits', requestId: 'default-1', memo: 'Export' },
        },
      ],
    });
  });
});

describe.each(['get', 'post'] as const)('%s /users/{user_id}/credits', (method) => {
  it('reads the balance and changes nothing, whatever is in the body', async () => {
    const klaim = await startKlaim();
    const body = method === 'post' ? { credit_delta: 5 } : undefined;
    for (const sent of [body, undefined]) expect(await klaim.call(method, CREDITS, sent)).toEqual(balance(700));
  });

  it.each([
    [CHIYO, balance(0)],
    ['chiyo%40lantern.example', balance(0)],
    ['1752570000000_d4Xp7', balance(12.5)],
    ['esra', balance(-40)],
    ['nobody', noSuchUser],
    ['constructor', noSuchUser],
  ])('finds a user by any id that a path can hold: %s', async (userId, answer) => {
    expect(await (await startKlaim()).call(method, `/users/${userId}/credits`)).toEqual(answer);
  });
});

it('ignores an unreadable body of a POST that only reads', async () => {
  const klaim = await startKlaim();
  expect(await klaim.send('post', CREDITS, '{ not json', 'text/plain')).toEqual(balance(700));
});
