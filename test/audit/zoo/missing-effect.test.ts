import { describe, expect, it } from 'vitest';

import { Receiver } from '../../support/receiver.ts';
import { EVENTS, inveterate, openmonetize, type Ask } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage({ set: ['inveterate.settleAfter=P3D'] });
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

const event = (fields: object = {}): Ask => EVENTS.ingest(EVENTS.item(1, fields));
/** OpenMonetize drops events of this type. */
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

  it('reports a scheduled effect that failed if nobody looked', async () => {
    expect(await gists(ingest(DROPPED, stay))).toEqual(['missing-effect certain info 1']);
  });

  it('reports it if no read showed it to the client after it was due', async () => {
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
        'a read before it was due',
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
        'a read that failed',
        FOUND,
        ingest(DROPPED, async (scene) => {
          await scene.sandbox.faults.add({ provider: 'openmonetize', effect: { status: 503 }, times: 1 });
          await read(scene);
          await stay(scene);
        }),
      ],
      [
        'a read of something else',
        FOUND,
        ingest(DROPPED, async (scene) => {
          await scene.actor('openmonetize').send({ ...openmonetize.read(), path: '/v1/rating/pricing' });
          await stay(scene);
        }),
      ],
      [
        'a record that ends nine seconds later',
        [],
        ingest(DROPPED, async (scene) => {
          await scene.actor('openmonetize', 'other').send(openmonetize.read());
          scene.skip(9000);
          await scene.actor('openmonetize', 'other').send(openmonetize.read());
        }),
      ],
      ['a refused event', [], send(EVENTS.ingest({ ...item(1), event_type: 'NOTHING' }))],
      ['an event that costs nothing', [], send(EVENTS.ingest(item(1)))],
      [
        'a lost response',
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
        'a repeat after the first took effect',
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
    ['an event that took effect', ingest({}, stay)],
    [
      'a client that reads the state',
      ingest(DROPPED, async (scene) => {
        await scene.actor('openmonetize').send(openmonetize.read());
        await stay(scene);
      }),
    ],
    ['a record that ends at once', ingest(DROPPED)],
    [
      'a repeat of an event that took effect',
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

/** A member whose credits expire before a withdrawal settles. */
const CHIYO = '6100000000003';

type Act = (scene: Scene) => Promise<unknown>;
const nothing: Act = () => Promise.resolve();

describe('missing-effect at inveterate', () => {
  const { headers = {} } = inveterate.read();
  const look = (id: string): Ask => ({ ...inveterate.read(), path: `/v2.0/admin/members/${id}/credits` });
  const client = (scene: Scene, name = 'shop') => scene.actor('inveterate', name);
  const take =
    (ask: Ask, then: Act = nothing, meanwhile: Act = nothing): Script =>
    async (scene) => {
      expect(await client(scene).send(ask)).toMatchObject({ status: 201 });
      await meanwhile(scene);
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
  /** Sends a webhook about a change of a member. */
  const notify = async (scene: Scene, id: string, status: number): Promise<void> => {
    const receiver = await Receiver.start();
    receiver.answerWith(status);
    const other = client(scene, 'other');
    await other.send({
      ...{ method: 'POST', path: '/v2.0/admin/webhook-subscriptions', headers },
      body: { topic: 'customer.updated', callbackUrl: receiver.url, name: 'told' },
    });
    const body = { firstName: 'New', lastName: 'New', notes: 'new', phoneNumber: '+1 555 0100' };
    expect(await other.send({ method: 'PUT', path: `/v2.0/admin/members/${id}`, headers, body })).toMatchObject({
      status: 200,
    });
    await expect.poll(async () => (await scene.sandbox.webhooks.list()).webhooks[0]?.tries).toHaveLength(1);
  };

  it('reports credits that were gone when they were due, unless the client was told', async () => {
    const FOUND = ['missing-effect certain info 1'];
    await stage.hold([
      ['a withdrawal', FOUND, take(inveterate.add(-9, CHIYO))],
      ['a redemption', FOUND, take(redeem)],
      ['a withdrawal that is covered', [], take(inveterate.add(-2, CHIYO))],
      [
        'a read of another member',
        FOUND,
        take(inveterate.add(-9, CHIYO), (scene) => client(scene).send(inveterate.readOther())),
      ],
      ['a read', [], take(inveterate.add(-9, CHIYO), (scene) => client(scene).send(look(CHIYO)))],
      [
        'a list of all members',
        [],
        take(inveterate.add(-9, CHIYO), (scene) => client(scene).send({ ...look(CHIYO), path: '/v2.0/admin/members' })),
      ],
      ['a webhook after it was due', [], take(inveterate.add(-9, CHIYO), (scene) => notify(scene, CHIYO, 200))],
      ['a webhook that was refused', FOUND, take(inveterate.add(-9, CHIYO), (scene) => notify(scene, CHIYO, 500))],
      [
        'a webhook about another member',
        FOUND,
        take(inveterate.add(-9, CHIYO), (scene) => notify(scene, '6100000000002', 200)),
      ],
      [
        'a webhook before it was due',
        FOUND,
        take(inveterate.add(-9, CHIYO), nothing, (scene) => notify(scene, CHIYO, 200)),
      ],
    ]);
  });
});
