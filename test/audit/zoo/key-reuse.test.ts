import { describe, expect, it } from 'vitest';

import { EVENTS, openmonetize, PARTS, type Ask } from './cast.ts';
import { Stage, toGist, type Case, type Script } from './stage.ts';

const stage = new Stage();
const head = new Stage({ set: ['openmonetize.profile=head'] });
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe('key-reuse', () => {
  const LANTERN = 'openmonetize';
  const keyed = { idempotencyKey: 'order-1' };
  const HARBOR = { customerId: '550e8400-e29b-41d4-a716-446655440100', userId: undefined };

  it.each<[string, Script]>([
    [
      'another amount',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(50), keyed);
      },
    ],
    [
      'another subject',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(100, openmonetize.other), keyed);
      },
    ],
    [
      'another tenant',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        const harbor = { Authorization: 'Bearer om_dev_harbor_key', 'x-api-key': 'om_dev_harbor_key' };
        await scene
          .actor(LANTERN, 'harbor')
          .send({ ...openmonetize.add(100), headers: harbor }, { ...keyed, ...HARBOR });
      },
    ],
  ])('reports a key that is sent again with %s', async (_, script) => {
    expect(await gists(script)).toEqual(['key-reuse certain error 2']);
  });

  it('reports the reuse of a key that the service ignores', async () => {
    for (const part of PARTS) {
      const found = await gists(async (scene) => {
        const client = scene.actor(part.provider);
        const key = { 'Idempotency-Key': 'order-1' };
        const [first, second] = [part.add(100), part.add(50)];
        await client.send({ ...first, headers: { ...first.headers, ...key } });
        await client.send({ ...second, headers: { ...second.headers, ...key } });
      });
      expect([part.provider, found]).toEqual([part.provider, ['key-reuse certain error 2']]);
    }
  });

  it.each(PARTS)('reports a key that $provider ignores, if the first request took effect', async (part) => {
    const keyed = (ask: Ask): Ask => ({ ...ask, headers: { ...ask.headers, 'X-Idempotency-Key': 'order-1' } });
    const both =
      (first: Ask, second: Ask): Script =>
      async (scene) => {
        await scene.actor(part.provider).send(keyed(first));
        await scene.actor(part.provider, 'other').send(keyed(second));
      };
    const FOUND = ['key-reuse certain error 2'];
    const { addElsewhere, add } = part;
    const cases: readonly Case[] = [
      ['another operation', FOUND, both(add(100), part.write())],
      ['a refused request after one that took effect', FOUND, both(add(100), part.hopeless())],
      ['a request that was not authenticated', [], both(add(100), part.intrude('nobody-knows-this'))],
      ['another tenant', [], both(add(100), addElsewhere?.(50) ?? part.read())],
      ['a first request that was refused', [], both(part.hopeless(), add(100))],
      ['a read', [], both(add(100), part.read())],
      [
        'empty keys',
        [],
        async (scene) => {
          for (const amount of [100, 50]) {
            const ask = add(amount);
            await scene.actor(part.provider).send({ ...ask, headers: { ...ask.headers, 'Idempotency-Key': '' } });
          }
        },
      ],
    ];
    // Decentraland's adds need no credential, so they share no tenant with the refused requests.
    await stage.hold(addElsewhere ? cases : cases.filter(([name]) => !/refused|authenticated/.test(name)));
  });

  it('leaves alone another attempt that was not authenticated', async () => {
    await stage.hold([
      [
        'without effect',
        [],
        async (scene) => {
          await scene.actor(LANTERN).send(openmonetize.add(1), keyed);
          await scene.actor(LANTERN).send(openmonetize.intrude('nobody-knows-this'), keyed);
        },
      ],
    ]);
  });

  it('reports a replay to another tenant with the same request', async () => {
    await head.hold([
      [
        'a customer with the key of another customer',
        ['key-reuse certain error 2'],
        async (scene) => {
          const body = { amount: 5, ...keyed };
          await scene.actor(LANTERN).send({ ...openmonetize.add(1), body });
          const harbor = { Authorization: 'Bearer om_dev_harbor_key', 'x-api-key': 'om_dev_harbor_key' };
          await scene.actor(LANTERN).send({ ...openmonetize.add(1), headers: harbor, body });
        },
      ],
    ]);
  });

  it('compares items by their keys, without the fields of the attempt', async () => {
    const { ingest, item } = EVENTS;
    const key = { idempotency_key: 'event-1' };
    const send =
      (...asks: readonly Ask[]): Script =>
      async (scene) => {
        for (const ask of asks) {
          await scene.actor(LANTERN).send(ask);
          await scene.sandbox.clock.advance('PT1M');
        }
        await scene.actor(LANTERN).send(openmonetize.read());
      };
    await stage.hold([
      [
        'another event',
        ['key-reuse certain error 2'],
        send(ingest(item(1, key)), ingest(item(2, { ...key, feature_id: 'image' }))),
      ],
      [
        'another id and time',
        [],
        send(ingest(item(1, key)), ingest(item(2, { ...key, timestamp: '2026-01-01T00:00:05.000Z' }))),
      ],
      [
        'an empty key',
        [],
        send(ingest(item(1, { idempotency_key: '' })), ingest(item(2, { idempotency_key: '', feature_id: 'image' }))),
      ],
      [
        'another operation with keys of its own',
        [],
        send(ingest(item(1, key)), {
          ...openmonetize.add(1),
          body: { ...(openmonetize.add(1).body as object), idempotencyKey: 'event-1' },
        }),
      ],
    ]);
  });

  it.each<[string, Script]>([
    [
      'a key that is not bound because the first attempt was refused',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.hopeless(), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
      },
    ],
    [
      'another key',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(50), { idempotencyKey: 'order-2' });
      },
    ],
    [
      'an empty key',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), { idempotencyKey: '' });
        await scene.actor(LANTERN).send(openmonetize.add(50), { idempotencyKey: '' });
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});
