import { describe, expect, it } from 'vitest';

import { decentraland, gamefuse, inveterate, klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { Stage, toGist, type Script } from './stage.ts';

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe.each(PARTS)('secret-in-url at $provider', (part) => {
  const secret = 'a-secret-of-the-shop';

  it('reports a secret in the query', async () => {
    const found = await gists(async (scene) => {
      const ask = part.read();
      const headers = { ...ask.headers, Authorization: `Bearer ${secret}` };
      const path = `${ask.path}?debug=${secret}`;
      await scene.actor(part.provider).send({ ...ask, path });
      await scene.actor(part.provider).send({ ...ask, headers });
    });
    expect(found).toEqual(['secret-in-url certain warning 1']);
  });

  it('reports each secret once, whether the URL or the secret came first', async () => {
    const FOUND = 'secret-in-url certain warning 1';
    const ask = part.read();
    const show = (value: string, scheme = 'Bearer '): Ask => ({
      ...ask,
      headers: { ...ask.headers, Authorization: `${scheme}${value}` },
    });
    const put = (value: string): Ask => ({ ...ask, path: `${ask.path}?debug=${value}` });
    const send =
      (...asks: readonly Ask[]): Script =>
      async (scene) => {
        for (const one of asks) await scene.actor(part.provider).send(one);
      };
    await stage.hold([
      ['eight letters', [FOUND], send(show('12345678'), put('12345678'))],
      ['seven letters', [], send(show('1234567'), put('1234567'))],
      ['the URL first', [FOUND], send(put(secret), show(secret))],
      ['without a scheme', [FOUND], send(show(secret, ''), put(secret))],
      ['twice', [FOUND], send(show(secret), put(secret), put(secret))],
      ['two secrets', [FOUND, FOUND], send(show(secret), show(`${secret}-2`), put(secret), put(`${secret}-2`))],
      ['a longer value', [], send(show(secret), put(`${secret}1`))],
      ['a value that is not secret', [], send({ ...ask, headers: { ...ask.headers, 'X-Trace': secret } }, put(secret))],
      [
        'encoded in a path',
        [FOUND, 'off-contract certain info 1'],
        send(show(`${secret}/=`), { method: 'GET', path: `/v9/${encodeURIComponent(`${secret}/=`)}` }),
      ],
    ]);
  });

  it('reports a secret in the path', async () => {
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

it('secret-in-url knows secrets in bodies, and those that a service issued', async () => {
  const FOUND = 'secret-in-url certain warning 1';
  const MISSED = 'off-contract certain info 1';
  const lost = (value: unknown): Ask => ({ method: 'GET', path: `/v9/${String(value)}` });
  const game = { game_id: 1, game_token: '11111111-2222-4333-8444-555555555555' };
  await stage.hold([
    [
      'a password',
      [FOUND, MISSED],
      async (scene) => {
        const client = scene.actor('gamefuse');
        const body = { email: 'ada@lantern.example', password: 'correct-horse', ...game };
        await client.send({ method: 'POST', path: '/api/v2/sessions', body });
        await client.send(lost('correct-horse'));
      },
    ],
    [
      'a token issued by a sign-in',
      [FOUND, MISSED],
      async (scene) => {
        const client = scene.actor('gamefuse');
        const body = { email: 'ada@lantern.example', password: 'password', ...game };
        const answer = await client.send({ method: 'POST', path: '/api/v2/sessions', body });
        const { authentication_token: token } = answer?.body as { authentication_token: unknown };
        expect(token).toEqual(expect.stringMatching(/^.{8,}$/));
        await client.send(lost(token));
      },
    ],
    [
      'a key issued by a registration',
      [FOUND, MISSED],
      async (scene) => {
        const client = scene.actor('openmonetize');
        const body = { name: 'Kiosk', email: 'kiosk@x.example' };
        const answer = await client.send({ ...openmonetize.add(1), path: '/v1/customers/register', body });
        const [key] = /om_[\w-]+/.exec(JSON.stringify(answer?.body)) ?? [];
        expect(key).toBeDefined();
        await client.send(lost(key));
      },
    ],
  ]);
});

it('secret-in-url never shows a secret, and names a path without one', async () => {
  const secrets = ['first/of=two', 'second/of=two', 'the-third', 'the-fourth'];
  const [first = '', second = ''] = secrets.map(encodeURIComponent);
  const findings = await stage.judge(
    async (scene) => {
      const client = scene.actor('klaim');
      for (const secret of secrets) {
        await client.send({ ...klaim.read(), headers: { Authorization: `Bearer ${secret}` } });
      }
      await client.send({ method: 'GET', path: `/v9/${first}?debug=${second}` });
      await client.send({ method: 'GET', path: '/v9/not-the-third?debug=the-third' });
      await client.send({ method: 'GET', path: '/v9/x?debug=the-fourth' });
    },
    { rules: ['secret-in-url'] },
  );
  expect(findings.map(({ what }) => what)).toEqual([
    'a secret value of "authorization" was in the path of a GET request.',
    'a secret value of "authorization" was in the parameter "debug" of a GET request.',
    'a secret value of "authorization" was in the parameter "debug" of a GET request.',
    'a secret value of "authorization" was in the parameter "debug" of GET /v9/x.',
  ]);
});

it('secret-in-url leaves alone a value that is in body and path', async () => {
  await stage.hold(
    [decentraland, openmonetize].map((part) => [
      part.provider,
      [],
      async (scene) => {
        await scene.actor(part.provider).send(part.add(1));
        await scene.actor(part.provider).send(part.read());
      },
    ]),
  );
});

it('leaves alone a secret in a parameter of the contract', async () => {
  const token = 'gamefuse-test-ada';
  const key = 'inveterate_test_lumen';
  await stage.hold([
    [
      'a credential in the query',
      [],
      async (scene) => {
        const { path } = gamefuse.read();
        await scene.actor('gamefuse').send({ method: 'GET', path: `${path}?authentication_token=${token}` });
        await scene.actor('gamefuse').send(gamefuse.read());
      },
    ],
    [
      'a secret as a parameter',
      [],
      async (scene) => {
        const path = '/api/v2/games/verify?game_id=1&game_token=11111111-2222-4333-8444-555555555555';
        await scene.actor('gamefuse').send({ method: 'GET', path });
      },
    ],
    [
      'a parameter of the contract with the same value',
      [],
      async (scene) => {
        const ask = inveterate.read();
        await scene.actor('inveterate').send({ ...ask, path: `${ask.path}?lastCreditEntry=${key}` });
      },
    ],
    [
      'a field of the body in the query of a service that merges its parameters',
      [],
      async (scene) => {
        const { path, headers = {} } = gamefuse.add(1);
        await scene.actor('gamefuse').send({ method: 'POST', path: `${path}?credits=${token}`, headers });
      },
    ],
  ]);
});
