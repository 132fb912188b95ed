import { describe, expect, it } from 'vitest';

import { decentraland, gamefuse, inveterate, klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe.each(PARTS)('off-contract at $provider', (part) => {
  const ask = (method: string, path: string): Script => {
    return async (scene) => {
      await scene.actor(part.provider).send({ method, path });
    };
  };

  it.each([
    ['an unknown path', 'GET', '/v9/credit-notes'],
    ['an unknown method of a known path', 'DELETE', part.read().path],
  ])('reports %s', async (_, method, path) => {
    expect(await gists(ask(method, path))).toEqual(['off-contract certain info 1']);
  });

  it('reports repeats as one finding', async () => {
    const found = await gists(async (scene) => {
      for (let count = 0; count < 3; count += 1)
        await scene.actor(part.provider).send({ method: 'GET', path: '/v9/x' });
    });
    expect(found).toEqual(['off-contract certain info 3']);
  });

  it.each([
    ['preflights', 'OPTIONS', '/v9/x'],
    ['what browsers request by themselves', 'GET', '/favicon.ico'],
    ['health probes', 'GET', '/healthz'],
  ])('leaves alone %s', async (_, method, path) => {
    expect(await gists(ask(method, path))).toEqual([]);
  });

  it('reports requests that do not fit their operation only if requested by name', async () => {
    const script: Script = async (scene) => {
      // GameFuse accepts any body that it can read.
      const body = part.provider === 'gamefuse' ? '{"credits":' : { nothing: 'of use' };
      const answer = await scene.actor(part.provider).send({ ...part.add(1), body });
      expect(answer?.status).toBeGreaterThanOrEqual(400);
    };
    expect((await stage.judge(script, { rules: ['off-contract'] })).map(toGist)).toEqual([
      'off-contract certain info 1',
    ]);
    expect(await gists(script)).toEqual([]);
    const refused: Script = async (scene) => {
      await scene.actor(part.provider).send(part.hopeless());
    };
    expect(await stage.judge(refused, { rules: ['off-contract'] })).toEqual([]);
  });

  it('reports each path, method and client once, and no probe', async () => {
    const FOUND = 'off-contract certain info';
    const send = async (scene: Scene, path: string, { method = 'GET', name = 'shop' } = {}): Promise<unknown> =>
      scene.actor(part.provider, name).send({ method, path });
    await stage.hold([
      [
        'four different requests',
        [`${FOUND} 1`, `${FOUND} 1`, `${FOUND} 1`, `${FOUND} 1`],
        async (scene) => {
          await send(scene, '/v9/x');
          await send(scene, '/v9/y');
          await send(scene, '/v9/x', { method: 'PUT' });
          await send(scene, '/v9/x', { name: 'other' });
        },
      ],
      [
        'a request that came very often',
        [`${FOUND} 20`],
        async (scene) => {
          for (let count = 0; count < 25; count += 1) await send(scene, '/v9/x');
        },
      ],
      ['a path like that of a probe', [`${FOUND} 1`], (scene) => send(scene, '/health/of/credits')],
      [
        'probes',
        [],
        async (scene) => {
          for (const path of PROBES) await send(scene, path);
        },
      ],
    ]);
  });
});

const PROBES = [
  ...['/', '/favicon.ico', '/robots.txt', '/apple-touch-icon.png', '/apple-touch-icon-120x120.png', '/.well-known/x/y'],
  ...['/health', '/healthz', '/health-check', '/healthcheck', '/live', '/livez', '/ready', '/readyz'],
  ...['/ping', '/status', '/metrics'],
];

describe.each<[string, () => Ask, string, string]>([
  ['klaim', () => klaim.add(1), 'descripton', 'description'],
  ['gamefuse', () => ({ ...gamefuse.add(1), path: '/api/v2/users/1/add_credits' }), 'credit', 'credits'],
  ['decentraland', () => decentraland.add(1), 'reasn', 'reason'],
  ['inveterate', () => inveterate.add(1), 'nots', 'note'],
  ['openmonetize', () => openmonetize.add(1), 'idempotencykey', 'idempotencyKey'],
])('ignored-field at %s', (provider, ask, wrong, meant) => {
  const sending = (fields: object, without: readonly string[] = []): Script => {
    return async (scene) => {
      const { body, ...rest } = ask();
      const kept = Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => !without.includes(name)));
      await scene.actor(provider).send({ ...rest, body: { ...kept, ...fields } });
    };
  };

  it('reports a name that is nearly a known one', async () => {
    const findings = await stage.judge(sending({ [wrong]: 'x' }, [meant]));
    expect(findings.map(toGist)).toEqual(['ignored-field certain warning 1']);
    expect(findings[0]?.what).toContain(`"${wrong}", which is unknown, but not "${meant}"`);
  });

  it.each<[string, Script]>([
    ['a name that is near to no known one', sending({ somethingElseEntirely: 1 })],
    ['a name that was sent with the right one', sending({ [wrong]: 'x', [meant]: meant === 'credits' ? 1 : 'x' })],
    ['right names', sending({})],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});

/** Reads with parameters, and a misspelt name of one of these. */
const QUERIES: readonly (readonly [provider: string, ask: Ask, wrong: string, meant: string])[] = [
  ['klaim', { ...klaim.read(), path: '/users' }, 'startin_after', 'starting_after'],
  [
    'gamefuse',
    { ...gamefuse.read(), path: '/api/v2/games/1/leaderboard_entries' },
    'leaderboard_nme',
    'leaderboard_name',
  ],
  ['decentraland', { ...decentraland.read(), path: `/users/${decentraland.subject}/purchases` }, 'ofset', 'offset'],
  ['inveterate', inveterate.read(), 'limt', 'limit'],
  ['openmonetize', { ...openmonetize.read(), path: '/v1/analytics/burn-rate' }, 'customerld', 'customerId'],
];

const FIELD = 'ignored-field certain warning 1';

it.each(QUERIES)('ignored-field reports parameters at %s', async (provider, ask, wrong, meant) => {
  const send =
    (...names: readonly string[]): Script =>
    (scene) =>
      scene.actor(provider).send({ ...ask, path: `${ask.path}?${names.map((name) => `${name}=5`).join('&')}` });
  await stage.hold([
    ['a letter left out', [FIELD], send(wrong)],
    ['with the right one', [], send(wrong, meant)],
    ['a name that is near to no known one', [], send('somethingElseEntirely')],
    ['right names', [], send(meant)],
  ]);
});

it('ignored-field reports up to two wrong letters, once for each name and client', async () => {
  const description = (name: string, more: object = {}): Script => {
    return (scene) => scene.actor('klaim').send({ ...klaim.add(1), body: { credit_delta: 1, [name]: 'x', ...more } });
  };
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`unknown-${index}`, 1]));
  await stage.hold([
    ['two letters', [FIELD], description('descripto_')],
    ['three letters', [], description('descrip___')],
    ['a short name', [], description('x')],
    ['two names', [FIELD, FIELD], description('descriptio', { creditdelta: 1, credit_delta: undefined })],
    [
      'the same three times, and by another client',
      [FIELD, FIELD],
      async (scene) => {
        for (let count = 0; count < 3; count += 1) await description('descriptio')(scene);
        await scene.actor('klaim', 'other').send({ ...klaim.add(1), body: { credit_delta: 1, descriptio: 'x' } });
      },
    ],
    ['a wrong name after 300 others', [], description('z', { ...many, descriptio: 1 })],
  ]);
});

it('ignored-field leaves alone objects that may have any name', async () => {
  await stage.hold([
    [
      'fields of metadata',
      [],
      (scene) =>
        scene.actor('klaim').send({ ...klaim.write(), body: { name: 'Ada', metadata: { metadat: 1, emai: 2 } } }),
    ],
    [
      'a body without names in the contract',
      [],
      (scene) =>
        scene.actor('gamefuse').send({ method: 'POST', path: '/api/v2/test_suite/create_game', body: { game: 1 } }),
    ],
    ['no body at all', [], (scene) => scene.actor('klaim').send({ ...klaim.write(), body: undefined })],
    ['a body that is a list', [], (scene) => scene.actor('klaim').send({ ...klaim.write(), body: '[{"nam":1}]' })],
  ]);
});
