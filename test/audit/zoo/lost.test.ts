import { setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Receiver } from '../../support/receiver.ts';
import { decentraland, EVENTS, inveterate, klaim, openmonetize, PARTS, type Ask, type Part } from './cast.ts';
import { SETTINGS } from './settings.ts';
import { slowDown, Stage, toGist, type Scene, type Script } from './stage.ts';

/** Providers whose responses have some thousand bytes; those of others have a hundred. */
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
    ['with another key', { idempotencyKey: 'attempt-1' }, { idempotencyKey: 'attempt-2' }],
    ['with an empty key', { idempotencyKey: 'attempt-1' }, { idempotencyKey: '' }],
  ])('reports a lost write that is sent again %s', async (_, first, second) => {
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
      'a client that reads the state first',
      async (scene) => {
        await lose(scene, openmonetize, 'before');
        await shop(scene).send(openmonetize.add(100));
        await shop(scene).send(openmonetize.read());
        await shop(scene).send(openmonetize.add(100));
      },
    ],
    [
      'a write that was told',
      async (scene) => {
        await shop(scene).send(openmonetize.add(100));
        await shop(scene).send(openmonetize.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('compares batches by the keys of their items', async () => {
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
      ['without keys, with other ids', ['no-key likely warning 2'], lost(ingest(item(1)), ingest(item(2)))],
      ['with other keys', ['no-key likely warning 2'], lost(ingest(item(1, keyed)), ingest(item(1, other)))],
      ['the same keys, with other ids', [], lost(ingest(item(1, keyed)), ingest(item(2, keyed)))],
      ['another event', [], lost(ingest(item(1)), ingest(item(1, { feature_id: 'image' })))],
    ]);
  });

  it('reports all attempts of one client within a minute as one finding', async () => {
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
        'a key in a header that the contract does not have',
        ['no-key likely warning 2'],
        async (scene) => {
          const { headers, ...ask } = openmonetize.add(100);
          await loseAgain(scene);
          for (let count = 0; count < 2; count += 1) {
            await shop(scene).send({ ...ask, headers: { ...headers, 'Idempotency-Key': 'order-1' } });
          }
        },
      ],
      ['a new write after two attempts', ['no-key likely warning 2'], then(send, send)],
      ['another client', [], then((scene) => scene.actor('openmonetize', 'other').send(openmonetize.add(100)))],
      ['another amount', [], then((scene) => shop(scene).send(openmonetize.add(101)))],
      [
        'an equal write more than a minute later',
        [],
        then((scene) => {
          scene.skip(61_000);
          return send(scene);
        }),
      ],
      [
        'an operation without a key',
        [],
        async (scene) => {
          await scene.sandbox.faults.add({ provider: 'openmonetize', effect: { status: 503 }, times: 1 });
          await shop(scene).send(openmonetize.write());
          await shop(scene).send(openmonetize.write());
        },
      ],
    ]);
  });

  it('leaves alone services without keys', async () => {
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
  it('reports an effect that nothing showed to the client', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      await scene.actor(part.provider).send(part.add(100));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });

  it('is a warning if the client wrote to the account again', async () => {
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
      'a client that reads the state',
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
      'a write that was told',
      async (scene) => {
        await scene.actor(part.provider).send(part.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('is info if the client wrote to another account', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      const client = scene.actor(part.provider);
      await client.send(part.add(100));
      await client.send(part.addElsewhere?.(5) ?? part.add(5, part.other));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });

  it('reports an effect if the client was shown something else', async () => {
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
      ['a read by another client', FOUND, then((scene) => scene.actor(part.provider, 'other').send(part.read()))],
      [
        'a lost response',
        FOUND,
        then(async (scene) => {
          await scene.sandbox.faults.add({ provider: part.provider, effect: { status: 503 } });
          await scene.actor(part.provider).send(part.read());
        }),
      ],
      [
        'a response that was made before the write and arrived after it',
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

  it('is one finding if the client read the state before the write', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      const client = scene.actor(part.provider);
      await client.send(part.read());
      await client.send(part.add(100));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });
});

it('unseen-effect leaves alone writes that change no balance', async () => {
  await stage.hold([
    ...SETTINGS.filter(({ provider }) => provider !== 'gamefuse').map(
      ({ provider, setting: operation, set }) =>
        [
          `a set at ${provider}`,
          [],
          async (scene: Scene) => {
            await scene.sandbox.faults.add({ provider, operation, effect: { connection: 'reset' }, phase: 'after' });
            await scene.actor(provider).send(set(77));
          },
        ] as const,
    ),
    [
      'an empty wallet created by a request that fails',
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

/** A user of OpenMonetize without a wallet. */
const NO_WALLET = '660e8400-e29b-41d4-a716-446655440004';

it('unseen-effect leaves alone what a stream, a webhook or a list of the tenant showed', async () => {
  const FOUND = ['unseen-effect certain info 1'];
  const STREAM = { method: 'GET', path: `/users/${decentraland.subject}/credits/stream` };
  const stream = (path: string): Script => {
    return async (scene) => {
      const leaving = new AbortController();
      const listening = scene.actor('decentraland').send({ ...STREAM, path }, { signal: leaving.signal });
      await setTimeout(30);
      await lose(scene, decentraland);
      await scene.actor('decentraland').send(decentraland.add(100));
      // Makes the emulator send an event to the stream of the other subject.
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
    ['a stream about the subject', [], stream(STREAM.path)],
    ['a stream about another subject', FOUND, stream(STREAM.path.replace(decentraland.subject, decentraland.other))],
    ['a delivered webhook', [], webhook(204)],
    ['a webhook that was refused', FOUND, webhook(500)],
    ['all users of an app', [], list(klaim, '/users')],
    ['all members of a merchant', [], list(inveterate, '/v2.0/admin/members')],
  ]);
});
