import { setTimeout } from 'node:timers/promises';

import { describe, expect, it, vi } from 'vitest';

import { decentraland, inveterate, klaim, openmonetize, type Ask } from './cast.ts';
import type { Fault } from '../../../src/client.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

/** How a list is walked through. */
interface Listing {
  readonly provider: string;
  /** @param cursor under the name that the contract has, or another one */
  readonly page: (cursor?: { readonly name?: string; readonly value: string }) => Ask;
  readonly name: string;
  readonly next: (body: never) => string | undefined;
  readonly fill: (scene: Scene) => Promise<void>;
}

const text = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);

const LISTINGS: readonly Listing[] = [
  {
    provider: 'klaim',
    name: 'starting_after',
    page: (cursor) => ({
      ...{ method: 'GET', headers: klaim.read().headers ?? {} },
      path: `/users${cursor ? `?${cursor.name ?? 'starting_after'}=${encodeURIComponent(cursor.value)}` : ''}`,
    }),
    next: ({ lastKey }: { lastKey?: unknown }) => text(lastKey),
    fill: async (scene) => {
      const users = Array.from({ length: 120 }, (_, index) => ({
        app_id: 'app_lantern',
        user_id: `u${index}`,
        email: `u${index}@x.example`,
      }));
      await scene.sandbox.fixtures.load([{ klaim: { users } }] as never);
    },
  },
  {
    provider: 'inveterate',
    name: 'lastCreditEntry',
    page: (cursor) => ({
      ...{ method: 'GET', headers: inveterate.read().headers ?? {} },
      path: `/v2.0/admin/members/6100000000001/credits?limit=2${cursor ? `&${cursor.name ?? 'lastCreditEntry'}=${encodeURIComponent(cursor.value)}` : ''}`,
    }),
    next: ({ data }: { data: { lastCreditEntry?: string } }) => data.lastCreditEntry,
    fill: () => Promise.resolve(),
  },
];

describe.each(LISTINGS.filter(({ provider }) => provider === 'inveterate'))(
  'page-loop at $provider',
  ({ provider, page, next }) => {
    const first = async (scene: Scene): Promise<string> => {
      const answer = await scene.actor(provider).send(page());
      const cursor = next(answer?.body as never);
      if (cursor === undefined) throw new Error('There is one page only.');
      return cursor;
    };

    it('is found where the cursor goes back under a name that nobody knows', async () => {
      const found = await gists(async (scene) => {
        const value = await first(scene);
        for (let count = 0; count < 3; count += 1)
          await scene.actor(provider).send(page({ name: 'after_entry', value }));
      });
      expect(found).toEqual(['page-loop certain error 4']);
    });

    it('is found where the same cursor goes back again and again', async () => {
      const found = await gists(async (scene) => {
        const value = await first(scene);
        for (let count = 0; count < 3; count += 1) await scene.actor(provider).send(page({ value }));
      });
      expect(found).toEqual(['page-loop certain error 3']);
    });

    it.each<[string, Script]>([
      [
        'new walks',
        async (scene) => {
          for (let count = 0; count < 4; count += 1) await first(scene);
        },
      ],
      [
        'a walk to the end',
        async (scene) => {
          let cursor: string | undefined = await first(scene);
          while (cursor !== undefined) {
            const answer = await scene.actor(provider).send(page({ value: cursor }));
            cursor = next(answer?.body as never);
          }
        },
      ],
      [
        'pages between which something changed',
        async (scene) => {
          const value = await first(scene);
          for (let count = 0; count < 4; count += 1) {
            await scene.actor(provider).send(page({ value }));
            await scene.actor(provider, 'other').send(inveterate.add(1));
          }
        },
      ],
      [
        'repeats after answers that were lost',
        async (scene) => {
          const value = await first(scene);
          await scene.sandbox.faults.add({ provider, effect: { status: 503 }, times: 2 });
          for (let count = 0; count < 4; count += 1) {
            await scene.actor(provider).send(page({ value }));
            scene.skip(1200);
          }
        },
      ],
    ])('leaves alone %s', async (_, script) => {
      expect(await gists(script)).toEqual([]);
    });
  },
);

const LANTERN = '550e8400-e29b-41d4-a716-446655440000';
const event = (fields: object = {}): Ask => ({
  ...openmonetize.add(1),
  path: '/v1/events/ingest',
  body: {
    events: [
      {
        event_id: '3f6d2b54-7a1e-4f0c-9b1d-5a2c8e7f0001',
        customer_id: LANTERN,
        user_id: openmonetize.subject,
        event_type: 'API_CALL',
        feature_id: 'chat',
        timestamp: '2026-01-01T00:00:00.000Z',
        metadata: {},
        ...fields,
      },
    ],
  },
});
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

describe('stream-abandoned at decentraland', () => {
  const { subject } = decentraland;
  const path = `/users/${subject}/credits/stream`;
  const open = async (scene: Scene): Promise<void> => {
    await scene.actor('decentraland').send({ method: 'GET', path });
  };
  const drop = (scene: Scene, how: Fault['effect'] = { stream: { drop: { after: 1 } } }): Promise<unknown> =>
    scene.sandbox.faults.add({
      provider: 'decentraland',
      operation: 'getCreditsStream',
      effect: how,
      times: 1,
    });
  const goOn = async (scene: Scene, name = 'shop'): Promise<void> => {
    for (let count = 0; count < 3; count += 1) {
      await scene.actor('decentraland', name).send(decentraland.read());
      await setTimeout(1);
    }
  };

  it('is found where a client goes on without the stream that was ended for it', async () => {
    const found = await gists(async (scene) => {
      await drop(scene);
      await open(scene);
      await setTimeout(20);
      await goOn(scene);
    });
    expect(found).toEqual(['stream-abandoned likely warning 4']);
  });

  it('is found although the audit had been asked for while the stream was open', async () => {
    const found = await gists(async (scene) => {
      await drop(scene, { stream: { drop: { after: 2 } } });
      const opened = open(scene);
      await vi.waitFor(async () => {
        expect((await scene.sandbox.streams()).streams).toHaveLength(1);
      });
      await scene.sandbox.audit();
      await scene.actor('decentraland', 'admin').send(decentraland.add(1));
      await opened;
      await setTimeout(20);
      await goOn(scene);
    });
    expect(found).toEqual(['stream-abandoned likely warning 4']);
  });

  it.each<[string, Script]>([
    [
      'a client that opened it again',
      async (scene) => {
        await drop(scene);
        await drop(scene);
        await open(scene);
        await setTimeout(20);
        await goOn(scene);
        await open(scene);
      },
    ],
    [
      'a client that tried to, and was refused',
      async (scene) => {
        await drop(scene);
        await open(scene);
        await setTimeout(20);
        await scene.sandbox.faults.add({
          provider: 'decentraland',
          operation: 'getCreditsStream',
          effect: { status: 503 },
        });
        await goOn(scene);
        await open(scene);
      },
    ],
    [
      'another client',
      async (scene) => {
        await drop(scene);
        await open(scene);
        await setTimeout(20);
        await goOn(scene, 'other');
      },
    ],
    [
      'what came more than 10 s later',
      async (scene) => {
        await drop(scene);
        await open(scene);
        scene.skip(11_000);
        await goOn(scene);
      },
    ],
    [
      'a stream that its client ended',
      async (scene) => {
        const signal = AbortSignal.timeout(30);
        await scene.actor('decentraland').send({ method: 'GET', path }, { signal });
        await goOn(scene);
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    const isDropped = (gist: string): boolean => gist.startsWith('stream-abandoned');
    expect((await gists(script)).filter(isDropped)).toEqual([]);
  });

  it('is no more than said of a stream that only stalled', async () => {
    const found = await gists(async (scene) => {
      await drop(scene, { stream: { stall: { after: 1 } } });
      const signal = AbortSignal.timeout(30);
      await scene.actor('decentraland').send({ method: 'GET', path }, { signal });
      await goOn(scene);
    });
    expect(found).toEqual(['stream-abandoned likely info 4']);
  });
});
