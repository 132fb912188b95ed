import { setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Receiver } from '../../support/receiver.ts';
import { decentraland, EVENTS, inveterate, klaim, openmonetize, PARTS, type Ask, type Part } from './cast.ts';
import { SETTINGS } from './settings.ts';
import { slowDown, Stage, toGist, type Scene, type Script } from './stage.ts';

/** Whose answers have some thousand bytes, where others have a hundred. */
const LONG: ReadonlySet<string> = new Set(['decentraland', 'inveterate']);
const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

function lose({ sandbox }: Scene, { provider, adding }: Part, phase: 'before' | 'after' = 'after'): Promise<unknown> {
  const effect = phase === 'after' ? ({ connection: 'reset' } as const) : ({ status: 503 } as const);
  return sandbox.faults.add({ provider, operation: adding, effect, phase, times: 1 });
}

describe('no-key', () => {
  const shop = (scene: Scene) => scene.actor('openmonetize');

  it.each<[string, object, object]>([
    ['without a key', {}, {}],
    ['under another key', { idempotencyKey: 'attempt-1' }, { idempotencyKey: 'attempt-2' }],
    ['with an empty key, which is none', { idempotencyKey: 'attempt-1' }, { idempotencyKey: '' }],
  ])('is found where what was lost comes again %s', async (_, first, second) => {
    const found = await gists(async (scene) => {
      await lose(scene, openmonetize, 'before');
      await shop(scene).send(openmonetize.add(100), { ...first });
      await shop(scene).send(openmonetize.add(100), { ...second });
    });
    expect(found).toEqual(['no-key likely warning 2']);
  });

  it.each<[string, Script]>([
    [
      'the same key',
      async (scene) => {
        await lose(scene, openmonetize, 'before');
        await shop(scene).send(openmonetize.add(100), { idempotencyKey: 'order-1' });
        await shop(scene).send(openmonetize.add(100), { idempotencyKey: 'order-1' });
      },
    ],
    [
      'a client that looked first',
      async (scene) => {
        await lose(scene, openmonetize, 'before');
        await shop(scene).send(openmonetize.add(100));
        await shop(scene).send(openmonetize.read());
        await shop(scene).send(openmonetize.add(100));
      },
    ],
    [
      'what was told',
      async (scene) => {
        await shop(scene).send(openmonetize.add(100));
        await shop(scene).send(openmonetize.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('is found of batches by the keys of their items', async () => {
    const { ingest, item } = EVENTS;
    const lost =
      (first: Ask, second: Ask): Script =>
      async (scene) => {
        await scene.sandbox.faults.add({ provider: 'openmonetize', effect: { status: 503 }, times: 1 });
        await shop(scene).send(first);
        await shop(scene).send(second);
      };
    const [keyed, other] = [{ idempotency_key: 'event-1' }, { idempotency_key: 'event-2' }];
    await stage.hold([
      ['without keys, with ids made anew', ['no-key likely warning 2'], lost(ingest(item(1)), ingest(item(2)))],
      ['under other keys', ['no-key likely warning 2'], lost(ingest(item(1, keyed)), ingest(item(1, other)))],
      ['the same keys, with ids made anew', [], lost(ingest(item(1, keyed)), ingest(item(2, keyed)))],
      ['another event', [], lost(ingest(item(1)), ingest(item(1, { feature_id: 'image' })))],
    ]);
  });

  it('is one finding however often it came, and none of another client, another intent, or later', async () => {
    const then =
      (...again: readonly ((scene: Scene) => Promise<unknown>)[]): Script =>
      async (scene) => {
        await lose(scene, openmonetize, 'before');
        await shop(scene).send(openmonetize.add(100));
        for (const one of again) await one(scene);
      };
    const send = (scene: Scene): Promise<unknown> => shop(scene).send(openmonetize.add(100));
    const loseAgain = (scene: Scene): Promise<unknown> => lose(scene, openmonetize, 'before');
    await stage.hold([
      ['three attempts', ['no-key likely warning 3'], then(loseAgain, send, send)],
      [
        'a key that is not where the contract has it',
        ['no-key likely warning 2'],
        async (scene) => {
          const { headers, ...ask } = openmonetize.add(100);
          await loseAgain(scene);
          for (let count = 0; count < 2; count += 1) {
            await shop(scene).send({ ...ask, headers: { ...headers, 'Idempotency-Key': 'order-1' } });
          }
        },
      ],
      ['what was meant anew after that', ['no-key likely warning 2'], then(send, send)],
      ['another client', [], then((scene) => scene.actor('openmonetize', 'other').send(openmonetize.add(100)))],
      ['another amount', [], then((scene) => shop(scene).send(openmonetize.add(101)))],
      [
        'what comes more than a minute later',
        [],
        then((scene) => {
          scene.skip(61_000);
          return send(scene);
        }),
      ],
      [
        'an operation that has none',
        [],
        async (scene) => {
          await scene.sandbox.faults.add({ provider: 'openmonetize', effect: { status: 503 }, times: 1 });
          await shop(scene).send(openmonetize.write());
          await shop(scene).send(openmonetize.write());
        },
      ],
    ]);
  });

  it('leaves alone operations that have none', async () => {
    for (const part of PARTS.filter(({ provider }) => provider !== 'openmonetize')) {
      const found = await gists(async (scene) => {
        await lose(scene, part, 'before');
        const client = scene.actor(part.provider);
        await client.send(part.add(100));
        await client.send(part.add(100));
      });
      expect([part.provider, found]).toEqual([part.provider, []]);
    }
  });
});

describe.each(PARTS)('unseen-effect at $provider', (part) => {
  it('is found where nothing shows the client what its lost request did', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      await scene.actor(part.provider).send(part.add(100));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });

  it('is graver where the client wrote to the account again', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      await scene.sandbox.faults.add({
        ...{ provider: part.provider, operation: part.adding, phase: 'before', skip: 1, times: 1 },
        effect: { status: 500 },
      });
      const client = scene.actor(part.provider);
      await client.send(part.add(100));
      await client.send(part.add(7));
    });
    expect(found).toEqual(['unseen-effect certain warning 2']);
  });

  it.each<[string, Script]>([
    [
      'a client that looked',
      async (scene) => {
        await lose(scene, part);
        const client = scene.actor(part.provider);
        await client.send(part.add(100));
        await client.send(part.read());
      },
    ],
    [
      'a request without effect',
      async (scene) => {
        await lose(scene, part, 'before');
        await scene.actor(part.provider).send(part.add(100));
      },
    ],
    [
      'what was told',
      async (scene) => {
        await scene.actor(part.provider).send(part.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('is no graver where the client wrote to another account', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      const client = scene.actor(part.provider);
      await client.send(part.add(100));
      await client.send(part.addElsewhere?.(5) ?? part.add(5, part.other));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });

  it('is found where what the client was shown is not about it', async () => {
    const then =
      (look: (scene: Scene) => Promise<unknown>): Script =>
      async (scene) => {
        await lose(scene, part);
        await scene.actor(part.provider).send(part.add(100));
        await look(scene);
      };
    const FOUND = ['unseen-effect certain info 1'];
    await stage.hold([
      ['another account', FOUND, then((scene) => scene.actor(part.provider).send(part.readOther()))],
      ['what another client was shown', FOUND, then((scene) => scene.actor(part.provider, 'other').send(part.read()))],
      [
        'an answer that did not come',
        FOUND,
        then(async (scene) => {
          await scene.sandbox.faults.add({ provider: part.provider, effect: { status: 503 } });
          await scene.actor(part.provider).send(part.read());
        }),
      ],
      [
        'an answer that was made before, and came after',
        FOUND,
        async (scene) => {
          const client = scene.actor(part.provider);
          const taken = await slowDown(scene, part.provider, LONG.has(part.provider) ? 16_000 : 400);
          const slow = client.send(part.read());
          await taken();
          await lose(scene, part);
          await client.send(part.add(100));
          return slow;
        },
      ],
    ]);
  });

  it('is not told twice where a look came before the change', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      const client = scene.actor(part.provider);
      await client.send(part.read());
      await client.send(part.add(100));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });
});

it('unseen-effect leaves alone what changes no balance', async () => {
  await stage.hold([
    ...SETTINGS.filter(({ provider }) => provider !== 'gamefuse').map(
      ({ provider, setting: operation, set }) =>
        [
          `a value that is set at ${provider}`,
          [],
          async (scene: Scene) => {
            await scene.sandbox.faults.add({ provider, operation, effect: { connection: 'reset' }, phase: 'after' });
            await scene.actor(provider).send(set(77));
          },
        ] as const,
    ),
    [
      'an empty wallet that a request makes which fails',
      [],
      async (scene) => {
        const answer = await scene.actor('openmonetize').send(openmonetize.add(1.5, NO_WALLET));
        expect(answer).toMatchObject({ status: 500 });
        const { requests } = await scene.sandbox.requests.list({ limit: 1 });
        expect(requests[0]?.changes).not.toEqual([]);
      },
    ],
  ]);
});

/** A user of OpenMonetize who has none yet. */
const NO_WALLET = '660e8400-e29b-41d4-a716-446655440004';

it('unseen-effect leaves alone what a push or a webhook told, or an answer about all of a tenant', async () => {
  const FOUND = ['unseen-effect certain info 1'];
  const STREAM = { method: 'GET', path: `/users/${decentraland.subject}/credits/stream` };
  const stream = (path: string): Script => {
    return async (scene) => {
      const leaving = new AbortController();
      const listening = scene.actor('decentraland').send({ ...STREAM, path }, { signal: leaving.signal });
      await setTimeout(30);
      await lose(scene, decentraland);
      await scene.actor('decentraland').send(decentraland.add(100));
      // Has something sent to those who listen for the other one.
      await scene.actor('decentraland', 'other').send(decentraland.add(5, decentraland.other));
      await setTimeout(30);
      leaving.abort();
      return listening;
    };
  };
  const webhook = (status: number, lost = inveterate.add(100)): Script => {
    return async (scene) => {
      const receiver = await Receiver.start();
      receiver.answerWith(status);
      const { headers = {} } = inveterate.read();
      await scene.actor('inveterate').send({
        ...{ method: 'POST', path: '/v2.0/admin/webhook-subscriptions', headers },
        body: { topic: 'customer.credits.updated', callbackUrl: receiver.url, name: 'told' },
      });
      await lose(scene, inveterate);
      await scene.actor('inveterate').send(lost);
      if (lost.path !== inveterate.add(100).path) await scene.actor('inveterate', 'other').send(inveterate.add(1));
      const tried = async (): Promise<number> => {
        const { webhooks } = await scene.sandbox.webhooks.list();
        return webhooks.filter(({ tries }) => tries.length === 1).length;
      };
      await expect.poll(tried).toBe(lost.path === inveterate.add(1).path ? 1 : 2);
    };
  };
  const list = (part: Part, path: string): Script => {
    return async (scene) => {
      await lose(scene, part);
      await scene.actor(part.provider).send(part.add(100));
      await scene.actor(part.provider).send({ ...part.read(), path });
    };
  };
  await stage.hold([
    ['a stream about it', [], stream(STREAM.path)],
    ['a stream about another', FOUND, stream(STREAM.path.replace(decentraland.subject, decentraland.other))],
    ['a webhook that was taken', [], webhook(204)],
    ['a webhook that was not taken', FOUND, webhook(500)],
    ['all users of an app', [], list(klaim, '/users')],
    ['all members of a merchant', [], list(inveterate, '/v2.0/admin/members')],
  ]);
});
