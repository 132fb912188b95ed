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
  ])('is found where a key comes again with %s', async (_, script) => {
    expect(await gists(script)).toEqual(['key-reuse certain error 2']);
  });

  it('is found of a key that the service does not know', async () => {
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

  it.each(PARTS)('is found of a key that $provider does not know, and not where nothing came of it', async (part) => {
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
      ['one that was refused, of which something had taken effect', FOUND, both(add(100), part.hopeless())],
      ['one that was not let in', [], both(add(100), part.intrude('nobody-knows-this'))],
      ['another tenant', [], both(add(100), addElsewhere?.(50) ?? part.read())],
      ['a first one that was refused', [], both(part.hopeless(), add(100))],
      ['a read', [], both(add(100), part.read())],
      [
        'empty keys, which are none',
        [],
        async (scene) => {
          for (const amount of [100, 50]) {
            const ask = add(amount);
            await scene.actor(part.provider).send({ ...ask, headers: { ...ask.headers, 'Idempotency-Key': '' } });
          }
        },
      ],
    ];
    // Where there are no tenants, everybody but an administrator is one.
    await stage.hold(addElsewhere ? cases : cases.filter(([name]) => !/refused|let in/.test(name)));
  });

  it('leaves alone another attempt that was not let in', async () => {
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

  it('is found where a replay belongs to another tenant, whose request is the same', async () => {
    await head.hold([
      [
        'a customer with the key of another one',
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

  it('knows the keys of items, and what is made anew for each attempt', async () => {
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
        'an empty one',
        [],
        send(ingest(item(1, { idempotency_key: '' })), ingest(item(2, { idempotency_key: '', feature_id: 'image' }))),
      ],
      [
        'another operation, whose keys are its own',
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
      'a key that was bound to nothing, since the first attempt was refused',
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
      'an empty key, which is none',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), { idempotencyKey: '' });
        await scene.actor(LANTERN).send(openmonetize.add(50), { idempotencyKey: '' });
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});
