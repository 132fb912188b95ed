import { describe, expect, it } from 'vitest';

import { Failure } from '../../../src/core/wire/failure.ts';
import type { Provider } from '../../../src/core/provider/provider.ts';
import type { Credentials } from '../../../src/core/provider/call.ts';
import { startControl, toAnswer, type Answer, type ControlApi } from '../../control/api.ts';
import { cloakroom } from '../../support/cloakroom.ts';
import { START, startApp } from '../../support/emulator.ts';
import { tally } from '../../support/providers.ts';
import { takeLogged } from '../../support/log.ts';

const ADA = { 'X-Guest': 'ada' };

async function start(provider: Provider = cloakroom): Promise<ControlApi> {
  return startControl({ providers: [provider] });
}

/** Cloakroom, and what its `authenticate` was given, call by call. */
function watchCredentials(): { readonly watched: Provider; readonly given: Credentials[] } {
  const given: Credentials[] = [];
  const watched: Provider = {
    ...cloakroom,
    authenticate: (credentials, context) => {
      given.push(credentials);
      return cloakroom.authenticate(credentials, context);
    },
  };
  return { watched, given };
}

async function takeTicket({ agent }: ControlApi, ending: string): Promise<Answer> {
  return toAnswer(await agent.get(`/cloakroom/v1/tickets/coat?ending=${ending}`).set(ADA));
}

/** The whole state of Cloakroom. */
async function stateOf({ get }: ControlApi): Promise<unknown> {
  const { body } = await get('/state');
  return body;
}

function state(guests: readonly object[], tickets: readonly object[], counters: object = {}): object {
  const emulator = { randomSeed: 1, counters, due: [], rules: [], fired: {}, windows: [] };
  return { clock: START, cloakroom: { guests, tickets }, emulator };
}

/** That a ticket of each kind has its number from. */
const COUNTED = { 'ids cloakroom/coat': 1 };

const TICKET = { kind: 'coat', number: 1, holder: 'ada' };

describe('authenticate', () => {
  it('is given all that came, the operation and the base path', async () => {
    const { watched, given } = watchCredentials();
    const { agent } = await start(watched);
    const sent = agent.post('/cloakroom/v2/echo/path?color=red&other=x').set(ADA).send({ size: 5, free: 'y' });
    expect((await sent).status).toBe(200);
    expect(given).toEqual([
      {
        credential: 'ada',
        headers: expect.objectContaining({ 'x-guest': 'ada', 'content-type': 'application/json' }) as unknown,
        operationId: 'echoAll',
        method: 'POST',
        url: '/v2/echo/path?color=red&other=x',
        basePath: '/v2',
        path: { name: 'path' },
        query: { color: 'red' },
        body: { size: 5, free: 'y' },
        params: { name: 'path', color: 'red', size: 5, free: 'y' },
      },
    ]);
  });

  it('is given no credential where there is none, and the credential without the name of a sandbox', async () => {
    const { watched, given } = watchCredentials();
    const { agent } = await start(watched);
    await agent.get('/cloakroom/v1/tickets/coat');
    await agent.get('/cloakroom/v1/tickets/coat').set('X-Guest', 'ada~one');
    expect(given.map(({ credential }) => credential)).toEqual([undefined, 'ada']);
  });

  it('is asked before parameters are validated, where the provider says so', async () => {
    const { agent } = await start();
    expect(toAnswer(await agent.get('/cloakroom/v1/tickets/hat'))).toEqual({
      status: 401,
      body: { error: 'unauthenticated', basePath: '/v1' },
    });
  });

  it('is asked for a HEAD, too', async () => {
    const { watched, given } = watchCredentials();
    const { agent } = await start(watched);
    const statuses = [
      (await agent.head('/cloakroom/v1/tickets/coat')).status,
      (await agent.head('/cloakroom/v1/tickets/coat').set(ADA)).status,
    ];
    expect([statuses, given.map(({ operationId }) => operationId)]).toEqual([
      [401, 200],
      ['takeTicket', 'takeTicket'],
    ]);
  });
});

describe('an operation that the document opens to everybody', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['no credential', {}],
    ['a credential', ADA],
    ['the credential of a sandbox', { 'X-Guest': 'ada~one' }],
  ])('has no principal, whoever calls with %s', async (_, headers) => {
    const { watched, given } = watchCredentials();
    const { agent } = await start(watched);
    const response = await agent.get('/cloakroom/v1/sign').set(headers);
    expect(toAnswer(response)).toEqual({ status: 200, body: { basePath: '/v1', guest: null, params: {} } });
    expect(given).toEqual([]);
  });

  it('admits nobody', async () => {
    const api = await start();
    await api.agent.get('/cloakroom/v1/sign').set(ADA);
    expect(await stateOf(api)).toEqual(state([], []));
  });
});

describe('admit', () => {
  it('is no change of the operation, after which a fault would come', async () => {
    const api = await start();
    await api.post('/faults', { phase: 'after', effect: { status: 503 } });
    const ask = async (path: string): Promise<number> =>
      (await api.agent.get(`/cloakroom/v1${path}`).set({ 'X-Guest': 'ada' })).status;
    expect(await ask('/echo/path?color=red')).toBe(200);
    expect(await ask('/tickets/coat')).toBe(503);
  });

  it('gives the operation its principal, each time anew', async () => {
    const api = await start();
    expect([await takeTicket(api, 'kept'), await takeTicket(api, 'kept')]).toEqual([
      { status: 200, body: { kind: 'coat', number: 1, guest: { name: 'ada', visits: 1 } } },
      { status: 200, body: { kind: 'coat', number: 2, guest: { name: 'ada', visits: 2 } } },
    ]);
  });

  it('writes in the transaction of the operation', async () => {
    const api = await start();
    await takeTicket(api, 'kept');
    const change = { provider: 'cloakroom', before: null };
    expect((await api.get('/requests/default-1')).body).toMatchObject({
      changes: [
        { ...change, collection: 'guests', key: 'ada', after: { name: 'ada', visits: 1 } },
        { ...change, collection: 'tickets', key: 'coat 1', after: TICKET },
      ],
    });
  });

  it('keeps nothing where the operation refuses', async () => {
    const api = await start();
    expect(await takeTicket(api, 'refused')).toEqual({ status: 409, body: { error: 'NO_ROOM', basePath: '/v1' } });
    expect(await stateOf(api)).toEqual(state([], []));
  });

  it('keeps nothing where the operation breaks', async () => {
    const api = await start();
    expect((await takeTicket(api, 'broken')).status).toBe(500);
    expect(takeLogged()).toHaveLength(1);
    expect(await stateOf(api)).toEqual(state([], []));
  });

  it('keeps what it wrote where the operation fails and commits', async () => {
    const api = await start();
    expect(await takeTicket(api, 'torn')).toEqual({ status: 410, body: { error: 'TORN', basePath: '/v1' } });
    expect(await stateOf(api)).toEqual(state([{ name: 'ada', visits: 1 }], [TICKET], COUNTED));
  });

  it('keeps nothing for a HEAD, which tells all the same what a GET would', async () => {
    const api = await start();
    const head = await api.agent.head('/cloakroom/v1/tickets/coat').set(ADA);
    expect(await stateOf(api)).toEqual(state([], []));
    const full = await api.agent.get('/cloakroom/v1/tickets/coat').set(ADA);
    expect([head.status, head.headers['content-length']]).toEqual([200, full.headers['content-length']]);
    expect(await stateOf(api)).toEqual(state([{ name: 'ada', visits: 1 }], [TICKET], COUNTED));
  });

  it('is not asked about a request that is refused before', async () => {
    const api = await start();
    await api.agent.get('/cloakroom/v1/tickets/hat').set(ADA);
    await api.agent.get('/cloakroom/v1/tickets/coat');
    expect(await stateOf(api)).toEqual(state([], []));
  });

  it('may refuse, and keeps nothing either', async () => {
    const strict: Provider = {
      ...cloakroom,
      admit: (context) => {
        const guest = cloakroom.admit?.(context);
        if (guest) throw new Failure({ kind: 'refused', code: 'NO_ROOM' });
        return context.principal;
      },
    };
    const api = await start(strict);
    expect(await takeTicket(api, 'kept')).toEqual({ status: 409, body: { error: 'NO_ROOM', basePath: '/v1' } });
    expect(await stateOf(api)).toEqual(state([], []));
  });
});

it('is asked for where the document says nothing of security', async () => {
  const agent = await startApp({ providers: [tally] });
  expect((await agent.get('/tally/counters/a').set('Authorization', 'wrong')).status).toBe(401);
});
