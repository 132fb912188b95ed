import { describe, expect, it } from 'vitest';

import {
  LASTING,
  NOBODY,
  RICH,
  invalidAddress,
  list,
  listed,
  noSuchUser,
  ok,
  startDecentraland,
  startWire,
} from './api.ts';

const enrolled = ok({ data: { status: 'enrolled', optedOutAt: null } });
const unknown = ok({ data: { status: 'not_registered', optedOutAt: null } });
const gone = (optedOutAt: string): object => ok({ data: { status: 'opted_out', optedOutAt } });
const claimed = {
  status: 400,
  body: { error: 'Bad request', message: 'Cannot unregister after claiming credits' },
};
const START = '2026-01-01T00:00:00.000Z';

describe.each([
  ['document', startDecentraland],
  ['wire', startWire],
])('enrolment in the format %s', (_, start) => {
  it('tells a wallet that nobody has registered, one that takes part and one that has left', async () => {
    const api = await start();
    const status = (address: string): Promise<object> => api.call('get', `/users/${address}/status`);
    const leave = async (address: string): Promise<unknown> => {
      const { status: code, text } = await api.app.delete(`/decentraland/users/${address}`);
      return [code, text];
    };
    expect(await status(NOBODY)).toEqual(unknown);
    expect(await api.call('delete', `/users/${NOBODY}`)).toEqual(noSuchUser);
    await api.call('post', '/users', { address: NOBODY });
    expect(await status(NOBODY.toLowerCase())).toEqual(enrolled);
    expect(await leave(NOBODY)).toEqual([204, '']);
    await api.advance('PT1H');
    expect(await leave(NOBODY.toUpperCase().replace('0X', '0x'))).toEqual([204, '']);
    expect(await status(NOBODY)).toEqual(gone(START));
    await api.call('post', '/users', { address: NOBODY });
    expect(await status(NOBODY)).toEqual(enrolled);
  });

  it('enrols whom something is granted, and leaves who has left where they are', async () => {
    const api = await start();
    await api.run('grant', { address: NOBODY, amount: '1' });
    expect(await api.call('get', `/users/${NOBODY}/status`)).toEqual(enrolled);
    await api.app.delete(`/decentraland/users/${NOBODY}`).expect(204);
    await api.run('grant', { address: NOBODY, amount: '1' });
    expect(await api.call('get', `/users/${NOBODY}/status`)).toEqual(gone(START));
  });

  it('lets nobody leave in a week in which they claimed', async () => {
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

  it('looks at the address first', async () => {
    const api = await start();
    expect(await api.call('get', '/users/ada/status')).toEqual(invalidAddress);
    expect(await api.call('delete', '/users/ada')).toEqual(invalidAddress);
  });
});

it('leaves the credits of who has left to be spent', async () => {
  const api = await startDecentraland();
  await api.app.delete(`/decentraland/users/${RICH}`).expect(204);
  expect(await api.credits(RICH)).toEqual(list(12.5, listed(1), listed(2)));
  await api.run('consume', { address: RICH, amount: '10' });
  expect(await api.credits(RICH)).toEqual(list(2.5, listed(2)));
});
