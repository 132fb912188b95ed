import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { startApp } from '../support/emulator.ts';
import { createFiles } from '../support/folder.ts';
import { listMagic, type MagicName } from '../support/magic.ts';

function subjectOf(provider: string, name: MagicName): string {
  return listMagic(provider).find((one) => one.name === name)?.subject ?? '';
}

type Headers = Readonly<Record<string, string>>;
type Send = (method: 'get' | 'post' | 'put', path: string, body?: object) => Promise<readonly [number, unknown]>;

/** Status, and the fault where one was met, else the body. */
function createSend(agent: TestAgent, headers: Headers = {}): Send {
  return async (method, path, body) => {
    const answer = await agent[method](path).set(headers).send(body);
    const fault: unknown = answer.headers['x-emulator-fault'];
    return [answer.status, fault ?? (answer.body as unknown)];
  };
}

function write(text: string): string {
  return createFiles({ 'mine.yaml': `extends: default\n${text}` })['mine.yaml'];
}

describe('at Klaim', () => {
  const KEY = { Authorization: 'Bearer klaim_test_lantern' };
  const user = (user_id: string): string => `/klaim/users/${user_id}`;

  it('a fault goes along with a user who is renamed', async () => {
    const send = createSend(await startApp({ providers: ['klaim'] }), KEY);
    const body = { user_id: 'renamed' };
    expect(await send('put', user('fault-500-after'), body)).toEqual([500, 'magic:fault-500-after; phase=after']);
    expect(await send('put', `${user('fault-500-after')}/credits`, { credit_delta: 5 })).toEqual([
      404,
      { message: 'Can not find user with the given user_id.' },
    ]);
    const change = await send('put', `${user('renamed')}/credits`, { credit_delta: 5 });
    expect(change).toEqual([500, 'magic:renamed; phase=after']);
  });

  it('a magic subject cannot take the name of one of another app', async () => {
    const world = write(
      'klaim:\n  users:\n    - { app_id: app_harbor, user_id: theirs, email: a, fault: "delay=5; phase=after" }\n',
    );
    const agent = await startApp({ providers: ['klaim'], fixtures: [world] });
    const send = createSend(agent, KEY);
    const conflict = [409, { message: 'email or user_id already exists' }];
    expect(await send('put', user('fault-500-after'), { user_id: 'theirs' })).toEqual(conflict);
    expect(await send('put', user('ada'), { user_id: 'theirs' })).toMatchObject([200, { user_id: 'theirs' }]);
  });

  it('lists and new users are about nobody', async () => {
    const send = createSend(await startApp({ providers: ['klaim'] }), KEY);
    const [status, body] = await send('get', '/klaim/users');
    expect(status).toBe(200);
    const { data } = body as { readonly data: readonly { readonly user_id: string }[] };
    expect(data.slice(-7).map(({ user_id }) => user_id)).toEqual(listMagic('klaim').map(({ subject }) => subject));
    expect(await send('post', '/klaim/users', { email: 'x@x.example', user_id: 'fault-500' })).toEqual([
      409,
      { message: 'email or user_id already exists' },
    ]);
  });
});

describe('at GameFuse', () => {
  const SIGN_UP = {
    email: 'grace@lantern.example',
    password: 'lamp-oil-7',
    username: 'grace',
    game_id: 1,
    game_token: '11111111-2222-4333-8444-555555555555',
  };

  it('a magic subject signs in, and meets its fault from then on as before', async () => {
    const agent = await startApp({ providers: ['gamefuse'] });
    const send = createSend(agent);
    const body = { email: 'fault-500@lantern.example', password: 'password', game_id: 1 };
    const [status, session] = await send('post', '/gamefuse/api/v2/sessions', body);
    expect([status, session]).toMatchObject([200, { id: 900500, credits: 0 }]);
    const { authentication_token } = session as { readonly authentication_token: string };
    const mine = createSend(agent, { 'authentication-token': authentication_token });
    for (const root of ['api/v2', 'api/v3']) {
      expect(await mine('post', `/gamefuse/${root}/users/900500/add_credits`, { credits: 5 })).toEqual([
        500,
        'magic:900500; phase=before',
      ]);
    }
  });

  it('who signs up has an id behind those of ordinary players', async () => {
    const send = createSend(await startApp({ providers: ['gamefuse'] }));
    expect(await send('post', '/gamefuse/api/v2/users', SIGN_UP)).toMatchObject([200, { id: 6 }]);
  });

  it('who signs up never has the id of a magic subject', async () => {
    const fixture = write(
      'gamefuse:\n  users:\n    - { id: 900403, game_id: 1, username: zoe, email: zoe@lantern.example, password: p }\n',
    );
    const send = createSend(await startApp({ providers: ['gamefuse'], fixtures: [fixture] }));
    expect(await send('post', '/gamefuse/api/v2/users', SIGN_UP)).toMatchObject([200, { id: 900405 }]);
  });
});

describe('at Decentraland', () => {
  const gone = subjectOf('decentraland', 'fault-404');
  const met = [404, `magic:${gone}; phase=before`];

  it.each(['document', 'wire'])('an address is magic in whatever letters, in the format %s', async (format) => {
    const agent = await startApp({ providers: ['decentraland'], set: [`decentraland.format=${format}`] });
    const send = createSend(agent);
    const shouted = `0x${gone.slice(2).toUpperCase()}`;
    expect(await send('get', `/decentraland/users/${shouted}/credits`)).toEqual(met);
    expect(await send('get', `/decentraland/users/${shouted}/credits/stream`)).toEqual(met);
    expect(await send('post', '/decentraland/users', { address: shouted })).toEqual(met);
  });

  it('controls meet no fault, and what they change is met', async () => {
    const send = createSend(await startApp({ providers: ['decentraland'] }));
    const [status] = await send('post', '/_emulator/controls/decentraland/grant', { address: gone, amount: '5' });
    expect(status).toBe(200);
    expect(await send('get', `/decentraland/users/${gone}/credits`)).toEqual(met);
  });
});

describe('at Inveterate', () => {
  const KEY = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
  const start = async (...set: readonly string[]): Promise<Send> =>
    createSend(await startApp({ providers: ['inveterate'], set }), KEY);

  it('the customer whom a body names is met, too', async () => {
    const send = await start();
    const customerId = subjectOf('inveterate', 'fault-409');
    expect(await send('post', '/inveterate/v2.0/admin/members', { customerId })).toEqual([
      409,
      `magic:${customerId}; phase=before`,
    ]);
  });

  it('the call meets the fault and not its effect, which comes later', async () => {
    const send = await start('inveterate.settleAfter=PT5S');
    const id = subjectOf('inveterate', 'fault-500-after');
    const credits = `/inveterate/v2.0/admin/members/${id}/credits`;
    expect(await send('post', credits, { amount: 5 })).toEqual([500, `magic:${id}; phase=after`]);
    expect(await send('get', credits)).toMatchObject([200, { data: { credits: [] } }]);
    await send('post', '/_emulator/clock/advance', { by: 'PT5S' });
    expect(await send('get', credits)).toMatchObject([200, { data: { credits: [{ amount: 5, newBalance: 5 }] } }]);
  });
});

describe('at OpenMonetize', () => {
  const KEY = { Authorization: 'Bearer om_dev_test_key' };
  const customerId = '550e8400-e29b-41d4-a716-446655440000';
  const after = subjectOf('openmonetize', 'fault-500-after');
  const start = async (...set: readonly string[]): Promise<Send> =>
    createSend(await startApp({ providers: ['openmonetize'], set }), KEY);

  it.each(['seed', 'head'])(
    'a grant that landed unseen is told when it is repeated, in profile %s',
    async (profile) => {
      const send = await start(`openmonetize.profile=${profile}`);
      const grant = { customerId, userId: after, amount: 5, idempotencyKey: 'k' };
      expect(await send('post', '/openmonetize/v1/credits/grant', grant)).toEqual([500, `magic:${after}; phase=after`]);
      expect(await send('post', '/openmonetize/v1/credits/grant', grant)).toMatchObject([
        200,
        { data: { newBalance: '5', amount: '5' } },
      ]);
    },
  );

  it('every path of a user is met in profile head, and the list of all is not', async () => {
    const send = await start('openmonetize.profile=head');
    const id = subjectOf('openmonetize', 'fault-404');
    const met = [404, `magic:${id}; phase=before`];
    for (const path of [id, `${id}/credits`, `${id}/transactions`]) {
      expect(await send('get', `/openmonetize/v1/users/${path}`)).toEqual(met);
    }
    expect(await send('get', '/openmonetize/v1/users?limit=1')).toMatchObject([200, { pagination: { total: 11 } }]);
  });
});
