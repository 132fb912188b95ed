import { describe, expect, it } from 'vitest';

import { klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe.each(PARTS)('futile-retry at $provider', (part) => {
  it('reports a refused write that was sent four times', async () => {
    const found = await gists(async (scene) => {
      const client = scene.actor(part.provider);
      for (let count = 0; count < 4; count += 1) await client.send(part.hopeless());
    });
    expect(found).toEqual(['futile-retry likely info 4']);
  });

  it.each<[string, Script]>([
    [
      'two attempts',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 2; count += 1) await client.send(part.hopeless());
      },
    ],
    [
      'attempts with a change in between',
      async (scene) => {
        const [client, other] = [scene.actor(part.provider), scene.actor(part.provider, 'other')];
        for (let count = 0; count < 4; count += 1) {
          await client.send(part.hopeless());
          await other.send(part.add(count));
        }
      },
    ],
    [
      'attempts with a move of the clock in between',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 4; count += 1) {
          await client.send(part.hopeless());
          await scene.sandbox.clock.advance('PT1M');
        }
      },
    ],
    [
      'attempts that are far apart',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 4; count += 1) {
          await client.send(part.hopeless());
          scene.skip(3000);
        }
      },
    ],
    [
      'refusals injected by a fault',
      async (scene) => {
        await scene.sandbox.faults.add({ provider: part.provider, operation: part.adding, effect: { status: 409 } });
        const client = scene.actor(part.provider);
        for (let count = 0; count < 3; count += 1) {
          await client.send(part.add(1), { idempotencyKey: 'k' });
          scene.skip(200);
        }
      },
    ],
    [
      'reads, which poll',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 4; count += 1) {
          const answer = await client.send(part.hopelessRead());
          expect(answer?.status).toBeGreaterThanOrEqual(400);
        }
      },
    ],
    [
      'other requests',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 4; count += 1) await client.send(part.hopeless(count + 1));
      },
    ],
    [
      'two and two, with another refused write in between',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (const amount of [1, 1, 2, 1, 1]) await client.send(part.hopeless(amount));
      },
    ],
    [
      'other credentials',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 4; count += 1) await client.send(part.intrude(`nobody-knows-${count}`));
      },
    ],
    [
      'attempts of several clients',
      async (scene) => {
        for (let count = 0; count < 4; count += 1) {
          await scene.actor(part.provider, `client-${count}`).send(part.hopeless());
        }
      },
    ],
    [
      'attempts with a success in between',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (const amount of [1, 1, undefined, 1, 1]) {
          await client.send(amount === undefined ? part.add(1) : part.hopeless());
        }
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});

describe.each(PARTS)('futile-retry at $provider', (part) => {
  const FOUND = ['futile-retry likely info 3'];
  const thrice =
    (ask: Ask, between: (scene: Scene) => Promise<unknown> = () => Promise.resolve()): Script =>
    async (scene) => {
      const client = scene.actor(part.provider);
      for (let count = 0; count < 3; count += 1) {
        await client.send(ask);
        await between(scene);
      }
    };

  it('reports three attempts within five seconds whatever happens elsewhere', async () => {
    const stranger = PARTS.find(({ provider }) => provider !== part.provider);
    await stage.hold([
      ['three attempts', FOUND, thrice(part.hopeless())],
      ['a credential that is refused', FOUND, thrice(part.intrude('nobody-knows-this'))],
      ['within five seconds', FOUND, thrice(part.hopeless(), (scene) => Promise.resolve(scene.skip(2200)))],
      [
        'with reads in between',
        FOUND,
        thrice(part.hopeless(), (scene) => scene.actor(part.provider).send(part.read())),
      ],
      [
        'while another service was changed',
        FOUND,
        thrice(part.hopeless(), async (scene) => {
          if (stranger) await scene.actor(stranger.provider).send(stranger.add(1));
        }),
      ],
      [
        'while a fault was set up',
        FOUND,
        thrice(part.hopeless(), ({ sandbox }) =>
          sandbox.faults.add({ provider: part.provider, match: { path: '/never' }, effect: { status: 500 } }),
        ),
      ],
    ]);
  });
});

/** A write that is refused with each of the statuses that another attempt does not change. */
const REFUSALS: readonly (readonly [provider: string, status: number, ask: Ask])[] = [
  ['klaim', 400, { ...klaim.add(1), body: { credit_delta: 'many' } }],
  ['klaim', 401, klaim.intrude('nobody-knows-this')],
  ['openmonetize', 403, openmonetize.hopeless()],
  ['klaim', 404, klaim.hopeless()],
  ['klaim', 409, { ...klaim.add(1), method: 'POST', path: '/users', body: { email: 'x@x.example', user_id: 'ada' } }],
  ['klaim', 413, { ...klaim.add(1), body: `"${'x'.repeat(1_100_000)}"` }],
  [
    'gamefuse',
    422,
    {
      ...{ method: 'POST', path: '/api/v3/users' },
      body: {
        ...{ email: 'eva@x.example', password: 'password', password_confirmation: 'other', username: 'eva' },
        ...{ game_id: 1, game_token: '11111111-2222-4333-8444-555555555555' },
      },
    },
  ],
];

it('futile-retry reports each status that does not go away by itself', async () => {
  for (const [provider, status, ask] of REFUSALS) {
    const findings = await stage.judge(async (scene) => {
      for (let count = 0; count < 3; count += 1) {
        expect([provider, (await scene.actor(provider).send(ask))?.status]).toEqual([provider, status]);
      }
    });
    expect([status, findings.map(toGist)]).toEqual([status, ['futile-retry likely info 3']]);
  }
});

it('futile-retry leaves alone refusals that may go away', async () => {
  const broken = { ...openmonetize.add(1.5) };
  await stage.hold([
    [
      'a 500',
      [],
      async (scene) => {
        for (let count = 0; count < 3; count += 1) {
          expect(await scene.actor('openmonetize').send(broken, { idempotencyKey: 'k' })).toMatchObject({
            status: 500,
          });
        }
      },
    ],
    [
      'attempts with a success in between that changed nothing',
      [],
      async (scene) => {
        const client = scene.actor('openmonetize');
        const replay = (): Promise<unknown> => client.send(openmonetize.add(1), { idempotencyKey: 'order-1' });
        await replay();
        for (const step of ['refused', 'refused', 'well', 'refused', 'refused']) {
          await (step === 'well' ? replay() : client.send(openmonetize.hopeless()));
        }
      },
    ],
    [
      'refusals delayed by a fault',
      [],
      async (scene) => {
        await scene.sandbox.faults.add({ provider: 'klaim', effect: { delay: 1 } });
        for (let count = 0; count < 3; count += 1) await scene.actor('klaim').send(klaim.hopeless());
      },
    ],
    [
      'another reason each time',
      [],
      async (scene) => {
        const client = scene.actor('klaim');
        const ask = klaim.hopeless();
        await client.send(ask);
        await client.send(ask);
        await client.send({ ...ask, headers: { Authorization: 'Bearer nobody-knows-this' } });
        await client.send(ask);
        await client.send(ask);
      },
    ],
  ]);
});
