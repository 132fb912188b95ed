import { describe, expect } from 'vitest';

import { listMagic } from '../../support/magic.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  DUNJA,
  FINN,
  HARBOR_KEY,
  LANTERN,
  LANTERN_KEY,
  NOBODY,
  UUID,
  grantFailed,
  granted,
  invalid,
  noKey,
  noWallet,
  ok,
  purchaseFailed,
  refusal,
  unknownKey,
  type Answer,
  type OpenMonetizeApi,
} from './api.ts';
import { toEvent, toEventId, use } from './event-api.ts';
import { it, registerOwn, startHead } from './head-api.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const USERS = '/v1/users';
const noSuchUser = refusal(404, 'User not found');

/** A user of the seed as a list shows it. */
function listed(id: string, externalUserId: string, createdAt: string, fields: object = {}): object {
  return {
    id,
    externalUserId,
    email: null,
    metadata: null,
    createdAt,
    updatedAt: createdAt,
    creditBalance: 0,
    totalEvents: 0,
    ...fields,
  };
}

const ada = listed(ADA, 'user_001', '2025-07-02T09:00:00.000Z', {
  email: 'ada@lantern.example',
  metadata: { plan: 'pro' },
  creditBalance: 5500,
});
const benoit = listed(BENOIT, 'user_002', '2025-07-03T09:00:00.000Z', {
  email: 'benoit@lantern.example',
  creditBalance: 1281,
});
const chiyo = listed(CHIYO, 'user_003', '2025-07-04T09:00:00.000Z');
const dunja = listed(DUNJA, 'user_004', '2025-07-05T09:00:00.000Z');

/** The newest first. */
const magic = listMagic('openmonetize')
  .map(({ name, subject }) =>
    listed(subject, subject, '2025-07-01T09:00:00.000Z', { email: `${name}@lantern.example` }),
  )
  .reverse();
const everyone = [dunja, chiyo, benoit, ada, ...magic];

function page(users: readonly object[], limit = 50, offset = 0, total = users.length): Answer {
  return ok({ data: users, pagination: { limit, offset, total } });
}

async function create(api: OpenMonetizeApi, body: object): Promise<string> {
  const answer = await api.call('post', USERS, body);
  return (answer.body as { readonly data: { readonly id: string } }).data.id;
}

describe('POST /v1/users', () => {
  it('adds a user, with an id that the service makes up', async ({ api }) => {
    const body = { externalUserId: 'grace', email: 'grace@lantern.example', metadata: { plan: 'free', seats: [1] } };
    expect(await api.call('post', USERS, { ...body, id: ADA, customerId: NOBODY })).toEqual({
      status: 201,
      body: { data: { id: UUID, ...body, createdAt: NOW } },
    });
    expect((await api.state()).users.at(-1)).toEqual({ id: UUID, customerId: LANTERN, ...body, createdAt: NOW });
  });

  it('accepts a user with only an id', async ({ api }) => {
    expect(await api.call('post', USERS, { externalUserId: 'x'.repeat(255) })).toEqual({
      status: 201,
      body: { data: { id: UUID, externalUserId: 'x'.repeat(255), email: null, metadata: {}, createdAt: NOW } },
    });
  });

  it('adds one with metadata without keys where none is sent, and a grant one without metadata', async () => {
    const { own } = await registerOwn(await startHead());
    const id = await create(own, { externalUserId: 'grace' });
    await own.call('post', '/v1/credits/grant', { userId: 'made', amount: 1 });
    expect(await own.call('get', USERS)).toEqual(
      page([listed('made', 'made', NOW, { creditBalance: 1 }), listed(id, 'grace', NOW, { metadata: {} })]),
    );
  });

  it('refuses an id that the customer already has, regardless of its origin', async ({ api }) => {
    await create(api, { externalUserId: 'grace' });
    await api.call('post', '/v1/credits/grant', { userId: 'made', amount: 1 });
    const taken = refusal(409, 'A user with this external ID already exists');
    for (const externalUserId of ['grace', 'made', 'user_001']) {
      expect(await api.call('post', USERS, { externalUserId, email: 'other@lantern.example' })).toEqual(taken);
    }
    expect(await api.call('get', `${USERS}?search=grace`)).toMatchObject({ body: { pagination: { total: 1 } } });
  });

  it('accepts an id that another customer has', async ({ api }) => {
    const mine = await create(api, { externalUserId: 'grace' });
    const theirs = await create(api.as(HARBOR_KEY), { externalUserId: 'grace' });
    expect(theirs).not.toBe(mine);
    expect(await api.call('post', USERS, { externalUserId: FINN })).toMatchObject({ status: 201 });
  });

  it.for<[object, string]>([
    [{}, 'body/externalUserId Invalid input: expected string, received undefined'],
    [{ externalUserId: null }, 'body/externalUserId Invalid input: expected string, received null'],
    [{ externalUserId: 5 }, 'body/externalUserId Invalid input: expected string, received number'],
    [{ externalUserId: '' }, 'body/externalUserId Too small: expected string to have >=1 characters'],
    [{ externalUserId: 'x'.repeat(256) }, 'body/externalUserId Too big: expected string to have <=255 characters'],
    [{ externalUserId: 'x', email: 5 }, 'body/email Invalid input: expected string, received number'],
    [{ externalUserId: 'x', metadata: 'x' }, 'body/metadata Invalid input: expected record, received string'],
    [{ externalUserId: 'x', metadata: [] }, 'body/metadata Invalid input: expected record, received array'],
    [[], 'body/ Invalid input: expected object, received array'],
  ])('refuses %j in two keys, before it asks for a key', async ([body, message], { api }) => {
    expect(await api.call('post', USERS, body)).toEqual(refusal(400, message));
    expect(await api.as(undefined).call('post', USERS, body)).toEqual(refusal(400, message));
  });

  it('refuses an unreadable body with two keys', async ({ api }) => {
    expect(await api.send('post', USERS, '{')).toEqual(
      refusal(400, "Body is not valid JSON but content-type is set to 'application/json'"),
    );
    expect(await api.send('post', USERS, '')).toEqual(
      refusal(400, "Body cannot be empty when content-type is set to 'application/json'"),
    );
  });

  it('needs a key', async () => {
    const api = (await startHead()).as(undefined);
    expect(await api.call('post', USERS, { externalUserId: 'x' })).toEqual(noKey);
    expect(await api.as('bad').call('post', USERS, { externalUserId: 'x' })).toEqual(unknownKey);
  });

  it('adds users who can never hold credits, by neither of their ids', async ({ api }) => {
    const id = await create(api, { externalUserId: 'grace' });
    const before = await api.state();
    for (const userId of ['grace', id, 'grace', id]) {
      expect(await api.call('post', '/v1/credits/grant', { userId, amount: 5 })).toEqual(grantFailed);
      const purchase = { userId, amount: 5, purchasePrice: 1 };
      expect(await api.call('post', '/v1/credits/purchase', purchase)).toEqual(purchaseFailed);
      expect(await api.call('get', `/v1/users/${userId}/credits`)).toEqual(noWallet);
    }
    expect(await api.state()).toEqual(before);
  });

  it('adds users who hold credits by the id of the service where no others are made', async () => {
    const api = await startHead('autoCreateUsers=false');
    const userId = await create(api, { externalUserId: 'grace' });
    expect(await api.call('post', '/v1/credits/grant', { userId, amount: 5 })).toEqual(granted('5', '5'));
    expect(await api.call('post', '/v1/credits/grant', { userId: 'grace', amount: 5 })).toEqual(grantFailed);
  });
});

describe('GET /v1/users', () => {
  it('lists the users of the customer, the newest first', async ({ api }) => {
    expect(await api.call('get', USERS)).toEqual(page(everyone));
    const finn = listed(FINN, 'user_001', '2025-08-02T09:00:00.000Z', { email: 'finn@harbor.example' });
    expect(await api.as(HARBOR_KEY).call('get', USERS)).toEqual(page([finn]));
    expect(await (await registerOwn(api)).own.call('get', USERS)).toEqual(page([]));
  });

  it('lists the later of two users of the same time first', async () => {
    const { own } = await registerOwn(await startHead());
    for (const externalUserId of ['b', 'c', 'a']) await create(own, { externalUserId });
    expect(await own.call('get', USERS)).toEqual(
      page(['a', 'c', 'b'].map((externalUserId) => listed(UUID, externalUserId, NOW, { metadata: {} }))),
    );
  });

  it.for<[string, readonly object[], number, number]>([
    ['limit=1', [dunja], 1, 0],
    ['limit=2&offset=1', [chiyo, benoit], 2, 1],
    ['offset=3', [ada, ...magic], 50, 3],
    ['limit=100&offset=11', [], 100, 11],
    ['offset=999999', [], 50, 999_999],
    ['limit=100&offset=0', everyone, 100, 0],
  ])('gives the page with %s, and the count of all', async ([query, users, limit, offset], { api }) => {
    expect(await api.call('get', `${USERS}?${query}`)).toEqual(page(users, limit, offset, everyone.length));
  });

  // What stands for a number is one, since text is converted here.
  it.for<[string, number, number]>([
    ['limit=010', 10, 0],
    ['limit=10.0', 10, 0],
    ['limit=%2010', 10, 0],
    ['limit=1e1', 10, 0],
    ['limit=0x10', 16, 0],
    ['limit=0b11', 3, 0],
    ['limit=%2B.5e1', 5, 0],
    ['limit=1000e-1', 100, 0],
    ['limit=%09%0A2%0A', 2, 0],
    ['offset=', 50, 0],
    ['offset=0.0', 50, 0],
  ])('takes %s for a number', async ([query, limit, offset], { api }) => {
    expect(await api.call('get', `${USERS}?${query}`)).toEqual(
      page(everyone.slice(0, limit), limit, offset, everyone.length),
    );
  });

  it('skips as many as a number in any spelling says', async ({ api }) => {
    expect(await api.call('get', `${USERS}?limit=0x1&offset=0x2`)).toEqual(page([benoit], 1, 2, everyone.length));
  });

  it.each([
    ['limit=0', 'limit Too small: expected number to be >=1'],
    ['limit=-1', 'limit Too small: expected number to be >=1'],
    ['limit=', 'limit Too small: expected number to be >=1'],
    ['limit=101', 'limit Too big: expected number to be <=100'],
    ['limit=0x65', 'limit Too big: expected number to be <=100'],
    ['limit=abc', 'limit Invalid input: expected number, received NaN'],
    ['limit=true', 'limit Invalid input: expected number, received NaN'],
    ['limit=1_0', 'limit Invalid input: expected number, received NaN'],
    ['limit=10&limit=10', 'limit Invalid input: expected number, received NaN'],
    ['limit=1.5', 'limit Invalid input: expected int, received number'],
    ['offset=-1', 'offset Too small: expected number to be >=0'],
    ['offset=abc', 'offset Invalid input: expected number, received NaN'],
  ])('refuses %s', async (query, message) => {
    const api = await startHead();
    expect(await api.call('get', `${USERS}?${query}`)).toEqual(invalid(`querystring/${message}`));
  });

  it('names both if both are wrong, before it checks the key', async () => {
    const api = (await startHead()).as(undefined);
    expect(await api.call('get', `${USERS}?offset=-1&limit=0`)).toEqual(
      invalid(
        'querystring/limit Too small: expected number to be >=1, querystring/offset Too small: expected number to be >=0',
      ),
    );
    expect(await api.call('get', USERS)).toEqual(noKey);
  });

  it.for<[string, readonly object[]]>([
    ['user_00', [dunja, chiyo, benoit, ada]],
    ['_003', [chiyo]],
    ['USER_003', [chiyo]],
    ['Ada%40LANTERN', [ada]],
    ['lantern.example', [benoit, ada, ...magic]],
    ['ada%40', [ada]],
    ['660e8400', magic],
    ['finn', []],
    ['', everyone],
  ])('finds "%s" in the external id or the e-mail', async ([search, users], { api }) => {
    expect(await api.call('get', `${USERS}?search=${search}`)).toEqual(page(users));
  });

  it('counts all results of a search on every page', async ({ api }) => {
    expect(await api.call('get', `${USERS}?search=lantern&limit=1&offset=1`)).toEqual(
      page([ada], 1, 1, 2 + magic.length),
    );
  });

  it('shows the balance and the events as numbers', async ({ api }) => {
    await api.call('post', '/v1/credits/grant', { userId: 'u', amount: 50 });
    await use(api, toEvent(1, 3, { user_id: 'u' }), toEvent(2, 4, { user_id: 'u' }), toEvent(3, 1));
    expect(await api.call('get', `${USERS}?limit=1`)).toEqual(
      page([listed('u', 'u', NOW, { creditBalance: -20, totalEvents: 2 })], 1, 0, 1 + everyone.length),
    );
  });
});

describe('GET /v1/users/{id}', () => {
  const nothingUsed = { reservedBalance: 0, totalCreditsBurned: 0, recentEvents: [] };

  it('shows what the list shows of a user, and its usage', async ({ api }) => {
    expect(await api.call('get', `${USERS}/${ADA}`)).toEqual(ok({ data: { ...ada, ...nothingUsed } }));
    const id = await create(api, { externalUserId: 'grace' });
    const grace = { ...listed(id, 'grace', NOW, { metadata: {} }), ...nothingUsed };
    expect(await api.call('get', `${USERS}/${id}`)).toEqual(ok({ data: grace }));
  });

  it.each([
    ['the external id', 'user_001'],
    ["another customer's user", FINN],
    ['an id of nobody', NOBODY],
  ])('does not know %s', async (_, id) => {
    const api = await startHead();
    expect(await api.call('get', `${USERS}/${id}`)).toEqual(noSuchUser);
  });

  it('needs a key', async () => {
    expect(await (await startHead()).as(undefined).call('get', `${USERS}/${ADA}`)).toEqual(noKey);
  });

  it('sums up what was burned, and shows the ten newest events, by their own time', async ({ api }) => {
    const at = (second: number): string => `2025-12-31T00:00:${String(second).padStart(2, '0')}.000Z`;
    const events = [7, 3, 12, 1, 9, 5, 11, 2, 8, 4, 10, 6].map((second) =>
      toEvent(second, second, { user_id: 'u', timestamp: at(second) }),
    );
    await use(api, ...events);
    const recent = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((second) => ({
      id: toEventId(second),
      eventType: 'CUSTOM',
      featureId: 'export',
      provider: null,
      model: null,
      creditsBurned: second * 10,
      timestamp: at(second),
    }));
    // Made by the events, and without a wallet: what they would have burned is known all the same.
    expect(await api.call('get', `${USERS}/u`)).toEqual(
      ok({
        data: {
          ...listed('u', 'u', '2026-01-01T00:00:00.100Z', { totalEvents: 12 }),
          reservedBalance: 0,
          totalCreditsBurned: 780,
          recentEvents: recent,
        },
      }),
    );
  });
});

it('counts the events of a state that was put in, each once', async ({ api }) => {
  const state = await api.state();
  const event = (number: number, creditsBurned: string): object => ({
    event_id: toEventId(number),
    customer_id: LANTERN,
    user_id: ADA,
    event_type: 'CUSTOM',
    feature_id: 'export',
    creditsBurned,
    timestamp: NOW,
  });
  const events = [event(1, '30'), event(2, '12')];
  await api.app
    .put('/_emulator/state')
    .send({ openmonetize: { ...state, events } })
    .expect(204);
  const tell = { data: { totalEvents: 2, totalCreditsBurned: 42 } };
  expect((await api.call('get', `${USERS}/${ADA}`)).body).toMatchObject(tell);
  await use(api, toEvent(1, 1, { user_id: ADA }));
  expect((await api.call('get', `${USERS}/${ADA}`)).body).toMatchObject(tell);
});

it('knows its users by the key in either header', async () => {
  const api = (await startHead()).with({ 'X-API-Key': LANTERN_KEY });
  expect(await api.call('get', `${USERS}?limit=1`)).toEqual(page([dunja], 1, 0, everyone.length));
});
