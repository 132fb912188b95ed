import { describe, expect, it } from 'vitest';

import {
  balance,
  conflict,
  created,
  fetched,
  HARBOR,
  invalidJson,
  message,
  missingFields,
  noSuchUser,
  NOW,
  startKlaim,
  type Answer,
} from './api.ts';

const EMAIL = 'grace@lantern.example';

const ADA = {
  ...{ klaim_id: expect.stringMatching(/^1751360400000_/) as string, user_id: 'ada', email: 'ada@lantern.example' },
  ...{ credit_balance: 700, created_at: 1_751_360_400_000, acquisition_source: 'api', name: 'Ada Okafor' },
  metadata: { plan: 'pro', locale: 'en-GB' },
};

function fieldOf(answer: Answer, field: string): unknown {
  return Reflect.get(answer.body as object, field);
}

describe('POST /users', () => {
  it('adds a user with the id of the caller and answers 200', async () => {
    const klaim = await startKlaim();
    const profile = { email: EMAIL, name: 'Grace', metadata: { plan: 'pro' } };
    const answer = await klaim.call('post', '/users', { ...profile, userId: 'grace' });
    expect(answer).toEqual(created({ ...profile, user_id: 'grace' }));
    expect(await klaim.credits('grace')).toEqual(balance(0));
  });

  it('accepts user_id for userId, and prefers userId', async () => {
    const klaim = await startKlaim();
    const one = { email: 'a@x.example', user_id: 'one' };
    expect(await klaim.call('post', '/users', one)).toEqual(created(one));
    const two = { email: 'b@x.example', user_id: 'two' };
    expect(await klaim.call('post', '/users', { ...two, user_id: 'three', userId: 'two' })).toEqual(created(two));
  });

  it('knows a user without an id by its klaim_id, and takes null for a field that is left out', async () => {
    const klaim = await startKlaim();
    const nothing = { userId: null, user_id: null, name: null, metadata: null };
    const answer = await klaim.call('post', '/users', { email: EMAIL, ...nothing });
    const id = String(fieldOf(answer, 'klaim_id'));
    expect(answer).toEqual(created({ email: EMAIL, user_id: id }));
    const shown = { klaim_id: id, user_id: id, email: EMAIL, credit_balance: 0, created_at: NOW };
    expect(await klaim.call('get', `/users/${id}`)).toEqual(fetched({ ...shown, acquisition_source: 'api' }));
    const named = { email: 'hal@lantern.example', userId: null, user_id: 'hal' };
    expect(fieldOf(await klaim.call('post', '/users', named), 'user_id')).toBe('hal');
  });

  it.each<[object, Answer]>([
    [{ userId: 'grace' }, missingFields],
    [{ email: null }, missingFields],
    [{ email: '' }, missingFields],
    [{ email: 5 }, missingFields],
    [{ email: EMAIL, userId: 5 }, invalidJson],
    [{ email: EMAIL, user_id: '' }, invalidJson],
    [{ email: EMAIL, name: {} }, invalidJson],
    [{ email: EMAIL, metadata: 'pro' }, invalidJson],
    [{ email: EMAIL, metadata: ['pro'] }, invalidJson],
    [{ email: 'ada@lantern.example', userId: 'grace' }, conflict],
    [{ email: EMAIL, userId: 'ada' }, conflict],
  ])('refuses %j and adds nobody', async (body, answer) => {
    const klaim = await startKlaim();
    expect(await klaim.call('post', '/users', body)).toEqual(answer);
    expect(await klaim.call('post', '/users', { email: EMAIL, userId: 'grace' })).toMatchObject({ status: 200 });
  });

  it('lets two apps have the same e-mail and id', async () => {
    const klaim = await startKlaim();
    const benoit = { email: 'benoit@lantern.example', user_id: 'benoit' };
    expect(await klaim.as(HARBOR).call('post', '/users', benoit)).toEqual(created(benoit));
    expect(await klaim.credits('benoit')).toEqual(balance(2));
  });

  it('keeps metadata unchanged, names of object properties included', async () => {
    const klaim = await startKlaim();
    const metadata = '{"__proto__":{"admin":true},"constructor":1,"deep":{"list":[1,{"a":null}]}}';
    await klaim.send('post', '/users', `{"email":"${EMAIL}","userId":"grace","metadata":${metadata}}`);
    expect(JSON.stringify(fieldOf(await klaim.call('get', '/users/grace'), 'metadata'))).toBe(metadata);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('gives each user another klaim_id and keeps their order while the clock stands', async () => {
    const klaim = (await startKlaim()).as(HARBOR);
    const ids: unknown[] = [];
    for (let index = 0; index < 50; index += 1) {
      ids.push(fieldOf(await klaim.call('post', '/users', { email: `${index}@x.example` }), 'klaim_id'));
    }
    expect(new Set(ids).size).toBe(50);
    const data = fieldOf(await klaim.call('get', '/users'), 'data') as { klaim_id: string }[];
    expect(data.slice(2).map(({ klaim_id }) => klaim_id)).toEqual(ids);
  });
});

describe('GET /users', () => {
  it('lists the users of the app in the order in which they were added, and ignores unknown parameters', async () => {
    const klaim = (await startKlaim()).as(HARBOR);
    const ada = {
      ...{ klaim_id: expect.stringMatching(/^1751439600000_/) as string, user_id: 'ada', email: 'ada@lantern.example' },
      ...{ credit_balance: 50, created_at: 1_751_439_600_000, acquisition_source: 'api', name: 'Ada at Harbor' },
    };
    const finn = {
      ...{
        klaim_id: expect.stringMatching(/^1752232260000_/) as string,
        user_id: 'finn',
        email: 'finn@harbor.example',
      },
      ...{ credit_balance: 320, created_at: 1_752_232_260_000, acquisition_source: 'promotion', name: 'Finn Byrne' },
    };
    expect(await klaim.call('get', '/users?limit=1')).toEqual(fetched({ data: [ada, finn] }));
  });

  it('pages with lastKey and misses nobody while others are added', async () => {
    const klaim = await startKlaim({ set: ['klaim.pageSize=5'] });
    const seen: string[] = [];
    const sizes: number[] = [];
    let path: string | undefined = '/users';
    while (path !== undefined) {
      const { body } = await klaim.call('get', path);
      const page = body as { data: { email: string }[]; lastKey?: object };
      seen.push(...page.data.map(({ email }) => email));
      path = page.lastKey && `/users?starting_after=${encodeURIComponent(JSON.stringify(page.lastKey))}`;
      if (sizes.push(page.data.length) === 1) await klaim.call('post', '/users', { email: EMAIL });
    }
    expect([sizes, new Set(seen).size, seen.at(-1)]).toEqual([[5, 5, 3], 13, EMAIL]);
  });
});

it.each(['get', 'post'] as const)('%s /users/{user_id} gives the user next to the message', async (method) => {
  const klaim = await startKlaim();
  expect(await klaim.call(method, '/users/ada')).toEqual(fetched(ADA));
  expect(await klaim.call(method, '/users/finn')).toEqual(noSuchUser);
});

describe('PUT /users/{user_id}', () => {
  it('changes the given fields only, and answers with the words of a fetch', async () => {
    const klaim = await startKlaim();
    const given = { name: 'Ada O.', metadata: { plan: 'team' } };
    const answer = await klaim.call('put', '/users/ada', given);
    expect(answer).toEqual(fetched({ ...ADA, ...given }));
    expect(await klaim.call('get', '/users/ada')).toEqual(answer);
  });

  it('renames a user, who is then found by the new id only', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada', { user_id: 'ada.o' })).toEqual(fetched({ ...ADA, user_id: 'ada.o' }));
    expect(await klaim.credits('ada.o')).toEqual(balance(700));
    expect(await klaim.credits('ada')).toEqual(noSuchUser);
  });

  it.each<[object, Answer]>([
    [{ email: 'ada@lantern.example', user_id: 'ada' }, fetched(ADA)],
    [{}, fetched(ADA)],
    [{ email: null, user_id: null, name: null, metadata: null }, fetched(ADA)],
    [{ name: 'X', email: 'benoit@lantern.example' }, conflict],
    [{ name: 'X', user_id: 'benoit' }, conflict],
    [{ email: '' }, invalidJson],
    [{ email: 5 }, invalidJson],
    [{ user_id: 7 }, invalidJson],
    [{ name: [] }, invalidJson],
    [{ metadata: 'pro' }, invalidJson],
  ])('changes nothing with %j', async (body, answer) => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/ada', body)).toEqual(answer);
    expect(await klaim.call('get', '/users/ada')).toEqual(fetched(ADA));
  });

  it('answers 404 for an unknown user, after it has checked the body', async () => {
    const klaim = await startKlaim();
    expect(await klaim.call('put', '/users/nobody', { name: 'X' })).toEqual(noSuchUser);
    expect(await klaim.call('put', '/users/nobody', { name: 5 })).toEqual(invalidJson);
  });
});

it.each(['null', '[]', '"x"', '5', ''])('refuses the body %s for each change', async (body) => {
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
  expect(await klaim.call('delete', '/users/ada')).toEqual(message(404, 'Not Found'));
  expect(await klaim.credits('ada')).toEqual(balance(700));
});
