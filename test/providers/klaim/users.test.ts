import { describe, expect, it } from 'vitest';

import { balance, conflict, HARBOR, invalidJson, missingFields, noSuchUser, startKlaim, type Answer } from './api.ts';

/** When the clock of the tests stands, as Klaim writes it. */
const NOW = 1_767_225_600_000;

function fieldOf(answer: Answer, field: string): unknown {
  return Reflect.get(answer.body as object, field);
}

describe('POST /users', () => {
  it('adds a user with the id of the caller and answers 200', async () => {
    const klaim = await startKlaim();
    const body = { email: 'grace@lantern.example', userId: 'grace', name: 'Grace', metadata: { plan: 'pro' } };
    const answer = await klaim.call('post', '/users', body);
    expect(answer).toEqual({
      status: 200,
      body: {
        message: 'resource created successfully',
        user_id: 'grace',
        klaim_id: expect.stringMatching(new RegExp(`^${NOW}_[0-9A-Za-z]{5}$`)) as string,
        email: 'grace@lantern.example',
        credit_balance: 0,
        created_at: NOW,
        name: 'Grace',
        metadata: { plan: 'pro' },
      },
    });
    expect(await klaim.call('get', '/users/grace/credits')).toEqual(balance(0));
  });

  it('takes user_id for userId, and userId where both are there', async () => {
    const klaim = await startKlaim();
    expect(fieldOf(await klaim.call('post', '/users', { email: 'a@x.example', user_id: 'one' }), 'user_id')).toBe(
      'one',
    );
    const both = { email: 'b@x.example', userId: 'two', user_id: 'three' };
    expect(fieldOf(await klaim.call('post', '/users', both), 'user_id')).toBe('two');
  });

  it('knows a user without an id by its klaim_id', async () => {
    const klaim = await startKlaim();
    const answer = await klaim.call('post', '/users', { email: 'grace@lantern.example' });
    const klaimId = String(fieldOf(answer, 'klaim_id'));
    expect(fieldOf(answer, 'user_id')).toBe(klaimId);
    expect(await klaim.call('get', `/users/${klaimId}`)).toEqual({
      status: 200,
      body: {
        message: 'fetch resource successfully',
        klaim_id: klaimId,
        user_id: klaimId,
        email: 'grace@lantern.example',
        credit_balance: 0,
        created_at: NOW,
        acquisition_source: 'api',
      },
    });
  });

  it.each<[string, object]>([
    ['absent', { userId: 'grace' }],
    ['null', { email: null }],
    ['empty', { email: '' }],
    ['no string', { email: 5 }],
  ])('refuses an e-mail that is %s', async (_, body) => {
    const klaim = await startKlaim();
    expect(await klaim.call('post', '/users', body)).toEqual(missingFields);
  });

  it.each<[string, object]>([
    ['userId', { userId: 5 }],
    ['user_id', { user_id: '' }],
    ['name', { name: {} }],
    ['metadata', { metadata: 'pro' }],
    ['metadata', { metadata: ['pro'] }],
  ])('refuses a %s of the wrong type', async (_, field) => {
    const klaim = await startKlaim();
    expect(await klaim.call('post', '/users', { email: 'grace@lantern.example', ...field })).toEqual(invalidJson);
    expect(await klaim.call('post', '/users', { email: 'grace@lantern.example' })).toMatchObject({ status: 200 });
  });

  it('takes null in an optional field for a field that was not sent', async () => {
    const klaim = await startKlaim();
    const nothing = { userId: null, user_id: null, name: null, metadata: null };
    const klaimId = expect.stringMatching(new RegExp(`^${NOW}_[0-9A-Za-z]{5}$`)) as string;
    const answer = await klaim.call('post', '/users', { email: 'grace@lantern.example', ...nothing });
    expect(answer).toEqual({
      status: 200,
      body: {
        message: 'resource created successfully',
        user_id: fieldOf(answer, 'klaim_id'),
        klaim_id: klaimId,
        email: 'grace@lantern.example',
        credit_balance: 0,
        created_at: NOW,
      },
    });
    const named = { email: 'hal@lantern.example', userId: null, user_id: 'hal' };
    expect(fieldOf(await klaim.call('post', '/users', named), 'user_id')).toBe('hal');
  });

  it('refuses an e-mail and an id that the app has already', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('post', '/users', { email: 'ada@lantern.example', userId: 'new' })).toEqual(conflict);
    expect(await klaim.call('post', '/users', { email: 'new@lantern.example', userId: 'ada' })).toEqual(conflict);
    expect(await klaim.call('get', '/users/new')).toEqual(noSuchUser);
  });

  it('lets two apps have the same e-mail and id', async () => {
    const klaim = await startKlaim();
    const answer = await klaim.as(HARBOR).call('post', '/users', { email: 'benoit@lantern.example', userId: 'benoit' });
    expect(answer).toMatchObject({ status: 200, body: { user_id: 'benoit', credit_balance: 0 } });
    expect(await klaim.call('get', '/users/benoit/credits')).toEqual(balance(2));
  });

  it('keeps metadata as it came, names of object properties included', async () => {
    const klaim = await startKlaim();
    const metadata = '{"__proto__":{"admin":true},"constructor":1,"deep":{"list":[1,{"a":null}]}}';
    await klaim.send('post', '/users', `{"email":"grace@lantern.example","userId":"grace","metadata":${metadata}}`);
    const { body } = await klaim.call('get', '/users/grace');
    expect(JSON.stringify((body as { metadata: unknown }).metadata)).toBe(metadata);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('gives every user another klaim_id and keeps their order while the clock stands', async () => {
    const klaim = await startKlaim();
    const ids: unknown[] = [];
    for (let index = 0; index < 50; index += 1) {
      ids.push(fieldOf(await klaim.as(HARBOR).call('post', '/users', { email: `${index}@x.example` }), 'klaim_id'));
    }
    expect(new Set(ids).size).toBe(50);
    const { body } = await klaim.as(HARBOR).call('get', '/users');
    expect((body as { data: { klaim_id: string }[] }).data.slice(2).map(({ klaim_id }) => klaim_id)).toEqual(ids);
  });
});

describe('GET /users', () => {
  it('lists the users of the app in the order in which they were added', async () => {
    const klaim = await startKlaim();
    expect(await klaim.as(HARBOR).call('get', '/users')).toEqual({
      status: 200,
      body: {
        message: 'fetch resource successfully',
        data: [
          {
            klaim_id: expect.stringMatching(/^1751439600000_/) as string,
            user_id: 'ada',
            email: 'ada@lantern.example',
            credit_balance: 50,
            created_at: 1_751_439_600_000,
            acquisition_source: 'api',
            name: 'Ada at Harbor',
          },
          {
            klaim_id: expect.stringMatching(/^1752232260000_/) as string,
            user_id: 'finn',
            email: 'finn@harbor.example',
            credit_balance: 320,
            created_at: 1_752_232_260_000,
            acquisition_source: 'promotion',
            name: 'Finn Byrne',
          },
        ],
      },
    });
  });

  it('pages through 250 users with lastKey and misses none while others are added', async () => {
    const klaim = await startKlaim();
    for (let index = 0; index < 238; index += 1) {
      await klaim.call('post', '/users', { email: `${index}@x.example` });
    }
    const seen: unknown[] = [];
    const sizes: number[] = [];
    let path: string | undefined = '/users';
    while (path !== undefined) {
      const { body } = await klaim.call('get', path);
      const page = body as { data: { email: string }[]; lastKey?: object };
      seen.push(...page.data.map(({ email }) => email));
      sizes.push(page.data.length);
      path = page.lastKey && `/users?starting_after=${encodeURIComponent(JSON.stringify(page.lastKey))}`;
      if (sizes.length === 1) await klaim.call('post', '/users', { email: 'late@x.example' });
    }
    expect(sizes).toEqual([100, 100, 51]);
    expect(new Set(seen).size).toBe(251);
    expect(seen.at(-1)).toBe('late@x.example');
  });

  it('gives no lastKey with a page that ends the list', async () => {
    const klaim = await startKlaim();
    for (let index = 0; index < 88; index += 1) await klaim.call('post', '/users', { email: `${index}@x.example` });
    const { body } = await klaim.call('get', '/users');
    expect(Object.keys(body as object)).toEqual(['message', 'data']);
    expect((body as { data: unknown[] }).data).toHaveLength(100);
  });

  it.each([
    ['no JSON', '{'],
    ['a string', '"x"'],
    ['of another app', '{"prefix_app_id":"user#app_harbor","type_id":"user#1"}'],
    ['without its second half', '{"prefix_app_id":"user#app_lantern"}'],
    ['of nobody', '{"prefix_app_id":"user#app_lantern","type_id":"user#1_aaaaa"}'],
    ['of another kind', '{"prefix_app_id":"user#app_lantern","type_id":"order#1"}'],
  ])('refuses a key that is %s', async (_, key) => {
    const klaim = await startKlaim();
    expect(await klaim.call('get', `/users?starting_after=${encodeURIComponent(key)}`)).toEqual(invalidJson);
  });

  it('ignores parameters that it does not know', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('get', '/users?limit=1')).toEqual(await klaim.call('get', '/users'));
  });
});

describe.each(['get', 'post'] as const)('%s /users/{user_id}', (method) => {
  it('gives the user flat beside the message', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call(method, '/users/ada')).toEqual({
      status: 200,
      body: {
        message: 'fetch resource successfully',
        klaim_id: expect.stringMatching(/^1751360400000_/) as string,
        user_id: 'ada',
        email: 'ada@lantern.example',
        credit_balance: 700,
        created_at: 1_751_360_400_000,
        acquisition_source: 'api',
        name: 'Ada Okafor',
        metadata: { plan: 'pro', locale: 'en-GB' },
      },
    });
  });

  it('answers 404 for a user that the app does not have', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call(method, '/users/finn')).toEqual(noSuchUser);
  });
});

describe('PUT /users/{user_id}', () => {
  it('changes what is there, keeps what is not, and answers with the words of a fetch', async () => {
    const klaim = await startKlaim();
    const answer = await klaim.call('put', '/users/ada', { name: 'Ada O.', metadata: { plan: 'team' } });
    expect(answer).toEqual(await klaim.call('get', '/users/ada'));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        message: 'fetch resource successfully',
        name: 'Ada O.',
        email: 'ada@lantern.example',
        credit_balance: 700,
      },
    });
    expect(fieldOf(answer, 'metadata')).toEqual({ plan: 'team' });
  });

  it('renames a user, who is found by the new id and no longer by the old', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada', { user_id: 'ada.o' })).toMatchObject({
      status: 200,
      body: { user_id: 'ada.o' },
    });
    expect(await klaim.call('get', '/users/ada.o/credits')).toEqual(balance(700));
    expect(await klaim.call('get', '/users/ada/credits')).toEqual(noSuchUser);
  });

  it('refuses an e-mail or id of another user and changes nothing', async () => {
    const klaim = await startKlaim();
    const before = await klaim.call('get', '/users/ada');
    expect(await klaim.call('put', '/users/ada', { name: 'X', email: 'benoit@lantern.example' })).toEqual(conflict);
    expect(await klaim.call('put', '/users/ada', { name: 'X', user_id: 'benoit' })).toEqual(conflict);
    expect(await klaim.call('get', '/users/ada')).toEqual(before);
  });

  it('takes its own e-mail and id for no conflict, and an empty body for no change', async () => {
    const klaim = await startKlaim();
    const before = await klaim.call('get', '/users/ada');
    expect(await klaim.call('put', '/users/ada', { email: 'ada@lantern.example', user_id: 'ada' })).toEqual(before);
    expect(await klaim.call('put', '/users/ada', {})).toEqual(before);
  });

  it('leaves what null is sent for as it is', async () => {
    const klaim = await startKlaim();
    const before = await klaim.call('get', '/users/ada');
    const nothing = { email: null, user_id: null, name: null, metadata: null };
    expect(await klaim.call('put', '/users/ada', nothing)).toEqual(before);
  });

  it.each<[string, object]>([
    ['email', { email: '' }],
    ['email', { email: 5 }],
    ['user_id', { user_id: 7 }],
    ['name', { name: [] }],
    ['metadata', { metadata: 'pro' }],
  ])('refuses an %s of the wrong type', async (_, body) => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada', body)).toEqual(invalidJson);
  });

  it('answers 404 for a user that the app does not have, after looking at the body', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/nobody', { name: 'X' })).toEqual(noSuchUser);
    expect(await klaim.call('put', '/users/nobody', { name: 5 })).toEqual(invalidJson);
  });
});

it.each(['null', '[]', '"x"', '5', ''])('refuses %s for a body, whatever is to be written', async (body) => {
  const klaim = await startKlaim();
  for (const [method, path] of [
    ['post', '/users'],
    ['put', '/users/ada'],
    ['put', '/users/ada/credits'],
  ] as const) {
    expect([path, await klaim.send(method, path, body)]).toEqual([path, invalidJson]);
  }
});

it('has no call that deletes a user', async () => {
  const klaim = await startKlaim();
  expect(await klaim.call('delete', '/users/ada')).toEqual({ status: 404, body: { message: 'Not Found' } });
  expect(await klaim.call('get', '/users/ada/credits')).toEqual(balance(700));
});
