import { describe, it } from 'vitest';

import { EVENTS, openmonetize, PARTS, type Ask } from './cast.ts';
import { advance, as, by, keyed, Stage, withFields, withHeaders, type Script, type Step } from './stage.ts';

const stage = new Stage();
const head = new Stage({ set: ['openmonetize.profile=head'] });
const FOUND = ['key-reuse certain error 2'];

it.each(PARTS)('key-reuse reports a key that $provider ignores, if the first request took effect', async (part) => {
  const { provider, add, addElsewhere } = part;
  const both = (first: Ask, second: Ask, key = { 'X-Idempotency-Key': 'order-1' }): Script =>
    by(provider, withHeaders(first, key), as('other', provider, withHeaders(second, key)));
  const withKey = (amount: number, key: string): Ask => withHeaders(add(amount), { 'Idempotency-Key': key });
  await stage.finds(FOUND, {
    'another amount': by(provider, withKey(100, 'order-1'), withKey(50, 'order-1')),
    'another operation': both(add(100), part.write()),
  });
  await stage.finds([], {
    'another tenant': both(add(100), addElsewhere?.(50) ?? part.read()),
    'a read': both(add(100), part.read()),
    'empty keys': by(provider, withKey(100, ''), withKey(50, '')),
  });
  // Decentraland's adds need no credential, so they share no tenant with the refused requests.
  if (!addElsewhere) return;
  await stage.finds(FOUND, { 'a refused request after one that took effect': both(add(100), part.hopeless()) });
  await stage.finds([], {
    'a request that was not authenticated': both(add(100), part.intrude('nobody-knows-this')),
    'a first request that was refused': both(part.hopeless(), add(100)),
  });
});

describe('key-reuse at openmonetize', () => {
  const shop = (...steps: readonly Step[]): Script => by('openmonetize', ...steps);
  const grant = keyed(openmonetize.add(100), 'order-1');
  const KEYS = { Authorization: 'Bearer om_dev_harbor_key', 'x-api-key': 'om_dev_harbor_key' };
  const harbor = withFields(grant, { customerId: '550e8400-e29b-41d4-a716-446655440100', userId: undefined });

  it('reports a key that is sent again with another request', async () => {
    await stage.finds(FOUND, {
      'another amount': shop(grant, keyed(openmonetize.add(50), 'order-1')),
      'another subject': shop(grant, keyed(openmonetize.add(100, openmonetize.other), 'order-1')),
      'another tenant': shop(grant, as('harbor', 'openmonetize', { ...harbor, headers: KEYS })),
    });
  });

  it('reports a replay to another tenant with the same request', async () => {
    const own = { ...grant, body: { amount: 5, idempotencyKey: 'order-1' } };
    await head.finds(FOUND, { 'a customer with the key of another': shop(own, { ...own, headers: KEYS }) });
  });

  it('leaves alone keys that are not bound, other keys and empty ones', async () => {
    await stage.finds([], {
      'another attempt that was not authenticated': shop(
        ...[keyed(openmonetize.add(1)), keyed(openmonetize.intrude('nobody-knows-this'))],
      ),
      'a first attempt that was refused': shop(keyed(openmonetize.hopeless(), 'order-1'), grant),
      'another key': shop(grant, keyed(openmonetize.add(50), 'order-2')),
      'an empty key': shop(keyed(openmonetize.add(100), ''), keyed(openmonetize.add(50), '')),
    });
  });

  it('compares items by their keys, without the fields of the attempt', async () => {
    const event = (number: number, key: string, fields: object = {}): Ask =>
      EVENTS.ingest(EVENTS.item(number, { idempotency_key: key, ...fields }));
    const send = (...asks: readonly Ask[]): Script =>
      shop(...asks.flatMap((ask) => [ask, advance('PT1M')]), openmonetize.read());
    const image = { feature_id: 'image' };
    await stage.finds(FOUND, { 'another event': send(event(1, 'event-1'), event(2, 'event-1', image)) });
    await stage.finds([], {
      'another id and time': send(
        ...[event(1, 'event-1'), event(2, 'event-1', { timestamp: '2026-01-01T00:00:05.000Z' })],
      ),
      'an empty key': send(event(1, ''), event(2, '', image)),
      'another operation with keys of its own': send(event(1, 'event-1'), keyed(openmonetize.add(1), 'event-1')),
    });
  });
});
