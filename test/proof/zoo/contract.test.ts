import { describe, expect, it } from 'vitest';

import { decentraland, gamefuse, inveterate, klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { Stage, toGist, type Script } from './stage.ts';

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
    ['a method that a path does not take', 'DELETE', part.read().path],
  ])('is found of %s', async (_, method, path) => {
    expect(await gists(ask(method, path))).toEqual(['off-contract certain info 1']);
  });

  it('is one finding however often it comes', async () => {
    const found = await gists(async (scene) => {
      for (let count = 0; count < 3; count += 1)
        await scene.actor(part.provider).send({ method: 'GET', path: '/v9/x' });
    });
    expect(found).toEqual(['off-contract certain info 3']);
  });

  it.each([
    ['preflights', 'OPTIONS', '/v9/x'],
    ['what browsers ask for', 'GET', '/favicon.ico'],
    ['health probes', 'GET', '/healthz'],
  ])('leaves alone %s', async (_, method, path) => {
    expect(await gists(ask(method, path))).toEqual([]);
  });

  it('is found of what does not fit where it is asked for by name, and left alone otherwise', async () => {
    const script: Script = async (scene) => {
      await scene.actor(part.provider).send({ ...part.add(1), body: { nothing: 'of use' } });
    };
    const found = await stage.judge(script, { rules: ['off-contract'] });
    const isRefused = part.provider !== 'gamefuse';
    expect(found.map(toGist)).toEqual(isRefused ? ['off-contract certain info 1'] : found.map(toGist));
    expect(await gists(script)).toEqual([]);
  });
});

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

  it('is found where a name is nearly one that is known', async () => {
    const findings = await stage.judge(sending({ [wrong]: 'x' }, [meant]));
    expect(findings.map(toGist)).toEqual(['ignored-field certain warning 1']);
    expect(findings[0]?.what).toContain(`"${wrong}", which nobody knows, and not "${meant}"`);
  });

  it.each<[string, Script]>([
    ['a name that is near to none', sending({ somethingElseEntirely: 1 })],
    ['a name whose right one came, too', sending({ [wrong]: 'x', [meant]: meant === 'credits' ? 1 : 'x' })],
    ['what is right', sending({})],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});

describe('ignored-field', () => {
  it('is found of parameters of the query', async () => {
    const found = await gists(async (scene) => {
      const ask = inveterate.read();
      await scene.actor('inveterate').send({ ...ask, path: `${ask.path}?limt=5` });
    });
    expect(found).toEqual(['ignored-field certain warning 1']);
  });
});

describe.each(PARTS)('secret-in-url at $provider', (part) => {
  const secret = 'a-secret-of-the-shop';

  it('is found where what is sent as a secret stands in the query as well', async () => {
    const found = await gists(async (scene) => {
      const ask = part.read();
      const headers = { ...ask.headers, Authorization: `Bearer ${secret}` };
      const path = `${ask.path}?debug=${secret}`;
      await scene.actor(part.provider).send({ ...ask, path });
      await scene.actor(part.provider).send({ ...ask, headers });
    });
    expect(found).toEqual(['secret-in-url certain warning 1']);
  });

  it('is found where it stands in the path', async () => {
    const found = await gists(async (scene) => {
      const ask = part.read();
      const headers = { ...ask.headers, Authorization: `Bearer ${secret}` };
      await scene.actor(part.provider).send({ ...ask, headers });
      await scene.actor(part.provider).send({ method: 'GET', path: `/v9/${secret}/credits` });
    });
    expect(found).toEqual(['secret-in-url certain warning 1', 'off-contract certain info 1']);
  });

  it.each<[string, Script]>([
    [
      'a part of a component',
      async (scene) => {
        const ask = part.read();
        const headers = { ...ask.headers, Authorization: `Bearer ${secret}` };
        await scene.actor(part.provider).send({ ...ask, headers, path: `${ask.path}?debug=x${secret}` });
      },
    ],
    [
      'a short value',
      async (scene) => {
        const ask = part.read();
        const headers = { ...ask.headers, Authorization: 'Bearer short' };
        await scene.actor(part.provider).send({ ...ask, headers, path: `${ask.path}?debug=short` });
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});

it('leaves alone a secret where the contract puts it', async () => {
  const found = await gists(async (scene) => {
    const path = '/api/v2/users/1/game_user_store_items?authentication_token=gamefuse-test-ada';
    await scene.actor('gamefuse').send({ method: 'GET', path });
    await scene.actor('gamefuse').send(gamefuse.read());
  });
  expect(found).toEqual([]);
});
