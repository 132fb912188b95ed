import { describe, expect, it } from 'vitest';

import { decentraland, gamefuse, inveterate, klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { as, by, Stage, times, toGist, type Script, type Step } from './stage.ts';

const stage = new Stage();
const PROBES = [
  ...['/', '/favicon.ico', '/robots.txt', '/apple-touch-icon.png', '/apple-touch-icon-120x120.png', '/.well-known/x/y'],
  ...['/health', '/healthz', '/health-check', '/healthcheck', '/live', '/livez', '/ready', '/readyz'],
  ...['/ping', '/status', '/metrics'],
];

describe.each(PARTS)('off-contract at $provider', (part) => {
  const { provider } = part;
  const FOUND = 'off-contract certain info';
  const shop = (...steps: readonly Step[]): Script => by(provider, ...steps);
  const ask = (path: string, method = 'GET'): Ask => ({ method, path });

  it('reports each unknown path or method once for each client', async () => {
    await stage.finds([`${FOUND} 1`], {
      'an unknown path': shop(ask('/v9/credit-notes')),
      'an unknown method of a known path': shop(ask(part.read().path, 'DELETE')),
      'a path like that of a probe': shop(ask('/health/of/credits')),
    });
    await stage.finds([`${FOUND} 3`], { 'repeats as one finding': shop(...times(3, ask('/v9/x'))) });
    await stage.finds([`${FOUND} 20`], { 'a request that came very often': shop(...times(25, ask('/v9/x'))) });
    await stage.finds(
      [1, 2, 3, 4].map(() => `${FOUND} 1`),
      { 'four requests': shop(ask('/v9/x'), ask('/v9/y'), ask('/v9/x', 'PUT'), as('other', provider, ask('/v9/x'))) },
    );
  });

  it('leaves alone preflights, probes, and what browsers request by themselves', async () => {
    await stage.finds([], {
      preflights: shop(ask('/v9/x', 'OPTIONS')),
      probes: shop(...PROBES.map((path) => ask(path))),
    });
  });

  it('reports requests that do not fit their operation only if requested by name', async () => {
    const script: Script = async (scene) => {
      // GameFuse accepts any body that it can read.
      const body = provider === 'gamefuse' ? '{"credits":' : { nothing: 'of use' };
      const answer = await scene.actor(provider).send({ ...part.add(1), body });
      expect(answer?.status).toBeGreaterThanOrEqual(400);
    };
    await stage.finds([], { 'not by name': script });
    const named = { rules: ['off-contract'] } as const;
    expect((await stage.judge(script, named)).map(toGist)).toEqual([`${FOUND} 1`]);
    expect(await stage.judge(shop(part.hopeless()), named)).toEqual([]);
  });
});

const FIELD = ['ignored-field certain warning 1'];

describe.each<[string, () => Ask, string, string]>([
  ['klaim', () => klaim.add(1), 'descripton', 'description'],
  ['gamefuse', () => ({ ...gamefuse.add(1), path: '/api/v2/users/1/add_credits' }), 'credit', 'credits'],
  ['decentraland', () => decentraland.add(1), 'reasn', 'reason'],
  ['inveterate', () => inveterate.add(1), 'nots', 'note'],
  ['openmonetize', () => openmonetize.add(1), 'idempotencykey', 'idempotencyKey'],
])('ignored-field at %s', (provider, ask, wrong, meant) => {
  const sending = (fields: object, without: readonly string[] = []): Script => {
    const { body, ...rest } = ask();
    const kept = Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => !without.includes(name)));
    return by(provider, { ...rest, body: { ...kept, ...fields } });
  };

  it('reports a name that is nearly a known one, and no other', async () => {
    const findings = await stage.judge(sending({ [wrong]: 'x' }, [meant]));
    expect(findings.map(toGist)).toEqual(FIELD);
    expect(findings[0]?.what).toContain(`"${wrong}", which is unknown, but not "${meant}"`);
    await stage.finds([], {
      'a name that is near to no known one': sending({ somethingElseEntirely: 1 }),
      'a name that was sent with the right one': sending({ [wrong]: 'x', [meant]: meant === 'credits' ? 1 : 'x' }),
      'right names': sending({}),
    });
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

it.each(QUERIES)('ignored-field reports parameters at %s', async (provider, ask, wrong, meant) => {
  const send = (...names: readonly string[]): Script =>
    by(provider, { ...ask, path: `${ask.path}?${names.map((name) => `${name}=5`).join('&')}` });
  await stage.finds(FIELD, { 'a letter left out': send(wrong) });
  await stage.finds([], {
    'with the right one': send(wrong, meant),
    'a name that is near to no known one': send('somethingElseEntirely'),
    'right names': send(meant),
  });
});

it('ignored-field reports up to two wrong letters, once for each name and client', async () => {
  const naming = (name: string, more: object = {}): Ask => ({
    ...klaim.add(1),
    body: { credit_delta: 1, [name]: 'x', ...more },
  });
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`unknown-${index}`, 1]));
  await stage.finds(FIELD, { 'two letters': by('klaim', naming('descripto_')) });
  await stage.finds([...FIELD, ...FIELD], {
    'two names': by('klaim', naming('descriptio', { creditdelta: 1, credit_delta: undefined })),
    'the same three times, and by another client': by(
      ...(['klaim', ...times(3, naming('descriptio')), as('other', 'klaim', naming('descriptio'))] as const),
    ),
  });
  await stage.finds([], {
    'three letters': by('klaim', naming('descrip___')),
    'a short name': by('klaim', naming('x')),
    'a wrong name after 300 others': by('klaim', naming('z', { ...many, descriptio: 1 })),
  });
});

it('ignored-field leaves alone objects that may have any name', async () => {
  const write = (body: Ask['body']): Script => by('klaim', { ...klaim.write(), body });
  await stage.finds([], {
    'fields of metadata': write({ name: 'Ada', metadata: { metadat: 1, emai: 2 } }),
    'a body without names in the contract': by('gamefuse', {
      ...{ method: 'POST', path: '/api/v2/test_suite/create_game', body: { game: 1 } },
    }),
    'no body at all': write(undefined),
    'a body that is a list': write('[{"nam":1}]'),
  });
});
