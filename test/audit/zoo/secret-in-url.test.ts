import { describe, expect, it } from 'vitest';

import { decentraland, gamefuse, inveterate, klaim, openmonetize, PARTS, type Ask } from './cast.ts';
import { by, Stage, withHeaders, type Script, type Step } from './stage.ts';

const stage = new Stage();
const FOUND = 'secret-in-url certain warning 1';
const MISSED = 'off-contract certain info 1';

const lost = (value: unknown): Ask => ({ method: 'GET', path: `/v9/${String(value)}` });

describe.each(PARTS)('secret-in-url at $provider', (part) => {
  const secret = 'a-secret-of-the-shop';

  const ask = part.read();
  const show = (value: string, scheme = 'Bearer '): Ask => withHeaders(ask, { Authorization: `${scheme}${value}` });
  const put = (value: string): Ask => ({ ...ask, path: `${ask.path}?debug=${value}` });
  const shop = (...steps: readonly Step[]): Script => by(part.provider, ...steps);

  it('reports each secret once, whether the URL or the secret came first', async () => {
    await stage.finds([FOUND], {
      'eight letters': shop(show('12345678'), put('12345678')),
      'the URL first': shop(put(secret), show(secret)),
      'without a scheme': shop(show(secret, ''), put(secret)),
      twice: shop(show(secret), put(secret), put(secret)),
    });
    await stage.finds([FOUND, FOUND], {
      'two secrets': shop(show(secret), show(`${secret}-2`), put(secret), put(`${secret}-2`)),
    });
    await stage.finds([FOUND, MISSED], {
      'in a path': shop(show(secret), lost(`${secret}/credits`)),
      'encoded in a path': shop(show(`${secret}/=`), lost(encodeURIComponent(`${secret}/=`))),
    });
  });

  it('leaves alone short values, parts and values that are not secret', async () => {
    await stage.finds([], {
      'seven letters': shop(show('1234567'), put('1234567')),
      'a longer value': shop(show(secret), put(`${secret}1`)),
      'a part of a component': shop(withHeaders(put(`x${secret}`), { Authorization: `Bearer ${secret}` })),
      'a value that is not secret': shop(withHeaders(ask, { 'X-Trace': secret }), put(secret)),
    });
  });
});

it('secret-in-url knows secrets in bodies, and those that a service issued', async () => {
  const session = (password: string): Ask => ({
    ...{ method: 'POST', path: '/api/v2/sessions' },
    body: { email: 'ada@lantern.example', password, game_id: 1, game_token: '11111111-2222-4333-8444-555555555555' },
  });
  const register = { name: 'Kiosk', email: 'kiosk@x.example' };
  /** Sends a request, and then a secret of its response in a path. */
  const leak =
    (provider: string, ask: Ask, issued: RegExp): Script =>
    async (scene) => {
      const answer = await scene.actor(provider).send(ask);
      const [, secret] = issued.exec(JSON.stringify(answer?.body)) ?? [];
      expect(secret).toBeDefined();
      await scene.actor(provider).send(lost(secret));
    };
  await stage.finds([FOUND, MISSED], {
    'a password': by('gamefuse', session('correct-horse'), lost('correct-horse')),
    'a token issued by a sign-in': leak('gamefuse', session('password'), /"authentication_token":"(.{8,}?)"/),
    'a key issued by a registration': leak(
      'openmonetize',
      { ...openmonetize.add(1), path: '/v1/customers/register', body: register },
      /(om_[\w-]+)/,
    ),
  });
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

it('secret-in-url leaves alone a value that is in body and path, and parameters of the contract', async () => {
  const token = 'gamefuse-test-ada';
  const read = gamefuse.read();
  const verify = '/api/v2/games/verify?game_id=1&game_token=11111111-2222-4333-8444-555555555555';
  const entries = `${inveterate.read().path}?lastCreditEntry=inveterate_test_lumen`;
  const { path, headers = {} } = gamefuse.add(1);
  await stage.finds([], {
    'in body and path at decentraland': by('decentraland', decentraland.add(1), decentraland.read()),
    'in body and path at openmonetize': by('openmonetize', openmonetize.add(1), openmonetize.read()),
    'a credential in the query': by(
      ...(['gamefuse', { method: 'GET', path: `${read.path}?authentication_token=${token}` }, read] as const),
    ),
    'a secret as a parameter': by('gamefuse', { method: 'GET', path: verify }),
    'a parameter of the contract with the same value': by('inveterate', { ...inveterate.read(), path: entries }),
    'a field of the body in the query of a service that merges its parameters': by('gamefuse', {
      ...{ method: 'POST', path: `${path}?credits=${token}`, headers },
    }),
  });
});
