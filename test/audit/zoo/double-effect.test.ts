import { describe, expect, it } from 'vitest';

import { EVENTS, inveterate, klaim, openmonetize, PARTS, type Ask, type Part } from './cast.ts';
import { SETTINGS } from './settings.ts';
import { leave, Stage, toGist, type Case, type Scene } from './stage.ts';

const stage = new Stage();
/** Milliseconds, more than any test takes. */
const LONG = 2_000_000_000;
const LOST = { effect: { connection: 'reset' }, phase: 'after', times: 1 } as const;

async function lose({ sandbox }: Scene, { provider, adding }: Part): Promise<void> {
  await sandbox.faults.add({ provider, operation: adding, ...LOST });
}

const withKey = (ask: Ask, key: string): Ask => ({ ...ask, headers: { ...ask.headers, 'Idempotency-Key': key } });

describe.each(PARTS)('double-effect at $provider', (part) => {
  it('reports a write that took effect and was sent again after its response was lost', async () => {
    const findings = await stage.judge(async (scene) => {
      await lose(scene, part);
      const shop = scene.actor(part.provider);
      expect(await shop.send(part.add(100))).toBeUndefined();
      await shop.send(part.add(100));
    });
    expect(findings.map(toGist)).toEqual(['double-effect likely error 2']);
    expect(findings[0]).toMatchObject({
      provider: part.provider,
      client: 'shop',
      entries: [expect.any(String), expect.any(String)],
      what: expect.stringMatching(/took effect twice: balance .*; the first was reset without an answer\.$/) as unknown,
    });
  });

  it('is a warning if clients are distinguished by their credential only', async () => {
    const findings = await stage.judge(async (scene) => {
      await lose(scene, part);
      const shop = scene.actor(part.provider, null);
      await shop.send(part.add(100));
      await shop.send(part.add(100));
    });
    expect(findings.map(toGist)).toEqual(['double-effect likely warning 2']);
  });

  it('is certain if both attempts have one key and the service ignores it', async () => {
    const findings = await stage.judge(async (scene) => {
      const shop = scene.actor(part.provider);
      await shop.send(withKey(part.add(100), 'order-1'));
      await scene.actor(part.provider, 'another').send(withKey(part.add(100), 'order-1'));
    });
    expect(findings.map(toGist)).toEqual(['double-effect certain error 2']);
  });

  it.each<[string, (scene: Scene) => Promise<void>]>([
    [
      'a first attempt that was told',
      async (scene) => {
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.add(100));
      },
    ],
    [
      'an attempt without effect',
      async (scene) => {
        await scene.sandbox.faults.add({
          provider: part.provider,
          operation: part.adding,
          effect: { status: 503 },
          times: 1,
        });
        const shop = scene.actor(part.provider);
        for (let count = 0; count < 2; count += 1) await shop.send(part.add(100), { idempotencyKey: 'k' });
      },
    ],
    [
      'a client that reads the state first',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.read());
        await shop.send(part.add(100), { idempotencyKey: 'another' });
      },
    ],
    [
      'another client',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await scene.actor(part.provider, 'another').send(part.add(100));
        await shop.send(part.read());
      },
    ],
    [
      'another amount',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.add(101));
        await shop.send(part.read());
      },
    ],
    [
      'an equal write more than a minute later',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        scene.skip(61_000);
        await shop.send(part.add(100));
        await shop.send(part.read());
      },
    ],
    [
      'an equal write after a reset',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.read());
        await scene.sandbox.reset();
        await shop.send(part.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect((await stage.judge(script)).map(toGist)).toEqual([]);
  });
});

const TWICE = ['double-effect likely error 2'];

describe.each(PARTS)('double-effect at $provider', (part) => {
  const shop = (scene: Scene) => scene.actor(part.provider);
  /** A write that is lost and then sent again. @param between what happens in between */
  const twice = (between: (scene: Scene) => Promise<unknown>) => async (scene: Scene) => {
    await lose(scene, part);
    await shop(scene).send(part.add(100));
    await between(scene);
    await shop(scene).send(part.add(100));
    return shop(scene).send(part.read());
  };
  const fail = ({ sandbox }: Scene, effect: { status: number }): Promise<unknown> =>
    sandbox.faults.add({ provider: part.provider, effect, times: 1 });

  it('reports an attempt within a minute whatever else happens in between', async () => {
    await stage.hold([
      ['an attempt after 58 seconds', TWICE, twice(async (scene) => Promise.resolve(scene.skip(58_000)))],
      ['a read by another client', TWICE, twice((scene) => scene.actor(part.provider, 'other').send(part.read()))],
      ['a read of another account', TWICE, twice((scene) => shop(scene).send(part.readOther()))],
      [
        'a read that was refused',
        TWICE,
        twice(async (scene) => {
          await fail(scene, { status: 503 });
          await shop(scene).send(part.read());
        }),
      ],
      [
        'three attempts as one finding',
        ['double-effect likely error 3'],
        async (scene) => {
          await lose(scene, part);
          await lose(scene, part);
          for (let count = 0; count < 3; count += 1) await shop(scene).send(part.add(100));
        },
      ],
      [
        'two attempts and a new write after a told one',
        TWICE,
        async (scene) => {
          await lose(scene, part);
          for (let count = 0; count < 3; count += 1) await shop(scene).send(part.add(100));
        },
      ],
      [
        'a read whose response was truncated',
        TWICE,
        twice(async (scene) => {
          await scene.sandbox.faults.add({ provider: part.provider, effect: { body: 'truncate' }, times: 1 });
          await shop(scene).send(part.read());
        }),
      ],
      [
        'a key that the service ignores, as certain',
        ['double-effect certain error 2'],
        async (scene) => {
          await lose(scene, part);
          for (let count = 0; count < 2; count += 1) await shop(scene).send(withKey(part.add(100), 'order-1'));
        },
      ],
    ]);
  });

  it('lists balances in order if the second attempt takes effect before the first', async () => {
    const findings = await stage.judge(async (scene) => {
      await shop(scene).send(part.read());
      const goOn = await leave(scene, part);
      await shop(scene).send(part.add(1));
      await goOn();
    });
    expect(findings.map(toGist)).toEqual(TWICE);
    const [, ...balances] = /balance (\S+), (\S+), (\S+);/.exec(findings[0]?.what ?? '') ?? [];
    expect(balances.toSorted((one, other) => toNumber(one) - toNumber(other))).toEqual(balances);
  });

  it('leaves alone attempts that overlap, and other tenants with the same key', async () => {
    const { provider, adding: operation, addElsewhere } = part;
    await stage.hold([
      [
        'attempts that overlap',
        [],
        async (scene) => {
          const hold = { until: 2, timeout: LONG };
          await scene.sandbox.faults.add({ provider, operation, effect: { hold }, times: 1 });
          await lose(scene, part);
          await Promise.all([1, 2].map(() => shop(scene).send(part.add(100))));
          return shop(scene).send(part.read());
        },
      ],
      [
        'other tenants',
        [],
        async (scene) => {
          await shop(scene).send(withKey(part.add(100), 'order-1'));
          if (addElsewhere) await shop(scene).send(withKey(addElsewhere(100), 'order-1'));
        },
      ],
    ]);
  });
});

/** Requests that create a record. Some services create another one for the same request. */
const CREATING: readonly (readonly [provider: string, creating: string, ask: Ask])[] = [
  [
    'gamefuse',
    'createGroup',
    {
      ...{ method: 'POST', path: '/api/v3/groups', headers: { 'authentication-token': 'gamefuse-test-ada' } },
      body: { name: 'Lanterns', group_type: 'clan', max_group_size: 5, can_auto_join: true },
    },
  ],
  ['klaim', 'createUser', { ...klaim.write(), method: 'POST', path: '/users', body: { email: 'eva@x.example' } }],
  [
    'decentraland',
    'registerUser',
    { method: 'POST', path: '/users', body: { address: '0x9999999999999999999999999999999999999999' } },
  ],
  [
    'inveterate',
    'StorefrontCreditsController_redeem',
    {
      ...{ ...inveterate.add(1), body: { amount: 1 } },
      path: `/v2.0/storefront/members/${inveterate.subject}/credits/redemption`,
    },
  ],
  [
    'openmonetize',
    'createBurnTable',
    { ...openmonetize.add(1), path: '/v1/burn-tables', body: { name: 'By token', rules: {} } },
  ],
];

it('reports records that were created twice, if the service allows it', async () => {
  const found: Record<string, readonly string[]> = {};
  for (const [provider, operation, ask] of CREATING) {
    const findings = await stage.judge(async (scene) => {
      await scene.sandbox.faults.add({ provider, operation, ...LOST });
      for (let count = 0; count < 2; count += 1) await scene.actor(provider).send(ask);
    });
    found[operation] = findings.map(toGist);
  }
  expect(found).toEqual({
    createGroup: TWICE,
    createUser: [],
    registerUser: [],
    StorefrontCreditsController_redeem: TWICE,
    createBurnTable: TWICE,
  });
});

const toNumber = (text: string): number => Number(text.replaceAll(',', ''));

it('leaves alone repeated writes that set a value, with and without a key', async () => {
  await stage.hold([
    ...SETTINGS.map(({ provider, set, change }): Case => [
      `${provider} with a key`,
      [],
      async (scene) => {
        const client = scene.actor(provider);
        await client.send(withKey(set(77), 'profile-1'));
        await change(scene, 78);
        await client.send(withKey(set(77), 'profile-1'));
      },
    ]),
    ...SETTINGS.map(({ provider, setting: operation, set, change, read }): Case => [
      provider,
      [],
      async (scene) => {
        await scene.sandbox.faults.add({ provider, operation, ...LOST });
        const client = scene.actor(provider);
        await client.send(set(77));
        await change(scene);
        await client.send(set(77));
        return client.send(read());
      },
    ]),
  ]);
});

it('leaves alone items of batches, because the record does not say which took effect', async () => {
  const { ingest, item } = EVENTS;
  await stage.hold([
    [
      'one item in two batches',
      [],
      async (scene) => {
        const client = scene.actor('openmonetize');
        await client.send(ingest(item(1, { idempotency_key: 'a' }), item(2, { idempotency_key: 'b' })));
        await scene.sandbox.clock.advance('PT1M');
        await client.send(ingest(item(1, { idempotency_key: 'a' }), item(3, { idempotency_key: 'c' })));
        return scene.sandbox.clock.advance('PT1M');
      },
    ],
  ]);
});

it('leaves alone a replay by the key of the contract', async () => {
  const findings = await stage.judge(async (scene) => {
    await lose(scene, openmonetize);
    const shop = scene.actor('openmonetize');
    await shop.send(openmonetize.add(100), { idempotencyKey: 'order-1' });
    await shop.send(openmonetize.add(100), { idempotencyKey: 'order-1' });
  });
  expect(findings).toEqual([]);
});
