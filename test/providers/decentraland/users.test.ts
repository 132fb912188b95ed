import { describe, expect } from 'vitest';

import {
  FLAGGED,
  FORMATS,
  LASTING,
  NOBODY,
  RICH,
  ask,
  invalidAddress,
  it,
  list,
  noSuchUser,
  ok,
  refusal,
  signedBy,
  startDecentraland,
  stateOf,
  wireList,
} from './api.ts';

const SIGNED = '0x7777777777777777777777777777777777777777';
const registered = ok({ ok: true });
const addressRequired = refusal(400, 'Address required', 'ADDRESS_REQUIRED');
const START = '2026-01-01T00:00:00.000Z';

describe.each(FORMATS)('registering a user in the format %s', (format, start) => {
  it('makes the list of an unknown user an empty one', async () => {
    const api = await start();
    expect([await api.credits(NOBODY), await api.firstEvent(NOBODY)]).toEqual([noSuchUser, noSuchUser]);
    expect(await api.call('post', '/users', { address: NOBODY })).toEqual(registered);
    const empty = format === 'wire' ? wireList('0', '0') : list(0);
    expect([await api.credits(NOBODY), await api.firstEvent(NOBODY)]).toEqual([empty, empty]);
  });

  it('takes the address that a signed request names, without a body', async () => {
    const api = await start();
    const register = (body?: object) => ask(api, 'post', '/users', signedBy(NOBODY), body);
    expect(await register({ address: SIGNED })).toEqual(registered);
    expect(await api.credits(NOBODY)).toEqual(noSuchUser);
    expect((await api.credits(SIGNED)).status).toBe(200);
    for (const body of [undefined, {}]) expect(await register(body)).toEqual(registered);
    expect((await api.credits(NOBODY)).status).toBe(200);
    expect(await register({ address: 'ada' })).toEqual(invalidAddress);
  });
});

describe('registering a user', () => {
  it('stores the address in lower case and the instant, and an account of 0', async ({ api }) => {
    await api.advance('PT1H');
    const account = NOBODY.toLowerCase();
    // Nothing else of the body counts.
    const body = { address: NOBODY, balance: 100, flag: null };
    expect(await api.call('post', '/users', body)).toEqual(registered);
    expect((await stateOf(api, 'wallets')).at(-1)).toEqual({
      address: account,
      registeredAt: '2026-01-01T01:00:00.000Z',
    });
    const empty = { provider: 'decentraland', tenant: 'decentraland', account, unit: 'wei', balance: '0' };
    expect(await api.control('get', `/accounts?account=${account}`)).toEqual({ accounts: [empty] });
  });

  it('changes nothing for a registered user, in whatever case', async ({ api }) => {
    await api.call('post', '/users', { address: NOBODY });
    await api.advance('PT1H');
    const before = await api.control('get', '/state');
    for (const address of [NOBODY, NOBODY.toLowerCase(), RICH, FLAGGED]) {
      expect(await api.call('post', '/users', { address })).toEqual(registered);
    }
    expect(await api.control('get', '/state')).toEqual(before);
    expect((await api.credits(FLAGGED)).status).toBe(401);
  });

  it('refuses a request that names no address', async ({ api }) => {
    for (const body of [{}, { Address: NOBODY }, { wallet: NOBODY }, undefined]) {
      expect(await api.call('post', '/users', body)).toEqual(addressRequired);
    }
    expect(await api.call('post', `/users?address=${NOBODY}`)).toEqual(addressRequired);
  });

  it.each(['', '{', 'null', '"x"', '{}', '{"payload":1}', '{"payload":"ada"}', `{"payload":["${RICH}"]}`])(
    'refuses a signed request whose first link %j names no address',
    async (link) => {
      const answer = await ask(await startDecentraland(), 'post', '/users', { 'x-identity-auth-chain-0': link });
      expect(answer).toEqual(addressRequired);
    },
  );

  it.each([['ada'], [''], [RICH.slice(0, -1)], [`${RICH}\n`], [`0X${RICH.slice(2)}`], [null], [1], [[RICH]], [{}]])(
    'refuses the address %j',
    async (address) => {
      const api = await startDecentraland();
      const before = await stateOf(api, 'wallets');
      expect(await api.call('post', '/users', { address })).toEqual(invalidAddress);
      expect(await stateOf(api, 'wallets')).toEqual(before);
    },
  );
});

const enrolled = ok({ data: { status: 'enrolled', optedOutAt: null } });
const unknown = ok({ data: { status: 'not_registered', optedOutAt: null } });
const gone = (optedOutAt: string): object => ok({ data: { status: 'opted_out', optedOutAt } });
const claimed = {
  status: 400,
  body: { error: 'Bad request', message: 'Cannot unregister after claiming credits' },
};

describe.each(FORMATS)('enrolment in the format %s', (_, start) => {
  it('distinguishes unknown users, participants and users that have left', async () => {
    const api = await start();
    const status = (address: string): Promise<object> => api.call('get', `/users/${address}/status`);
    const leave = async (address: string): Promise<unknown> => {
      const { status: code, text } = await api.app.delete(`/decentraland/users/${address}`);
      return [code, text];
    };
    expect(await status(NOBODY)).toEqual(unknown);
    expect(await api.call('delete', `/users/${NOBODY}`)).toEqual(noSuchUser);
    // A grant registers the user, and does not bring back one that has left.
    await api.run('grant', { address: NOBODY, amount: '1' });
    expect(await status(NOBODY.toLowerCase())).toEqual(enrolled);
    expect(await leave(NOBODY)).toEqual([204, '']);
    await api.advance('PT1H');
    expect(await leave(NOBODY.toUpperCase().replace('0X', '0x'))).toEqual([204, '']);
    await api.run('grant', { address: NOBODY, amount: '1' });
    expect(await status(NOBODY)).toEqual(gone(START));
    await api.call('post', '/users', { address: NOBODY });
    expect(await status(NOBODY)).toEqual(enrolled);
  });

  it('does not let a user leave in a week in which it claimed', async () => {
    const api = await start();
    await api.run('grant', { address: LASTING, amount: '1', goalId: 'take-a-photo' });
    expect(await api.call('delete', `/users/${LASTING}`)).toEqual(claimed);
    await api.advance('P3D');
    expect(await api.call('delete', `/users/${LASTING}`)).toEqual(claimed);
    // The third week begins.
    await api.advance('P1D');
    await api.app.delete(`/decentraland/users/${LASTING}`).expect(204);
    expect(await api.call('get', `/users/${LASTING}/status`)).toEqual(gone('2026-01-05T00:00:00.000Z'));
  });

  it('checks the address first, and leaves the credits to be spent', async () => {
    const api = await start();
    expect(await api.call('get', '/users/ada/status')).toEqual(invalidAddress);
    expect(await api.call('delete', '/users/ada')).toEqual(invalidAddress);
    const before = await api.credits(RICH);
    await api.app.delete(`/decentraland/users/${RICH}`).expect(204);
    expect(await api.credits(RICH)).toEqual(before);
    expect(await api.run('consume', { address: RICH, amount: '10' })).toMatchObject({ result: { left: '2.5' } });
  });
});
