import { describe, expect } from 'vitest';

import {
  ADA,
  BENOIT,
  HARBOR_ADA,
  badRequest,
  fieldOf,
  it,
  notFound,
  refusal,
  shown,
  shownInV3,
  startGameFuse,
  store,
  unknownError,
  type Answer,
  type GameFuseApi,
} from './api.ts';

const ADD = '/users/1/add_credits';
const SET = '/users/1/set_credits';
const noCredits = refusal(400, 'Please include a credits param');

/** That ada's credits are as they were, and that nobody else's moved. */
async function expectNothing(api: GameFuseApi): Promise<void> {
  expect(await api.call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
}

/** The only entry of the ledger, of ada's first call. */
function entryOf(operation: string, delta: string, after: string): object {
  return {
    id: '1',
    at: '2026-01-01T00:00:00.000Z',
    provider: 'gamefuse',
    tenant: '1',
    account: '1',
    unit: 'credits',
    delta,
    before: '5200',
    after,
    cause: 'request',
    operation,
    requestId: 'default-1',
    key: null,
    memo: null,
  };
}

describe('the answer to a change of credits', () => {
  it('has thirteen keys in this order', async ({ api }) => {
    const { body } = await api.call('post', ADD, { credits: 50 });
    expect(JSON.stringify(body)).toBe(
      '{"id":1,"username":"ada","email":"_appid_1_ada@lantern.example","display_email":"ada@lantern.example",' +
        '"credits":5250,"score":1200,"last_login":"2025-12-20","number_of_logins":3,' +
        `"authentication_token":"${ADA}","events_total":41,"events_current_month":13,` +
        '"game_sessions_total":3,"game_sessions_current_month":1}',
    );
  });

  it('counts the request as an event and lists no purchases', async ({ api }) => {
    await api.call('post', '/users/1/purchase_game_user_store_item', { store_item_id: 101 });
    expect(await api.call('post', SET, { credits: 7 })).toEqual(shown('ada', 2, { credits: 7 }));
  });

  it('has in v3 the real e-mail and whether the player is new', async () => {
    const v3 = (await startGameFuse()).at('/api/v3');
    expect(await v3.call('post', ADD, { credits: 50 })).toEqual(shownInV3('ada', 1, { credits: 5250 }));
    expect(await v3.call('post', SET, { credits: 50 })).toEqual(shownInV3('ada', 2, { credits: 50 }));
  });
});

describe('add_credits', () => {
  it('adds positive and negative amounts', async ({ api }) => {
    expect(await api.call('post', ADD, { credits: 50 })).toEqual(shown('ada', 1, { credits: 5250 }));
    expect(await api.call('post', ADD, { credits: -250 })).toEqual(shown('ada', 2, { credits: 5000 }));
  });

  it('adds again when it is repeated', async ({ api }) => {
    await api.call('post', ADD, { credits: 50 });
    expect(await api.call('post', ADD, { credits: 50 })).toEqual(shown('ada', 2, { credits: 5300 }));
  });

  it('can make a balance negative', async () => {
    const benoit = (await startGameFuse()).as(BENOIT);
    expect(await benoit.call('post', '/users/2/add_credits', { credits: -50 })).toEqual(
      shown('benoit', 1, { credits: -1 }),
    );
  });

  it('loses no update in a hundred concurrent requests', async ({ api }) => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => api.call('post', ADD, { credits: 1 })));
    expect(new Set(answers.map((answer) => fieldOf(answer, 'credits'))).size).toBe(100);
    expect(await api.call('get', '/users/1/game_user_store_items')).toEqual(store(5300));
  });

  it('changes only the player whose token it is', async ({ api }) => {
    expect(await api.as(HARBOR_ADA).call('post', '/users/4/add_credits', { credits: 1 })).toEqual(
      shown('harborAda', 1, { credits: 16 }),
    );
    expect(await api.call('get', '/users/1/game_user_store_items')).toEqual(store(5200));
  });

  it('adds an entry to the ledger', async ({ api }) => {
    await api.call('post', ADD, { credits: -200 });
    expect(await api.control('get', '/ledger')).toEqual({ entries: [entryOf('addCredits', '-200', '5000')] });
  });
});

describe('set_credits', () => {
  it('sets the balance to the amount', async ({ api }) => {
    expect(await api.call('post', SET, { credits: 50 })).toEqual(shown('ada', 1, { credits: 50 }));
    expect(await api.call('post', SET, { credits: 50 })).toEqual(shown('ada', 2, { credits: 50 }));
  });

  it('accepts a negative total', async ({ api }) => {
    expect(await api.call('post', SET, { credits: -5 })).toEqual(shown('ada', 1, { credits: -5 }));
  });

  it('adds the difference to the ledger, unless it is zero', async ({ api }) => {
    await api.call('post', SET, { credits: 50 });
    await api.call('post', SET, { credits: 50 });
    expect(await api.control('get', '/ledger')).toEqual({ entries: [entryOf('setCredits', '-5150', '50')] });
  });
});

describe.each([
  ['add_credits', ADD, 5200],
  ['set_credits', SET, 0],
])('the credits of %s', (_, path, base) => {
  it.each([
    ['0', 0],
    ['"-5"', -5],
    ['-12.9', -12],
    ['-0.5', 0],
    ['1e3', 1000],
    ['"7 coins"', 7],
    ['"abc"', 0],
  ])('are the integer at the start of %s', async (json, amount) => {
    const api = await startGameFuse();
    expect(await api.send('post', path, `{"credits":${json}}`)).toEqual(shown('ada', 1, { credits: base + amount }));
  });

  it.each([
    ['not there', '{}'],
    ['empty', '{"credits":""}'],
    ['null', '{"credits":null}'],
    ['in the wrong case', '{"Credits":5}'],
    ['in an object', '{"user":{"credits":5}}'],
  ])('are missing if they are %s', async (_name, json) => {
    const api = await startGameFuse();
    expect(await api.send('post', path, json)).toEqual(noCredits);
    await expectNothing(api);
  });

  it.for(['true', 'false', '[]', '[5]', '{}', '{"amount":5}'])(
    'make the request fail with 500 as %s',
    async (json, { api }) => {
      expect(await api.send('post', path, `{"credits":${json}}`)).toEqual(unknownError);
      await expectNothing(api);
    },
  );

  it.for(['2147483648', '-2147489000', '"2147483648"', '"99999999999999999999"', '1e300', '-1e300', '1e999'])(
    'make the request fail with 500 as %s, which is beyond 32 bits',
    async (json, { api }) => {
      expect(await api.send('post', path, `{"credits":${json}}`)).toEqual(unknownError);
      await expectNothing(api);
    },
  );

  it('are the last of several in a query or form, but not a list', async ({ api }) => {
    expect(await api.call('post', `${path}?credits=1&credits=2`)).toEqual(shown('ada', 1, { credits: base + 2 }));
    expect(await api.send('post', path, 'credits[]=1', 'application/x-www-form-urlencoded')).toEqual(unknownError);
  });
});

describe('a balance of 32 bits', () => {
  it('can be reached but not exceeded at its upper end', async ({ api }) => {
    const largest = shown('ada', 1, { credits: 2_147_483_647 });
    expect(await api.call('post', ADD, { credits: 2_147_483_647 - 5200 })).toEqual(largest);
    expect(await api.call('post', ADD, { credits: 1 })).toEqual(unknownError);
    expect(await api.call('post', SET, { credits: 2_147_483_647 })).toEqual(
      shown('ada', 2, { credits: 2_147_483_647 }),
    );
  });

  it('can be reached but not exceeded at its lower end', async ({ api }) => {
    expect(await api.call('post', SET, { credits: -2_147_483_648 })).toEqual(
      shown('ada', 1, { credits: -2_147_483_648 }),
    );
    expect(await api.call('post', ADD, { credits: -1 })).toEqual(unknownError);
    expect(await api.call('post', ADD, { credits: 0 })).toEqual(shown('ada', 2, { credits: -2_147_483_648 }));
  });
});

describe('the parameters of add_credits', () => {
  const changed = shown('ada', 1, { credits: 5225 });

  it.each<[string, (api: GameFuseApi) => Promise<Answer>]>([
    ['the query', (api) => api.call('post', `${ADD}?credits=25`)],
    ['JSON', (api) => api.call('post', ADD, { credits: 25 })],
    ['JSON as a string', (api) => api.call('post', ADD, { credits: '25' })],
    ['JSON with a charset', (api) => api.send('post', ADD, '{"credits":25}', 'application/json; charset=utf-8')],
    ['a form', (api) => api.form(ADD, { credits: '25' })],
    ['a multipart form', (api) => api.multipart(ADD, { credits: '25' })],
  ])('come from %s', async (_name, send) => {
    expect(await send(await startGameFuse())).toEqual(changed);
  });

  it.each<[string, (api: GameFuseApi, query: string) => Promise<Answer>]>([
    ['JSON', (api, query) => api.call('post', ADD + query, { credits: 25 })],
    ['a form', (api, query) => api.form(ADD + query, { credits: '25' })],
    ['a multipart form', (api, query) => api.multipart(ADD + query, { credits: '25' })],
  ])('in %s override those in the query', async (_name, send) => {
    expect(await send(await startGameFuse(), '?credits=999')).toEqual(changed);
  });

  it('are not overridden by a null in the body', async ({ api }) => {
    expect(await api.call('post', `${ADD}?credits=25`, { credits: null })).toEqual(noCredits);
  });

  it('include the id from the path, not from the body or the query', async ({ api }) => {
    expect(await api.call('post', `${ADD}?id=2`, { id: 3, credits: 25 })).toEqual(changed);
  });

  it.each([
    ['is empty', 'application/json', ''],
    ['is a list', 'application/json', '[7]'],
    ['is a string', 'application/json', '"credits=7"'],
    ['is a text', 'text/plain', 'credits=7'],
    ['is XML', 'application/xml', '<credits>7</credits>'],
    ['is of no known type', 'x', 'credits=7'],
  ])('are read from the query with a body that %s', async (_name, type, body) => {
    const api = await startGameFuse();
    expect(await api.send('post', `${ADD}?credits=25`, body, type)).toEqual(changed);
  });

  it('are missing if the body has another type', async ({ api }) => {
    expect(await api.send('post', ADD, 'credits=25', 'text/plain')).toEqual(noCredits);
  });

  it.for(['{', '{"credits":25', '{"credits":025}', '{"credits":NaN}', "{'credits':25}"])(
    'cannot be read from %s',
    async (json, { api }) => {
      expect(await api.send('post', `${ADD}?credits=25`, json)).toEqual(badRequest);
      await expectNothing(api);
    },
  );
});

it.for([ADD, SET])('%s is unknown with another method, under v1, and without a version', async (path, { api }) => {
  for (const method of ['get', 'put', 'patch', 'delete'] as const) {
    expect(await api.call(method, `${path}?credits=25`)).toEqual(notFound);
  }
  expect(await api.at('/api/v1').call('post', path, { credits: 25 })).toEqual(notFound);
  expect(await api.at('').call('post', path, { credits: 25 })).toEqual(notFound);
  await expectNothing(api);
});

describe('the option overdraft=refuse', () => {
  const poor = refusal(403, 'Not Enough Credits');

  it('refuses a change to a negative balance', async () => {
    const benoit = (await startGameFuse({ set: ['gamefuse.overdraft=refuse'] })).as(BENOIT);
    expect(await benoit.call('post', '/users/2/add_credits', { credits: -50 })).toEqual(poor);
    expect(await benoit.control('get', '/ledger')).toEqual({ entries: [] });
    expect(await benoit.call('post', '/users/2/add_credits', { credits: -49 })).toEqual(
      shown('benoit', 1, { credits: 0 }),
    );
    expect(await benoit.call('post', '/users/2/add_credits', { credits: -1 })).toEqual(poor);
  });

  it('refuses to set a negative balance', async () => {
    const api = await startGameFuse({ set: ['gamefuse.overdraft=refuse'] });
    expect(await api.call('post', SET, { credits: -1 })).toEqual(poor);
    expect(await api.call('post', SET, { credits: 0 })).toEqual(shown('ada', 1, { credits: 0 }));
  });

  it('lets a negative balance rise', async () => {
    const api = await startGameFuse({ set: ['gamefuse.overdraft=refuse'] });
    const { gamefuse } = (await api.control('get', '/state')) as { gamefuse: { users: object[] } };
    const [ada, ...others] = gamefuse.users;
    await api.control('put', '/state', { gamefuse: { ...gamefuse, users: [{ ...ada, credits: -40 }, ...others] } });
    expect(await api.call('post', ADD, { credits: 30 })).toEqual(shown('ada', 1, { credits: -10 }));
    expect(await api.call('post', ADD, { credits: 0 })).toEqual(shown('ada', 2, { credits: -10 }));
    expect(await api.call('post', ADD, { credits: -1 })).toEqual(poor);
  });
});
