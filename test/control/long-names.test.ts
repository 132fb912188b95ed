import { describe, expect } from 'vitest';

import { it, startControl, toAnswer, type Answer } from './api.ts';

/** Far longer than any name; compared with one letter by letter it would take seconds. */
const LONG = 'statu'.repeat(200_000);
/** As long as the head of a request may be. */
const SHORTER = 'x'.repeat(10_000);

describe('the refusal of a wrong name', () => {
  it.for<[string, 'post' | 'put', string, unknown]>([
    ['an unknown field of a rule', 'post', '/faults', { effect: { status: 500 }, [LONG]: 1 }],
    ['an unknown field of an effect', 'post', '/faults', { effect: { [LONG]: 500 } }],
    ['an unknown provider', 'post', '/faults', { provider: LONG, effect: { status: 500 } }],
    ['an unknown operation', 'post', '/faults', { operation: LONG, effect: { status: 500 } }],
    ['an unknown code', 'post', '/faults', { provider: 'klaim', effect: { code: LONG } }],
    ['a header that cannot be', 'post', '/faults', { effect: { status: 500, headers: { [`${LONG}:`]: 'x' } } }],
    ['a header that is not text', 'post', '/faults', { effect: { status: 500, headers: { [LONG]: 1 } } }],
    ['a ttl', 'post', '/faults', { effect: { status: 500 }, ttl: LONG }],
    ['an instant', 'put', '/clock', { now: LONG }],
    ['a duration', 'post', '/clock/advance', { by: LONG }],
    ['an unknown key of a state', 'put', '/state', { [LONG]: {} }],
    ['an unknown field of a section', 'put', '/state', { klaim: { [LONG]: [] } }],
    ['a clock of a state', 'put', '/state', { clock: LONG }],
    ['an argument of a control', 'post', '/controls/klaim/addMember', { [LONG]: 1 }],
  ])('quotes only its beginning: %s', async ([_, method, path, body], { api }) => {
    expectShort(await api[method](path, body));
  });

  it.each([
    ['an unknown path', `/${SHORTER}`],
    ['an unknown parameter', `/requests?${SHORTER}=1`],
    ['a cursor', `/requests?cursor=${SHORTER}`],
    ['a point in a list', `/requests?since=${SHORTER}`],
    ['an unknown exchange', `/requests/${SHORTER}`],
    ['an unknown document', `/specs/${SHORTER}`],
    ['an unknown provider', `/providers/${SHORTER}`],
    ['a path that cannot be read', `/providers/${SHORTER}%`],
  ])('quotes only its beginning: %s', async (_, path) => {
    const api = await startControl();
    expectShort(await api.get(path));
  });

  it.each([
    ['a host', '/_emulator/clock', { Host: `${SHORTER}.example` }],
    ['an origin', '/_emulator/clock', { Origin: SHORTER }],
    ['a sandbox', '/_emulator/clock', { 'X-Emulator-Sandbox': SHORTER }],
    ['a fault that a request asks for', '/klaim/users', { 'X-Emulator-Inject': SHORTER }],
    ['a pair of a fault', '/klaim/users', { 'X-Emulator-Inject': `${SHORTER}=1` }],
    ['a value of a fault', '/klaim/users', { 'X-Emulator-Inject': `status=${SHORTER}` }],
    ['no provider', `/${SHORTER}`, {}],
  ])('quotes only its beginning: %s', async (_, path, headers) => {
    const { agent } = await startControl();
    expectShort(toAnswer(await agent.get(path).set({ ...headers })));
  });

  it('suggests nothing for a long name', async ({ api }) => {
    expect(await api.post('/faults', { provider: LONG, effect: { status: 500 } })).toMatchObject({
      body: { detail: `body/provider: There is no provider "${LONG.slice(0, 100)}…".` },
    });
  });
});

function expectShort({ status, body }: Answer): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(JSON.stringify(body).length).toBeLessThan(1500);
}
