import { describe, expect, it } from 'vitest';

import { LANTERN, startControl, type ControlApi } from '../control/api.ts';

const MERCHANT = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const KEY = { Authorization: 'Bearer om_dev_test_key' };
const CUSTOMER = '550e8400-e29b-41d4-a716-446655440000';
const ADA = '660e8400-e29b-41d4-a716-446655440001';

interface Purchase {
  readonly provider: string;
  readonly operation: string;
  readonly method: 'post' | 'put';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  readonly account: string;
}

const GRANT: Purchase = {
  ...{ provider: 'openmonetize', operation: 'grantCredits', account: ADA },
  ...{ method: 'post', path: '/openmonetize/v1/credits/grant', headers: KEY },
  body: { customerId: CUSTOMER, userId: ADA, amount: 100 },
};

const PURCHASES: readonly Purchase[] = [
  {
    ...{ provider: 'klaim', operation: 'updateUserCredits', account: 'ada' },
    ...{ method: 'put', path: '/klaim/users/ada/credits', headers: LANTERN },
    body: { credit_delta: 100 },
  },
  {
    ...{ provider: 'gamefuse', operation: 'addCredits', account: '1' },
    ...{ method: 'post', path: '/gamefuse/api/v3/users/1/add_credits' },
    headers: { 'authentication-token': 'gamefuse-test-ada' },
    body: { credits: 100 },
  },
  {
    ...{ provider: 'inveterate', operation: 'CreditsController_create', account: '6100000000001' },
    ...{ method: 'post', path: '/inveterate/v2.0/admin/members/6100000000001/credits', headers: MERCHANT },
    body: { amount: 100 },
  },
  GRANT,
];

/** A client that sends a request again when it is told that the service failed. */
async function sendUntilDone(
  { call }: ControlApi,
  { method, path, headers, body }: Purchase,
): Promise<readonly number[]> {
  const statuses: number[] = [];
  while (statuses.length < 5) {
    const { status } = await call(method, path, body, headers);
    statuses.push(status);
    if (status < 500) break;
  }
  return statuses;
}

/** What was added to the account, entry by entry. */
async function listDeltas({ get }: ControlApi, { provider, account }: Purchase): Promise<readonly string[]> {
  const { body } = await get(`/ledger?provider=${provider}&account=${encodeURIComponent(account)}`);
  return (body as { entries: { delta: string }[] }).entries.map(({ delta }) => delta);
}

async function startWith({ provider, operation }: Purchase, rule: object): Promise<ControlApi> {
  const api = await startControl({ providers: [provider] });
  const lost = { id: 'lost', provider, operation, effect: { status: 500 }, times: 1, ...rule };
  expect(await api.post('/faults', lost)).toMatchObject({ status: 201 });
  return api;
}

describe.each(PURCHASES)('a client of $provider that retries $operation without a key', (purchase) => {
  it.each([
    { phase: 'after', times: 1, grants: 2 },
    { phase: 'before', times: 1, grants: 1 },
    { phase: 'after', times: 2, grants: 3 },
  ])('has the credits $grants times after $times failures that came $phase the change', async (lost) => {
    const { phase, times, grants } = lost;
    const api = await startWith(purchase, { phase, times });
    const failures = Array.from({ length: times }, () => 500);
    expect(await sendUntilDone(api, purchase)).toEqual([...failures, expect.toBeOneOf([200, 201])]);
    expect(await listDeltas(api, purchase)).toEqual(Array.from({ length: grants }, () => '100'));
  });
});

describe('a client of OpenMonetize that retries a grant with an idempotency key', () => {
  const keyed: Purchase = { ...GRANT, body: { ...GRANT.body, idempotencyKey: 'order-1' } };

  it.each([1, 3])('has the credits once, however often the answer is lost: %i', async (times) => {
    const api = await startWith(keyed, { phase: 'after', times });
    const statuses = await sendUntilDone(api, keyed);
    expect([statuses[0], statuses.at(-1)]).toEqual([500, 200]);
    expect(await listDeltas(api, keyed)).toEqual(['100']);
    const { body } = await api.get('/ledger');
    expect(body).toMatchObject({ entries: [{ requestId: 'default-1', key: 'order-1' }] });
  });
});
