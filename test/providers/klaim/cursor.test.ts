import { describe, expect, it } from 'vitest';

import {
  anyId,
  fetched,
  HARBOR,
  invalidJson,
  LANTERN,
  NOW,
  startKlaim,
  unauthorized,
  type Answer,
  type KlaimApi,
} from './api.ts';

interface Key {
  readonly prefix_app_id: string;
  readonly type_id: string;
}

/** A list of 101 users: the first page, and the second one with the last of them. */
async function startList(): Promise<{ klaim: KlaimApi; first: Answer; second: Answer; key: Key }> {
  const klaim = await startKlaim();
  const users = Array.from({ length: 101 }, (_, index) => {
    return { app_id: 'app_lantern', email: `${index}@x.example`, created_at: NOW };
  });
  const apps = [LANTERN, HARBOR].map((api_key) => {
    return { app_id: api_key.replace('klaim_test', 'app'), name: 'X', api_key };
  });
  await klaim.control('put', '/state', { klaim: { apps, users } });
  const first = await klaim.call('get', '/users');
  const { lastKey } = first.body as { readonly lastKey?: Key };
  if (!lastKey) throw new Error('The first page should be full.');
  return { klaim, first, second: await klaim.call('get', `/users?starting_after=${toJson(lastKey)}`), key: lastKey };
}

function toJson(key: object): string {
  return encodeURIComponent(JSON.stringify(key));
}

describe('GET /users a page at a time', () => {
  const ada = { user_id: 'ada', email: 'ada@lantern.example', credit_balance: 50, name: 'Ada at Harbor' };
  const finn = { user_id: 'finn', email: 'finn@harbor.example', credit_balance: 320, name: 'Finn Byrne' };

  it.each([
    ['ends', 2, [[ada, finn]]],
    ['ends', 1, [[ada], [finn]]],
    ['goes-on', 2, [[ada, finn], []]],
    ['goes-on', 1, [[ada], [finn], []]],
    ['goes-on', 3, [[ada, finn]]],
  ])('with fullPage=%s and pageSize=%i', async (fullPage, pageSize, pages) => {
    const set = [`klaim.fullPage=${fullPage}`, `klaim.pageSize=${pageSize}`];
    const klaim = (await startKlaim({ set })).as(HARBOR);
    let path = '/users';
    for (const [index, users] of pages.entries()) {
      const answer = await klaim.call('get', path);
      const { lastKey, data } = answer.body as { lastKey?: Key; data: { klaim_id: string }[] };
      const shown = users.map((user) => expect.objectContaining(user) as unknown);
      const key = { prefix_app_id: 'user#app_harbor', type_id: `user#${data.at(-1)?.klaim_id ?? ''}` };
      const isLast = index === pages.length - 1;
      expect(answer).toEqual(fetched({ data: shown, ...(!isLast && { lastKey: key }) }));
      // `#` is sent as %23: unencoded, it would cut the URL.
      if (lastKey) {
        const [app, type] = [encodeURIComponent(lastKey.prefix_app_id), encodeURIComponent(lastKey.type_id)];
        path = `/users?starting_after[prefix_app_id]=${app}&starting_after[type_id]=${type}`;
      }
    }
  });
});

describe('GET /users with a cursor', () => {
  it('answers the second page, without a lastKey', async () => {
    const { second } = await startList();
    const shown = { email: '100@x.example', credit_balance: 0, created_at: NOW, acquisition_source: 'api' };
    expect(second).toEqual(fetched({ data: [{ klaim_id: anyId, user_id: anyId, ...shown }] }));
  });

  it('accepts each form that a careful reader of the docs would send', async () => {
    const { klaim, second, key } = await startList();
    const [prefix, type] = [encodeURIComponent(key.prefix_app_id), encodeURIComponent(key.type_id)];
    const queries = [
      `lastKey=${toJson(key)}`,
      `starting_after[prefix_app_id]=${prefix}&starting_after[type_id]=${type}`,
      `starting_after%5Btype_id%5D=${type}&starting_after%5Bprefix_app_id%5D=${prefix}`,
      `lastKey[prefix_app_id]=${prefix}&lastKey[type_id]=${type}`,
      `prefix_app_id=${prefix}&type_id=${type}`,
      `starting_after.prefix_app_id=${prefix}&starting_after.type_id=${type}`,
      `starting_after=${toJson({ ...key, third: 1 })}`,
      `starting_after=${toJson(key)}&starting_after=${toJson(key)}`,
      `starting_after=${toJson(key)}&lastKey[type_id]=${type}&lastKey[prefix_app_id]=${prefix}`,
      `starting_after=&lastKey=${toJson(key)}`,
      `starting_after=null&prefix_app_id=${prefix}&type_id=${type}`,
      `starting_after=${toJson(key)}&limit=1&page=1&foo=2`,
    ];
    for (const query of queries) {
      expect([query, await klaim.call('get', `/users?${query}`)]).toEqual([query, second]);
    }
  });

  it('accepts one in a body, as the documented Content-Type of a GET suggests', async () => {
    const { klaim, second, key } = await startList();
    const bodies = [{ starting_after: key }, { lastKey: key }, key, { starting_after: JSON.stringify(key) }];
    for (const body of bodies) expect([body, await klaim.call('get', '/users', body)]).toEqual([body, second]);
  });

  it('answers the first page without a cursor', async () => {
    const { klaim, first } = await startList();
    for (const query of ['', 'starting_after=', 'starting_after=null', 'starting_after=%7B%7D', 'lastKey=']) {
      expect([query, await klaim.call('get', `/users?${query}`)]).toEqual([query, first]);
    }
    for (const body of [{}, { starting_after: null }, { lastKey: {} }, { page: 2 }]) {
      expect([body, await klaim.call('get', '/users', body)]).toEqual([body, first]);
    }
  });

  it('ignores names that only resemble those of a cursor', async () => {
    const { klaim, first, key } = await startList();
    const names = ['startingAfter', 'last_key', 'lastkey', 'cursor', 'exclusiveStartKey', 'after', 'next', 'limit'];
    for (const name of names) {
      expect([name, await klaim.call('get', `/users?${name}=${toJson(key)}`)]).toEqual([name, first]);
    }
  });

  it('refuses an invalid cursor, because the first page again would loop for ever', async () => {
    const { klaim, key } = await startList();
    const [prefix, type] = [encodeURIComponent(key.prefix_app_id), encodeURIComponent(key.type_id)];
    const other = encodeURIComponent('user#1767225600000_aaaaa');
    const queries = [
      `starting_after=prefix_app_id,${prefix},type_id,${type}`,
      `starting_after=${Buffer.from(JSON.stringify(key)).toString('base64url')}`,
      `starting_after=${type}`,
      'starting_after=ada',
      'starting_after=%7B',
      'starting_after=%22x%22',
      `starting_after=${toJson({ ...key, type_id: 'user#1_aaaaa' })}`,
      `starting_after=${toJson({ ...key, type_id: 'order#1' })}`,
      `starting_after=${toJson({ ...key, prefix_app_id: 'user#app_harbor' })}`,
      'starting_after=[object%20Object]',
      'starting_after=undefined',
      'starting_after=NaN',
      `starting_after=${encodeURIComponent(key.type_id.replace('user#', ''))}`,
      // What is left of a cursor whose # was not encoded.
      'starting_after[prefix_app_id]=user',
      `starting_after=${toJson(key)}&starting_after=${toJson({ ...key, type_id: 'user#1_aaaaa' })}`,
      'lastKey=undefined',
      `prefix_app_id=${prefix}`,
      `type_id=${type}`,
      `starting_after[prefix_app_id]=${prefix}`,
      `starting_after[prefix_app_id]=${prefix}&starting_after[type_id]=`,
      `starting_after[prefix_app_id]=${prefix}&lastKey[type_id]=${type}`,
      `starting_after[prefix_app_id]=${prefix}&starting_after[type_id]=${type}&starting_after[type_id]=${type}x`,
      `starting_after=${toJson(key)}&lastKey=${toJson({ ...key, type_id: 'user#1767225600000_aaaaa' })}`,
      `starting_after=${toJson(key)}&prefix_app_id=${prefix}&type_id=${other}`,
    ];
    for (const query of queries) {
      expect([query, await klaim.call('get', `/users?${query}`)]).toEqual([query, invalidJson]);
    }
    for (const body of [{ starting_after: 5 }, { lastKey: [] }, { type_id: key.type_id }, { ...key, type_id: 5 }]) {
      expect([body, await klaim.call('get', '/users', body)]).toEqual([body, invalidJson]);
    }
  });

  it('checks the key first, then the JSON, then that the cursor is one of the app', async () => {
    const { klaim, key } = await startList();
    expect(await klaim.as('wrong').call('get', '/users?starting_after=undefined')).toEqual(unauthorized);
    expect(await klaim.send('get', '/users', '{"starting_after":')).toEqual(invalidJson);
    expect(await klaim.as(HARBOR).call('get', `/users?starting_after=${toJson(key)}`)).toEqual(invalidJson);
    const { body } = await klaim.as(HARBOR).call('post', '/users', { email: 'x' });
    const foreign = { ...key, type_id: `user#${(body as { klaim_id: string }).klaim_id}` };
    expect(await klaim.call('get', `/users?starting_after=${toJson(foreign)}`)).toEqual(invalidJson);
  });
});
