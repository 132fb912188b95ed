import { send, type Ask } from './ask.ts';
import type { Row } from './row.ts';
import type { Server } from './servers.ts';

/** A request to the path of a provider. */
type Call = Omit<Ask, 'url'> & { readonly path: string };
type Headers = Ask['headers'];

const KLAIM = { Authorization: 'Bearer klaim_test_lantern' };
const GAMEFUSE = { 'authentication-token': 'gamefuse-test-ada' };
const INVETERATE = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const OPENMONETIZE = { Authorization: 'Bearer om_dev_test_key' };
const STRANGER = { Authorization: 'Bearer nobody' };

const ADA = '/users/ada/credits';
const MEMBER = '/v2.0/admin/members/6100000000001/credits';
const WALLET = '/users/0x1111111111111111111111111111111111111111/credits';
const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';

function get(path: string, headers: Headers, status = 200): Call {
  return { path, method: 'GET', headers, status };
}

function write(method: 'POST' | 'PUT', path: string, headers: Headers, body: object, status = 200): Call {
  const typed = { ...headers, 'Content-Type': 'application/json' };
  return { path, method, headers: typed, body: JSON.stringify(body), status };
}

export const getAda = get(ADA, KLAIM);
export const putAda = write('PUT', ADA, KLAIM, { credit_delta: 1 });

/** In `{n}` is another number in each request under load. */
const grant = { customerId: CUSTOMER, amount: 1, idempotencyKey: '{n}' };

/** What clients do most at each provider: its main read, its main write and its refusals. */
export const exchanges: readonly Row[] = [
  exchange('klaim-get', 'Klaim: read a balance', 1.05, getAda),
  exchange('klaim-put', 'Klaim: change a balance', 1.3, putAda),
  exchange('klaim-404', 'Klaim: unknown user, 404', 1.15, get('/users/nobody/credits', KLAIM, 404)),
  exchange('klaim-401', 'Klaim: unknown key, 401', 1.15, get(ADA, STRANGER, 401)),
  exchange('klaim-400', 'Klaim: wrong body, 400', 1.15, write('PUT', ADA, KLAIM, { credit_delta: 'x' }, 400)),
  // It counts the request in the user's record, so it is a change.
  exchange('gamefuse-get', 'GameFuse: read attributes', 1.8, get('/api/v2/users/1/game_user_attributes', GAMEFUSE)),
  exchange(
    'gamefuse-add',
    'GameFuse: add credits',
    1.8,
    write('POST', '/api/v2/users/1/add_credits', GAMEFUSE, { credits: 1 }),
  ),
  exchange('decentraland-get', 'Decentraland: read a wallet', 1.05, get(WALLET, {})),
  exchange('inveterate-get', 'Inveterate: read a ledger, 10 entries', undefined, get(`${MEMBER}?limit=10`, INVETERATE)),
  exchange('inveterate-add', 'Inveterate: add credits', 1.8, write('POST', MEMBER, INVETERATE, { amount: 1 }, 201)),
  exchange('openmonetize-get', 'OpenMonetize: read a balance', 1.05, get('/v1/credits/balance', OPENMONETIZE)),
  exchange(
    'openmonetize-grant',
    'OpenMonetize: grant credits',
    2.3,
    write('POST', '/v1/credits/grant', OPENMONETIZE, grant),
  ),
  exchange('klaim-put-os', 'Klaim: change, --durability os', undefined, putAda, 'os'),
  exchange('klaim-put-fsync', 'Klaim: change, --durability fsync', undefined, putAda, 'fsync'),
];

/** What `node:http` sends by itself. */
const OWN = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);
/** Measurements that do not count: a server is at its speed some ten thousand requests after its start. */
const WARM_UPS = 3;

/** @param id begins with that of the provider */
function exchange(id: string, title: string, aim: number | undefined, call: Call, durability?: 'os' | 'fsync'): Row {
  return {
    id,
    title,
    unit: 'µs',
    ...(aim !== undefined && { aim: { ratio: aim } }),
    prepare: async ({ load, servers }) => {
      const emulator = await servers.emulator(durability && servers.toDataFlags(durability), 'server');
      const ask = toAsk(emulator, id.split('-', 1)[0] ?? '', call);
      const { body, headers } = await send(ask);
      const kept = headers.flatMap((name, at) =>
        at % 2 === 0 && !OWN.has(name.toLowerCase()) ? [name, headers[at + 1] ?? ''] : [],
      );
      const { pathname, search } = new URL(ask.url);
      const route = { method: ask.method, path: pathname, status: ask.status, headers: kept, body };
      const measureOn = (server: Server) => () =>
        load.measureProcessorTime(server, { ...ask, url: new URL(`${pathname}${search}`, server.url).href });
      const sides = {
        bare: measureOn(await servers.answering('http', route, 'server')),
        express: measureOn(await servers.answering('express', route, 'server')),
        ours: () => load.measureProcessorTime(emulator, ask),
      };
      for (let time = 0; time < WARM_UPS; time += 1) {
        for (const measure of Object.values(sides)) await measure();
      }
      return sides;
    },
  };
}

export function toAsk({ providers }: Server, provider: string, { path, ...call }: Call): Ask {
  return { ...call, url: `${providers[provider] ?? ''}${path}` };
}
