import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { sendRaw } from '../../support/raw.ts';
import { ADA, GAME, badRequest, noToken, notFound, refusal, shown, startGameFuse, store } from './api.ts';

const ADD = '/users/1/add_credits';
const ITEMS = '/users/1/game_user_store_items';

describe('a body', () => {
  it('that names no type is a form', async () => {
    const emulator = await startEmulator({ providers: ['gamefuse'] });
    const answer = await sendRaw(
      emulator.url,
      `POST /gamefuse/api/v2${ADD} HTTP/1.1\r\nHost: localhost\r\nauthentication-token: ${ADA}\r\n` +
        'Content-Length: 9\r\n\r\ncredits=5',
    );
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, shown('ada', 1, { credits: 5205 }).body]);
  });

  it('of a mebibyte is read, and no larger one', async () => {
    const api = await startGameFuse();
    const pad = 'x'.repeat(1_048_576 - '{"credits":5,"pad":""}'.length);
    expect(await api.send('post', ADD, `{"credits":5,"pad":"${pad}"}`)).toEqual(shown('ada', 1, { credits: 5205 }));
    expect(await api.send('post', ADD, `{"credits":5,"pad":"${pad}x"}`)).toEqual(refusal(413, 'Payload Too Large'));
    expect(await api.call('get', ITEMS)).toEqual(store(5205));
  });

  it('of a hundred levels is read, and no deeper one', async () => {
    const api = await startGameFuse();
    const nested = (levels: number): string => `{"credits":5,"deep":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await api.send('post', ADD, nested(99))).toEqual(shown('ada', 1, { credits: 5205 }));
    expect(await api.send('post', ADD, nested(100))).toEqual(badRequest);
  });

  it('that is compressed cannot be read', async () => {
    const api = (await startGameFuse()).with({ 'authentication-token': ADA, 'Content-Encoding': 'gzip' });
    expect(await api.send('post', ADD, '{"credits":5}')).toEqual(badRequest);
  });

  it('with the name of a property of objects changes nothing else', async () => {
    const api = await startGameFuse();
    const body = '{"__proto__":{"credits":7},"constructor":7,"credits":5}';
    expect(await api.send('post', ADD, body)).toEqual(shown('ada', 1, { credits: 5205 }));
    expect(({} as { credits?: unknown }).credits).toBeUndefined();
  });
});

describe('a path', () => {
  it.each(['/users/1/credits', '/users/1/credit_transactions', '/users/1/purchases', '/games/verify.xml'])(
    '%s is in no version',
    async (path) => {
      const api = await startGameFuse();
      expect(await api.call('get', path)).toEqual(notFound);
      expect(await api.at('/api/v3').call('get', path)).toEqual(notFound);
    },
  );

  it.each(['/users/1', '/friendships', '/game_rounds/1', '/groups'])('%s is not in v2', async (path) => {
    const api = await startGameFuse();
    expect(await api.call('get', path)).toEqual(notFound);
  });

  it('may end in a slash and have two where one belongs', async () => {
    const api = await startGameFuse();
    expect(await api.call('get', '//users//1/game_user_store_items/')).toEqual(store(5200));
  });

  it('that cannot be decoded is a bad request', async () => {
    const api = await startGameFuse();
    expect(await api.call('get', '/users/%ZZ/game_user_store_items')).toEqual(badRequest);
  });
});

it.each(['gamefuse.co', 'worker2.gamefuse.co', 'gamefuse.localhost'])('answers for the host %s', async (host) => {
  const { app } = await startGameFuse();
  const answer = await app.get(`/api/v2${ITEMS}`).set({ Host: host, 'authentication-token': ADA });
  expect([answer.status, answer.body]).toEqual([200, store(5200).body]);
});

it('says with every answer which exchange it was', async () => {
  const { app } = await startGameFuse();
  const answer = await app.post(`/gamefuse/api/v2${ADD}`);
  expect([answer.status, answer.get('X-Emulator-Request-Id')]).toEqual([401, 'default-1']);
});

describe('a browser', () => {
  const headers = { Origin: 'https://game.example', 'Access-Control-Request-Method': 'POST' };

  it.each([
    'authentication-token',
    'authentication_token',
    'content-type',
    'service-key-name',
    'service-key-token',
    'current-user-id',
  ])('is allowed to send %s', async (header) => {
    const { app } = await startGameFuse();
    const answer = await app
      .options(`/gamefuse/api/v2${ADD}`)
      .set({ ...headers, 'Access-Control-Request-Headers': header });
    expect([answer.status, answer.get('Access-Control-Allow-Origin')]).toEqual([204, '*']);
    expect(answer.get('Access-Control-Allow-Headers')?.split(',')).toContain(header);
    expect(answer.get('Access-Control-Allow-Methods')?.split(',')).toContain('POST');
  });

  it('may read what is answered to it', async () => {
    const { app } = await startGameFuse();
    const answer = await app.post(`/gamefuse/api/v2${ADD}?credits=1`).set({ Origin: headers.Origin });
    expect([answer.status, answer.get('Access-Control-Allow-Origin')]).toEqual([401, '*']);
  });
});

describe('the name of a sandbox behind a token', () => {
  it.each([
    ['the header with a hyphen', { 'authentication-token': `${ADA}~box` }, ''],
    ['the header with an underscore', { authentication_token: `${ADA}~box` }, ''],
    ['the query', {}, `?authentication_token=${ADA}~box`],
  ])('is heeded in %s', async (_, headers, query) => {
    const api = await startGameFuse();
    const boxed = api.with({ ...headers });
    expect(await boxed.call('post', ADD + query, { credits: 1 })).toEqual(shown('ada', 1, { credits: 5201 }));
    expect(await boxed.call('get', ITEMS + query)).toEqual(store(5201));
    expect(await api.call('get', ITEMS)).toEqual(store(5200));
  });

  it('makes no token of it in a body', async () => {
    const api = await startGameFuse();
    const body = { authentication_token: `${ADA}~box`, credits: 1 };
    expect(await api.with({}).call('post', ADD, body)).toEqual(noToken);
    const boxed = api.with({ authentication_token: `${ADA}~box` });
    expect(await boxed.call('post', ADD, body)).toEqual(shown('ada', 1, { credits: 5201 }));
  });

  it('keeps players and tokens of one sandbox from another', async () => {
    const api = await startGameFuse();
    const grace = { email: 'g@x.example', password: 'p', username: 'g', ...GAME };
    await api.with({ 'X-Emulator-Sandbox': 'box' }).call('post', '/users', grace);
    const session = { email: 'g@x.example', password: 'p', game_id: 1 };
    expect(await api.call('post', '/sessions', session)).toEqual(refusal(404, 'User Not Found!'));
    expect(await api.with({ 'X-Emulator-Sandbox': 'box' }).call('post', '/sessions', session)).toMatchObject({
      status: 200,
    });
  });
});
