import { expect, it } from 'vitest';

import { LANTERN, startControl, type ControlApi } from '../control/api.ts';
import { startEmulator } from '../support/emulator.ts';
import { sendRaw } from '../support/raw.ts';
import { cloakroom } from '../support/cloakroom.ts';
import { tally } from '../support/providers.ts';

/** With one rule that answers 503. */
async function startWith(rule: object): Promise<ControlApi> {
  const api = await startControl({ providers: [tally, cloakroom, 'klaim', 'gamefuse'] });
  expect(await api.post('/faults', { id: 'rule', effect: { status: 503 }, ...rule })).toMatchObject({ status: 201 });
  return api;
}

/** Method and path, the expected status, and what is sent; with Klaim's key unless other headers are named. */
type Ask = readonly [
  request: string,
  status: number,
  body?: object | string | undefined,
  headers?: Readonly<Record<string, string>>,
];

const add = (name: string, by: number, status: number): Ask => [`POST /tally/counters/${name}/add`, status, { by }];
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const PARTS = { 'Content-Type': 'multipart/form-data; boundary=limit' };
const toParts = (by: number): string =>
  `--limit\r\nContent-Disposition: form-data; name="by"\r\n\r\n${by}\r\n--limit--\r\n`;
const GAMEFUSE = { 'authentication-token': 'gamefuse-test-ada' };
const GUEST = { 'X-Guest': 'ada' };

const RULES: Readonly<Record<string, readonly [rule: object, ...asks: readonly Ask[]]>> = {
  'the operation that it names and no other': [
    { provider: 'tally', operation: 'addToCounter' },
    ['GET /tally/counters/a', 404],
    add('a', 1, 503),
  ],
  'each of the operations that it names': [
    { operation: ['addToCounter', 'listUsers'] },
    add('a', 1, 503),
    ['GET /klaim/users', 503],
    ['GET /klaim/users/ada', 200],
    // An unknown route has no operation.
    ['GET /tally/nothing', 404],
    ['GET /tally/counters/a/nothing', 404],
  ],
  'every operation and unknown route of the provider that it names, and none of another': [
    { provider: 'tally' },
    ['GET /tally/counters/a', 503],
    ['GET /tally/nothing', 503],
    ['GET /klaim/users', 200],
    ['GET /klaim/nothing', 404],
  ],
  'unknown routes of every provider, but none of no provider': [
    {},
    ['GET /tally/nothing', 503],
    ['GET /klaim/nothing', 503],
    ['GET /nobody', 404],
    ['GET /', 200],
  ],
  'an operation that is not written': [{ operation: 'getForecast' }, ['GET /tally/forecasts/monday', 503]],
  'both versions of an operation by the same name': [
    { operation: 'addCredits' },
    ['POST /gamefuse/api/v2/users/1/add_credits', 503, { credits: 1 }, GAMEFUSE],
    ['POST /gamefuse/api/v3/users/1/add_credits', 503, { credits: 1 }, GAMEFUSE],
  ],
  'the subject in the path, before a client is authenticated': [
    { match: { subject: 'ada' } },
    add('benoit', 1, 200),
    add('ada', 1, 503),
    ['GET /klaim/users/ada/credits', 503],
    ['GET /klaim/users/ada', 503, undefined, {}],
    ['GET /klaim/users/benoit', 401, undefined, {}],
    ['GET /tally/nothing/ada', 404],
  ],
  'the decoded subject': [
    { provider: 'klaim', match: { subject: 'chiyo@lantern.example' } },
    ['GET /klaim/users/chiyo%40lantern.example', 503],
  ],
  'the path as the real service sees it, without the prefixes of the emulator': [
    { match: { path: '/users/*/credits' }, provider: 'klaim' },
    ['GET /klaim/users/ada/credits?a=b', 503],
    ['GET /_sandbox/default/klaim/users/ada/credits?a=b', 503],
    ['GET /klaim/users/ada', 200],
  ],
  'the path with the root and with slashes as the real service counts them': [
    { provider: 'gamefuse', match: { path: '/api/v2/games/*' } },
    ['GET /gamefuse/api/v2/games/verify', 503],
    ['GET /gamefuse/api/v2//games/verify', 503],
    ['GET /gamefuse/api/v3/games/verify', 401],
  ],
  'fields of the query, also those that the document does not name': [
    { match: { query: { why: 'test', page: '2' } } },
    ['GET /tally/counters/a?why=test', 404],
    ['GET /tally/counters/a?page=2&why=test&x=1', 503],
    ['GET /tally/nothing?page=2&why=test', 503],
  ],
  'headers, whatever their case': [
    { match: { headers: { 'x-CLIENT': 'app' } } },
    ['GET /tally/counters/a', 404, undefined, { 'X-Client': 'web' }],
    ['GET /tally/counters/a', 503, undefined, { 'X-Client': 'app' }],
  ],
  'fields of a body in JSON, of a form or of several parts, but not if the document gives no body': [
    { match: { body: { by: 5 } } },
    add('a', 4, 200),
    add('a', 5, 503),
    ['GET /tally/counters/a', 200],
    ['POST /tally/echo', 200, 'by=4', FORM],
    ['POST /tally/echo', 503, 'by=5', FORM],
    ['POST /tally/echo', 200, toParts(4), PARTS],
    ['POST /tally/echo', 503, toParts(5), PARTS],
    ['POST /tally/counters/a/spill', 500, { by: 5 }],
  ],
  'parameters from anywhere if the service merges them': [
    { provider: 'cloakroom', match: { subject: 'hat', body: { color: 'red' } } },
    ['POST /cloakroom/v1/echo/hat', 503, { color: 'red' }, GUEST],
    ['POST /cloakroom/v1/echo/hat', 200, { color: 'blue' }, GUEST],
  ],
  'a method that the path does not have': [
    { provider: 'tally', match: { method: 'patch' } },
    ['PATCH /tally/counters/a', 503],
    ['PUT /tally/counters/a', 405],
  ],
  'HEAD as a method of its own': [
    { provider: 'klaim', match: { method: 'GET' } },
    ['HEAD /klaim/users', 200],
    ['GET /klaim/users', 503],
  ],
};

it.each(Object.entries(RULES))('a rule meets %s', async (_, [rule, ...asks]) => {
  const { agent, get } = await startWith(rule);
  const statuses: unknown[] = [];
  for (const [request, , body, headers = LANTERN] of asks) {
    const [method = '', path = ''] = request.split(' ');
    const { status } = await agent[method.toLowerCase() as 'post'](path).set(headers).send(body);
    statuses.push([request, status]);
  }
  expect(statuses).toEqual(asks.map(([request, status]) => [request, status]));
  const fired = asks.filter(([, status]) => status === 503).length;
  expect(await get('/faults/rule')).toMatchObject({ body: { fired } });
});

it('a rule meets nothing in a body that cannot be read, which is refused later', async () => {
  const { agent, get } = await startWith({ match: { body: { by: 5 } } });
  const answers = [];
  for (const [type, body] of [
    ['application/json', '{"by":5'],
    ['application/xml', '<by>5</by>'],
    ['application/json', `{"by":5,"memo":"${'x'.repeat(100_000)}"}`],
  ] as const) {
    const response = await agent.post('/tally/counters/a/add').set('Content-Type', type).send(body);
    answers.push([response.status, response.body as unknown]);
  }
  expect(answers).toEqual([
    [400, { error: 'parse' }],
    [400, { error: 'parse' }],
    [413, { error: 'tooLarge' }],
  ]);
  expect(await get('/faults/rule')).toMatchObject({ body: { fired: 0 } });
});

it('an unknown route is one also if its path cannot be decoded', async () => {
  const { url } = await startEmulator({ providers: [tally], providerPorts: false });
  await fetch(`${url}/_emulator/faults`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ match: { path: '/counters/*' }, effect: { status: 503 } }),
  });
  const answer = await sendRaw(url, 'GET /tally/counters/%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  expect([answer.status, answer.body]).toEqual([503, '{"error":"injected"}']);
});
