import { describe, expect, it } from 'vitest';

import {
  FLAGGED,
  NOBODY,
  RICH,
  fieldOf,
  invalidAddress,
  list,
  listed,
  noSuchUser,
  ok,
  refusal,
  startDecentraland,
  startWire,
  wireList,
} from './api.ts';

const SIGNED = '0x7777777777777777777777777777777777777777';
const registered = ok({ ok: true });
const addressRequired = refusal(400, 'Address required', 'ADDRESS_REQUIRED');
const invalidJson = refusal(400, 'Invalid JSON', 'INVALID_JSON');

async function walletsOf(api: Awaited<ReturnType<typeof startDecentraland>>): Promise<readonly unknown[]> {
  return fieldOf(await api.control('get', '/state'), 'decentraland', 'wallets') as readonly unknown[];
}

describe('registering a user', () => {
  it('gives an empty list where there was no user', async () => {
    const api = await startDecentraland();
    expect(await api.credits(NOBODY)).toEqual(noSuchUser);
    expect(await api.firstEvent(NOBODY)).toEqual(noSuchUser);
    expect(await api.call('post', '/users', { address: NOBODY })).toEqual(registered);
    expect(await api.credits(NOBODY)).toEqual(list(0));
    expect(await api.firstEvent(NOBODY)).toEqual(list(0));
  });

  it('is the same in the format wire', async () => {
    const api = await startWire();
    expect(await api.credits(NOBODY)).toEqual(noSuchUser);
    expect(await api.call('post', '/users', { address: NOBODY })).toEqual(registered);
    expect(await api.credits(NOBODY)).toEqual(wireList('0', '0'));
  });

  it('keeps the address in lower case, and when it was', async () => {
    const api = await startDecentraland();
    await api.advance('PT1H');
    await api.call('post', '/users', { address: NOBODY });
    expect((await walletsOf(api)).at(-1)).toEqual({
      address: NOBODY.toLowerCase(),
      registeredAt: '2026-01-01T01:00:00.000Z',
    });
  });

  it('changes nothing for who is registered, in whatever case', async () => {
    const api = await startDecentraland();
    await api.call('post', '/users', { address: NOBODY });
    await api.advance('PT1H');
    const before = await api.control('get', '/state');
    for (const address of [NOBODY, NOBODY.toLowerCase(), RICH]) {
      expect(await api.call('post', '/users', { address })).toEqual(registered);
    }
    expect(await api.control('get', '/state')).toEqual(before);
    expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
  });

  it('takes no flag away', async () => {
    const api = await startDecentraland();
    expect(await api.call('post', '/users', { address: FLAGGED })).toEqual(registered);
    expect((await api.credits(FLAGGED)).status).toBe(401);
  });

  it('heeds nothing else of the body', async () => {
    const api = await startDecentraland();
    expect(await api.call('post', '/users', { address: NOBODY, balance: 100, flag: null })).toEqual(registered);
    expect(await api.credits(NOBODY)).toEqual(list(0));
  });

  it('makes an account at 0, and no entry of the ledger', async () => {
    const api = await startDecentraland();
    await api.call('post', '/users', { address: NOBODY });
    expect(await api.control('get', `/accounts?account=${NOBODY.toLowerCase()}`)).toEqual({
      accounts: [
        {
          provider: 'decentraland',
          tenant: 'decentraland',
          account: NOBODY.toLowerCase(),
          unit: 'wei',
          balance: '0',
        },
      ],
    });
    expect(await api.control('get', '/ledger')).toEqual({ entries: [] });
  });

  it.each([{}, { Address: NOBODY }, { wallet: NOBODY }])(
    'asks for an address where there is none: %j',
    async (body) => {
      const api = await startDecentraland();
      expect(await api.call('post', '/users', body)).toEqual(addressRequired);
    },
  );

  it('asks for an address where there is no body', async () => {
    const api = await startDecentraland();
    expect(await api.call('post', '/users')).toEqual(addressRequired);
    expect(await api.send('/users', '')).toEqual(addressRequired);
    expect(await api.call('post', `/users?address=${NOBODY}`)).toEqual(addressRequired);
  });

  it.each([startDecentraland, startWire])(
    'takes the address that a signed request names, without a body',
    async (start) => {
      const api = await start();
      const chain = JSON.stringify({ type: 'SIGNER', payload: NOBODY, signature: '' });
      const register = (body?: object): Promise<unknown> =>
        Promise.resolve(api.app.post('/decentraland/users').set('x-identity-auth-chain-0', chain).send(body));
      expect(await register({ address: SIGNED })).toMatchObject(registered);
      expect(await api.credits(NOBODY)).toEqual(noSuchUser);
      expect((await api.credits(SIGNED)).status).toBe(200);
      for (const body of [undefined, {}]) expect(await register(body)).toMatchObject(registered);
      expect((await api.credits(NOBODY)).status).toBe(200);
      expect(await register({ address: 'ada' })).toMatchObject(invalidAddress);
    },
  );

  it.each(['', '{', 'null', '"x"', '{}', '{"payload":1}', '{"payload":"ada"}', `{"payload":["${RICH}"]}`])(
    'asks for an address where a signed request names none: %j',
    async (chain) => {
      const api = await startDecentraland();
      const answer = await api.app.post('/decentraland/users').set('x-identity-auth-chain-0', chain);
      expect(answer).toMatchObject(addressRequired);
    },
  );

  it.each([['ada'], [''], [RICH.slice(0, -1)], [`${RICH}\n`], [`0X${RICH.slice(2)}`], [null], [1], [[RICH]], [{}]])(
    'refuses the address %j',
    async (address) => {
      const api = await startDecentraland();
      const before = await walletsOf(api);
      expect(await api.call('post', '/users', { address })).toEqual(invalidAddress);
      expect(await walletsOf(api)).toEqual(before);
    },
  );

  it.each(['{', '{"address":', 'address', '\u0000'])('cannot read the body %j', async (body) => {
    const api = await startDecentraland();
    expect(await api.send('/users', body)).toEqual(invalidJson);
  });

  it('reads a body as JSON only', async () => {
    const api = await startDecentraland();
    const body = JSON.stringify({ address: NOBODY });
    expect(await api.send('/users', body, 'text/plain')).toEqual(invalidJson);
    expect(await api.send('/users', `address=${NOBODY}`, 'application/x-www-form-urlencoded')).toEqual(invalidJson);
    expect(await api.send('/users', body, 'application/json; charset=utf-8')).toEqual(registered);
  });

  it('refuses a body that is larger than it reads', async () => {
    const api = await startDecentraland({ bodyLimit: 100 });
    const body = JSON.stringify({ address: NOBODY, pad: 'x'.repeat(100) });
    expect(await api.send('/users', body)).toEqual(refusal(413, 'Body too large', 'BODY_TOO_LARGE'));
    expect(await api.credits(NOBODY)).toEqual(noSuchUser);
  });
});
