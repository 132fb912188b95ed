import { describe, expect, it, vi } from 'vitest';

import { Receiver } from '../../support/receiver.ts';
import { EVENTS, inveterate, openmonetize, type Ask } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage({ set: ['inveterate.settleAfter=P3D'] });
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

const event = (fields: object = {}): Ask => EVENTS.ingest(EVENTS.item(1, fields));
/** Goes to the dead letters, where nobody looks. */
const DROPPED = { event_type: 'FEATURE_ACCESS' };

describe('missing-effect at openmonetize', () => {
  const ingest = (fields: object, then: (scene: Scene) => Promise<unknown> = () => Promise.resolve()): Script => {
    return async (scene) => {
      const answer = await scene.actor('openmonetize').send(event(fields));
      expect(answer).toMatchObject({ status: 202 });
      await scene.sandbox.clock.advance('PT1M');
      await then(scene);
    };
  };
  const stay = async (scene: Scene): Promise<void> => {
    await scene.actor('openmonetize', 'other').send(openmonetize.read());
    scene.skip(11_000);
    await scene.actor('openmonetize', 'other').send(openmonetize.read());
  };

  it('is found where what was begun came to nothing and nobody looked', async () => {
    expect(await gists(ingest(DROPPED, stay))).toEqual(['missing-effect certain info 1']);
  });

  it('is found where nobody looked that is to know, or not after it was due', async () => {
    const FOUND = ['missing-effect certain info 1'];
    const read = (scene: Scene): Promise<unknown> => scene.actor('openmonetize').send(openmonetize.read());
    const { item } = EVENTS;
    const send = (ask: Ask): Script => {
      return async (scene) => {
        await scene.actor('openmonetize').send(ask);
        await scene.sandbox.clock.advance('PT1M');
        await stay(scene);
      };
    };
    await stage.hold([
      [
        'a look before',
        FOUND,
        async (scene) => {
          const client = scene.actor('openmonetize');
          await client.send(event(DROPPED));
          await client.send(openmonetize.read());
          await scene.sandbox.clock.advance('PT1M');
          await stay(scene);
        },
      ],
      [
        'a look that was not answered',
        FOUND,
        ingest(DROPPED, async (scene) => {
          await scene.sandbox.faults.add({ provider: 'openmonetize', effect: { status: 503 }, times: 1 });
          await read(scene);
          await stay(scene);
        }),
      ],
      [
        'a look of what tells nothing of it',
        FOUND,
        ingest(DROPPED, async (scene) => {
          await scene.actor('openmonetize').send({ ...openmonetize.read(), path: '/v1/rating/pricing' });
          await stay(scene);
        }),
      ],
      [
        'nine seconds that are left',
        [],
        ingest(DROPPED, async (scene) => {
          await scene.actor('openmonetize', 'other').send(openmonetize.read());
          scene.skip(9000);
          await scene.actor('openmonetize', 'other').send(openmonetize.read());
        }),
      ],
      ['what was refused', [], send(EVENTS.ingest({ ...item(1), event_type: 'NOTHING' }))],
      ['what costs nothing', [], send(EVENTS.ingest(item(1)))],
      [
        'what was lost',
        [],
        async (scene) => {
          await scene.sandbox.faults.add({
            ...{ provider: 'openmonetize', operation: 'ingestEvents', phase: 'after', times: 1 },
            effect: { connection: 'reset' },
          });
          await send(event(DROPPED))(scene);
        },
      ],
      [
        'a repeat, of which the first took effect',
        [],
        async (scene) => {
          await scene.sandbox.faults.add({
            ...{ provider: 'openmonetize', operation: 'ingestEvents', phase: 'after', times: 1 },
            effect: { connection: 'reset' },
          });
          const client = scene.actor('openmonetize');
          await client.send(event({ idempotency_key: 'a' }));
          await client.send(event({ idempotency_key: 'a' }));
          await scene.sandbox.clock.advance('PT1M');
          await client.send(openmonetize.read());
          await stay(scene);
        },
      ],
    ]);
  });

  it.each<[string, Script]>([
    ['what took effect', ingest({}, stay)],
    [
      'a client that looked',
      ingest(DROPPED, async (scene) => {
        await scene.actor('openmonetize').send(openmonetize.read());
        await stay(scene);
      }),
    ],
    ['a record that ends at once', ingest(DROPPED)],
    [
      'a repeat of what took effect',
      ingest({ idempotency_key: 'answer-1' }, async (scene) => {
        const again = { idempotency_key: 'answer-1', event_id: '3f6d2b54-7a1e-4f0c-9b1d-5a2c8e7f0002' };
        await scene.actor('openmonetize').send(event(again));
        await scene.sandbox.clock.advance('PT1M');
        await stay(scene);
      }),
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});

/** Has credits that are gone before anything settles that takes them. */
const CHIYO = '6100000000003';

describe('missing-effect at inveterate', () => {
  const { headers = {} } = inveterate.read();
  const look = (id: string): Ask => ({ ...inveterate.read(), path: `/v2.0/admin/members/${id}/credits` });
  const client = (scene: Scene, name = 'shop') => scene.actor('inveterate', name);
  const take =
    (ask: Ask, then: (scene: Scene) => Promise<unknown> = () => Promise.resolve()): Script =>
    async (scene) => {
      expect(await client(scene).send(ask)).toMatchObject({ status: 201 });
      await scene.sandbox.clock.advance('P4D');
      await then(scene);
      await client(scene, 'other').send(look('6100000000001'));
      scene.skip(11_000);
      await client(scene, 'other').send(look('6100000000001'));
    };
  const redeem: Ask = {
    ...{ method: 'POST', headers, body: { amount: 9 } },
    path: `/v2.0/storefront/members/${CHIYO}/credits/redemption`,
  };
  const subscribe = async (scene: Scene): Promise<Receiver> => {
    const receiver = await Receiver.start();
    await client(scene, 'other').send({
      ...{ method: 'POST', path: '/v2.0/admin/webhook-subscriptions', headers },
      body: { topic: 'customer.credits.expired', callbackUrl: receiver.url, name: 'told' },
    });
    return receiver;
  };

  it('is found where credits had gone that were to be taken, and left alone where it was told', async () => {
    const FOUND = ['missing-effect certain info 1'];
    await stage.hold([
      ['what was taken', FOUND, take(inveterate.add(-9, CHIYO))],
      ['what was redeemed', FOUND, take(redeem)],
      ['what was taken and is there', [], take(inveterate.add(-2, CHIYO))],
      [
        'a look at another member',
        FOUND,
        take(inveterate.add(-9, CHIYO), (scene) => client(scene).send(inveterate.readOther())),
      ],
      ['a look', [], take(inveterate.add(-9, CHIYO), (scene) => client(scene).send(look(CHIYO)))],
      [
        'a look at all members',
        [],
        take(inveterate.add(-9, CHIYO), (scene) => client(scene).send({ ...look(CHIYO), path: '/v2.0/admin/members' })),
      ],
      [
        'a webhook',
        [],
        async (scene) => {
          const receiver = await subscribe(scene);
          await take(inveterate.add(-9, CHIYO), () =>
            vi.waitFor(() => {
              expect(receiver.received).not.toEqual([]);
            }),
          )(scene);
        },
      ],
    ]);
  });
});
