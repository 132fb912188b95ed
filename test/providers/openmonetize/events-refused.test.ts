import { describe, expect, test } from 'vitest';

import {
  ADA,
  CLOSED_KEY,
  HARBOR,
  HARBOR_KEY,
  LANTERN,
  LANTERN_KEY,
  NOBODY,
  WALLETS,
  noKey,
  noWallet,
  refusal,
  rejection,
  unknownKey,
  userBalance,
  type Answer,
} from './api.ts';
import {
  PROFILES,
  accepted,
  advance,
  balanceOf,
  ingest,
  startProfile,
  toEvent,
  toEventId,
  use,
  type Profile,
} from './event-api.ts';

const INGEST = '/v1/events/ingest';
const BEARER = { Authorization: `Bearer ${LANTERN_KEY}` };
/** As the service behind the gateway says it. */
const unauthorized: Answer = { status: 401, body: { error: 'UNAUTHORIZED', message: 'Invalid or missing API key' } };
const foreignEvents: Answer = {
  status: 403,
  body: {
    error: 'FORBIDDEN',
    message: 'Events contain invalid customer_id. All events must belong to the authenticated customer.',
  },
};
const invalidEvents: Answer = {
  status: 400,
  body: { error: 'VALIDATION_ERROR', message: 'Invalid event batch format', details: expect.any(Object) as object },
};

/** How a profile refuses a batch: in its own envelope, and in head with these words. */
function toRefusal(profile: Profile, message: string): Answer {
  return profile === 'seed' ? invalidEvents : refusal(400, message);
}

const it = test.extend('api', () => startProfile('head'));

describe('a customer of events in profile seed', () => {
  it.each([
    ['of another one', HARBOR],
    ['that there is not', NOBODY],
    ['in capitals', LANTERN.toUpperCase()],
    ['without a letter', ''],
  ])('cannot be one %s', async (_, customer_id) => {
    const api = await startProfile('seed');
    expect(await ingest(api, toEvent(1, 3, { customer_id }))).toEqual(foreignEvents);
    expect(await ingest(api, toEvent(1, 3), toEvent(2, 3, { customer_id }))).toEqual(foreignEvents);
    await advance(api, 'PT1S');
    expect(await balanceOf(api, WALLETS.lantern)).toBe('10000');
  });

  it('has to be told', async () => {
    const api = await startProfile('seed');
    expect(await ingest(api, toEvent(1, 3, { customer_id: undefined }))).toEqual(invalidEvents);
  });
});

describe('a customer of events in profile head', () => {
  it.for([HARBOR, NOBODY, 'anyone', '', undefined])('is the caller, and not %s', async (customer_id, { api }) => {
    expect(await ingest(api, toEvent(1, 3, { customer_id }), toEvent(2, 1, { customer_id, user_id: ADA }))).toEqual(
      accepted(2),
    );
    await advance(api, 'PT1S');
    expect(await balanceOf(api, WALLETS.lantern)).toBe('9970');
    expect(await balanceOf(api, WALLETS.ada)).toBe('5490');
    expect(await balanceOf(api, WALLETS.harbor)).toBe('2');
    expect((await api.state()).events).toMatchObject([{ customer_id: LANTERN }, { customer_id: LANTERN }]);
  });
});

describe('the key', () => {
  it('that comes as Bearer only does not reach the second service in profile seed', async () => {
    const api = await startProfile('seed');
    expect(await ingest(api.with(BEARER), toEvent(1, 3))).toEqual(unauthorized);
    expect(await ingest(api.with({ ...BEARER, 'X-API-Key': '' }), toEvent(1, 3))).toEqual(unauthorized);
    await advance(api, 'PT1S');
    expect(await balanceOf(api, WALLETS.lantern)).toBe('10000');
    expect(await ingest(api.with({ ...BEARER, 'X-API-Key': LANTERN_KEY }), toEvent(1, 3))).toEqual(accepted(1));
  });

  it.each(['bad', CLOSED_KEY])('beside a Bearer that is good is read by the second service: %s', async (key) => {
    const api = await startProfile('seed');
    expect(await ingest(api.with({ ...BEARER, 'X-API-Key': key }), toEvent(1, 3))).toEqual(unauthorized);
  });

  it('may come either way in profile head', async ({ api }) => {
    expect(await ingest(api.with(BEARER), toEvent(1, 3))).toEqual(accepted(1));
    expect(await ingest(api.with({ ...BEARER, 'X-API-Key': 'bad' }), toEvent(2, 3))).toEqual(accepted(1));
    expect(await ingest(api, toEvent(3, 3))).toEqual(accepted(1));
  });

  it.each(PROFILES)('has to be there and to be good in profile %s, as for any call', async (profile) => {
    const api = await startProfile(profile);
    expect(await ingest(api.with({}), toEvent(1, 3))).toEqual(noKey);
    expect(await ingest(api.with({ 'X-API-Key': 'bad' }), toEvent(1, 3))).toEqual(unknownKey);
    expect(await ingest(api.with({ 'X-API-Key': CLOSED_KEY }), toEvent(1, 3))).toEqual(unknownKey);
    const wrong = { Authorization: 'Bearer bad', 'X-API-Key': LANTERN_KEY };
    expect(await ingest(api.with(wrong), toEvent(1, 3))).toEqual(unknownKey);
  });
});

describe('a user whom nobody knows', () => {
  it('burns nothing in profile seed, and the event is lost', async () => {
    const api = await startProfile('seed');
    const { users } = await api.state();
    const unknown = toEvent(1, 3, { user_id: NOBODY, idempotency_key: 'k' });
    expect(await ingest(api, unknown, toEvent(2, 1), toEvent(3, 1, { user_id: ADA }))).toEqual(accepted(3));
    await advance(api, 'PT1S');
    const state = await api.state();
    expect([state.users, state.events]).toMatchObject([
      users,
      [{ event_id: toEventId(2) }, { event_id: toEventId(3) }],
    ]);
    expect([await balanceOf(api, WALLETS.lantern), await balanceOf(api, WALLETS.ada)]).toEqual(['9990', '5490']);
    // Nothing was stored under its key, nor under its id.
    expect(await ingest(api, toEvent(1, 1, { idempotency_key: 'k' }))).toEqual(accepted(1));
    await advance(api, 'PT1S');
    expect(await balanceOf(api, WALLETS.lantern)).toBe('9980');
  });

  it('does not even let a team pay in profile seed', async () => {
    const api = await startProfile('seed');
    await use(api, toEvent(1, 3, { user_id: NOBODY, team_id: '770e8400-e29b-41d4-a716-446655440001' }));
    expect([await balanceOf(api, WALLETS.team), (await api.state()).events]).toEqual(['250', []]);
  });

  it('is made in profile head, without a wallet', async ({ api }) => {
    await use(api, toEvent(1, 3, { user_id: 'user-1' }), toEvent(2, 2, { user_id: 'user-1' }));
    const state = await api.state();
    expect(state.users.at(-1)).toEqual({
      id: 'user-1',
      customerId: LANTERN,
      externalUserId: 'user-1',
      email: null,
      metadata: null,
      createdAt: '2026-01-01T00:00:00.100Z',
    });
    expect(state.users.filter(({ id }) => id === 'user-1')).toHaveLength(1);
    expect(state.events).toHaveLength(2);
    expect(await api.call('get', '/v1/users/user-1/credits')).toEqual(noWallet);
  });

  it('who was made by an event holds what is granted from then on', async ({ api }) => {
    await use(api, toEvent(1, 3, { user_id: 'user-1' }));
    await api.call('post', '/v1/credits/grant', { userId: 'user-1', amount: 50 });
    await use(api, toEvent(2, 2, { user_id: 'user-1' }));
    expect(await api.call('get', '/v1/users/user-1/credits')).toEqual(userBalance(30));
  });

  it('is made only when the event is processed', async ({ api }) => {
    await ingest(api, toEvent(1, 3, { user_id: 'user-1' }));
    expect((await api.state()).users.some(({ id }) => id === 'user-1')).toBe(false);
  });

  it('is as the profile has it unless an option says otherwise', async () => {
    const seed = await startProfile('seed', 'autoCreateUsers=true');
    await use(seed, toEvent(1, 3, { user_id: NOBODY }));
    const head = await startProfile('head', 'autoCreateUsers=false');
    await use(head, toEvent(1, 3, { user_id: NOBODY }));
    expect([(await seed.state()).users.at(-1)?.id, (await seed.state()).events.length]).toEqual([NOBODY, 1]);
    const { users, events } = await head.state();
    expect([users.some(({ id }) => id === NOBODY), events]).toEqual([false, []]);
  });

  it('cannot be made where another customer has one with the same id', async ({ api }) => {
    expect(await ingest(api.with({ 'X-API-Key': HARBOR_KEY }), toEvent(1, 3, { user_id: ADA }))).toEqual(accepted(1));
    await advance(api, 'PT1S');
    const { events, users } = await api.state();
    expect([events, users.filter(({ id }) => id === ADA)]).toMatchObject([[], [{ customerId: LANTERN }]]);
    expect(await balanceOf(api, WALLETS.ada)).toBe('5500');
  });

  it.each([
    ['the external one', 'grace'],
    ['that of the service', undefined],
  ])('is one who was added by hand, by either id, and the event is lost: %s', async (_, externalUserId) => {
    const api = await startProfile('head');
    const { body } = await api.call('post', '/v1/users', { externalUserId: 'grace' });
    const { id } = (body as { readonly data: { readonly id: string } }).data;
    await use(api, toEvent(1, 3, { user_id: externalUserId ?? id }), toEvent(2, 1));
    expect((await api.state()).events).toMatchObject([{ event_id: toEventId(2) }]);
  });

  it.each(PROFILES)('is not made without an id, in profile %s', async (profile) => {
    const api = await startProfile(profile);
    const { users } = await api.state();
    await use(api, toEvent(1, 3, { user_id: '', team_id: '' }));
    expect((await api.state()).users).toEqual(users);
  });
});

describe.each(PROFILES)('a batch in profile %s', (profile) => {
  it('may have a thousand events, and no more', async () => {
    const api = await startProfile(profile);
    const events = Array.from({ length: 1001 }, (_, index) => toEvent(index, 1));
    expect(await ingest(api, ...events)).toEqual(
      toRefusal(profile, 'body/events Too big: expected array to have <=1000 items'),
    );
    expect(await ingest(api, ...events.slice(1))).toEqual(accepted(1000));
    await advance(api, 'PT1S');
    expect(await balanceOf(api, WALLETS.lantern)).toBe('0');
    expect((await api.state()).events).toHaveLength(1000);
  });

  it('that is far too long is refused in few words, whatever is in it', async () => {
    const api = await startProfile(profile);
    const answer = await api.call('post', INGEST, { events: Array.from({ length: 20_000 }, () => ({})) });
    expect(answer).toEqual(toRefusal(profile, 'body/events Too big: expected array to have <=1000 items'));
    expect(JSON.stringify(answer).length).toBeLessThan(250);
  });

  it.each<[string, unknown, string]>([
    ['no events', {}, 'body/events Invalid input: expected array, received undefined'],
    ['an empty list', { events: [] }, 'body/events Too small: expected array to have >=1 items'],
    ['an object for the list', { events: {} }, 'body/events Invalid input: expected array, received object'],
    ['a text for an event', { events: ['x'] }, 'body/events/0 Invalid input: expected object, received string'],
    ['a list', [toEvent(1, 3)], 'body/ Invalid input: expected object, received array'],
  ])('is refused with %s', async (_, body, message) => {
    const api = await startProfile(profile);
    expect(await api.send('post', INGEST, JSON.stringify(body))).toEqual(toRefusal(profile, message));
  });

  it.each<[object, string]>([
    [{ event_id: undefined }, 'event_id Invalid input: expected string, received undefined'],
    [{ event_id: 'one' }, 'event_id Invalid UUID'],
    [{ event_type: undefined }, `event_type Invalid option: expected one of ${toList('type')}`],
    [{ event_type: 'VIDEO_GENERATION' }, `event_type Invalid option: expected one of ${toList('type')}`],
    [{ event_type: 'token_usage' }, `event_type Invalid option: expected one of ${toList('type')}`],
    [{ feature_id: undefined }, 'feature_id Invalid input: expected string, received undefined'],
    [{ provider: 'META' }, `provider Invalid option: expected one of ${toList('provider')}`],
    [{ input_tokens: -1 }, 'input_tokens Too small: expected number to be >=0'],
    [{ output_tokens: 0.5 }, 'output_tokens Invalid input: expected int, received number'],
    [{ image_count: 0 }, 'image_count Too small: expected number to be >0'],
    [{ image_count: 1.5 }, 'image_count Invalid input: expected int, received number'],
    [{ quantity: 0 }, 'quantity Too small: expected number to be >0'],
    [{ quantity: -1 }, 'quantity Too small: expected number to be >0'],
    [{ timestamp: undefined }, 'timestamp Invalid input: expected string, received undefined'],
    [{ timestamp: 'now' }, 'timestamp Invalid ISO datetime'],
    [{ timestamp: '2026-01-01T00:00:00+02:00' }, 'timestamp Invalid ISO datetime'],
    [{ metadata: 'x' }, 'metadata Invalid input: expected record, received string'],
    [{ model: {} }, 'model Invalid input: expected string, received object'],
  ])('is refused for one event with %j', async (wrong, message) => {
    const api = await startProfile(profile);
    const refused = toRefusal(profile, `body/events/1/${message}`);
    expect(await ingest(api, toEvent(1, 1), toEvent(2, 1, wrong))).toEqual(refused);
    await advance(api, 'PT1S');
    expect(await balanceOf(api, WALLETS.lantern)).toBe('10000');
  });
});

it('tells all that is wrong with the events in profile head, one event behind the other', async ({ api }) => {
  const wrong = toEvent(1, 1, { timestamp: 'x', event_id: 'x', customer_id: 5, user_id: 5 });
  const messages = [
    'body/events/0/event_id Invalid UUID',
    'body/events/0/customer_id Invalid input: expected string, received number',
    'body/events/0/user_id Invalid input: expected string, received number',
    'body/events/0/timestamp Invalid ISO datetime',
    'body/events/1/event_id Invalid UUID',
  ];
  expect(await ingest(api, wrong, toEvent(2, 1, { event_id: '' }))).toEqual(refusal(400, messages.join(', ')));
});

describe('a body that cannot be read', () => {
  const text = "Body is not valid JSON but content-type is set to 'application/json'";

  it('is told of in two keys in profile head, which declares a 400 here', async () => {
    expect(await (await startProfile('head')).send('post', INGEST, '{')).toEqual(refusal(400, text));
  });

  it('is told of by the gateway in profile seed', async () => {
    const refused = rejection(400, 'FST_ERR_CTP_INVALID_JSON_BODY', text);
    expect(await (await startProfile('seed')).send('post', INGEST, '{')).toEqual(refused);
  });
});

function toList(what: 'type' | 'provider'): string {
  const values =
    what === 'type'
      ? ['TOKEN_USAGE', 'API_CALL', 'FEATURE_ACCESS', 'IMAGE_GENERATION', 'CUSTOM']
      : ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'COHERE', 'MISTRAL'];
  return values.map((value) => `"${value}"`).join('|');
}
