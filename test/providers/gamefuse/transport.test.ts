import { describe, expect } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { sendRaw } from '../../support/raw.ts';
import { ADA, it, noToken, notFound, shown, startGameFuse, store } from './api.ts';

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

  it('with the name of a property of objects changes nothing else', async ({ api }) => {
    const body = '{"__proto__":{"credits":7},"constructor":7,"credits":5}';
    expect(await api.send('post', ADD, body)).toEqual(shown('ada', 1, { credits: 5205 }));
    expect(({} as { credits?: unknown }).credits).toBeUndefined();
  });
});

describe('a path', () => {
  it.for(['/users/1/credits', '/users/1/credit_transactions', '/users/1/purchases', '/games/verify.xml'])(
    '%s is in no version',
    async (path, { api }) => {
      expect(await api.call('get', path)).toEqual(notFound);
      expect(await api.at('/api/v3').call('get', path)).toEqual(notFound);
    },
  );

  it.for(['/users/1', '/friendships', '/game_rounds/1', '/groups'])('%s is not in v2', async (path, { api }) => {
    expect(await api.call('get', path)).toEqual(notFound);
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

  it('makes no token of it in a body', async ({ api }) => {
    const body = { authentication_token: `${ADA}~box`, credits: 1 };
    expect(await api.with({}).call('post', ADD, body)).toEqual(noToken);
    const boxed = api.with({ authentication_token: `${ADA}~box` });
    expect(await boxed.call('post', ADD, body)).toEqual(shown('ada', 1, { credits: 5201 }));
  });
});
