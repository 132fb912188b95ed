/** A request as a client sends it. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON; a string as it is. */
  readonly body?: object | string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The requests that test clients send to one provider. */
export interface Part {
  readonly provider: string;
  /** The operation of `add`. */
  readonly adding: string;
  readonly subject: string;
  /** Adds to the balance of the subject; a negative amount takes from it. */
  readonly add: (amount: number, subject?: string) => Ask;
  /** Shows the balance. */
  readonly read: () => Ask;
  readonly other: string;
  /** A write that the service always refuses. */
  readonly hopeless: (amount?: number) => Ask;
  /** Shows the balance of the other subject. */
  readonly readOther: () => Ask;
  /** A read that the service always refuses. */
  readonly hopelessRead: () => Ask;
  /** Another operation that changes the subject. */
  readonly write: () => Ask;
  /** Adds to a balance of another tenant. Only for services with tenants. */
  readonly addElsewhere?: (amount: number) => Ask;
  /** Writes with an invalid credential. */
  readonly intrude: (credential: string) => Ask;
}

const KLAIM = { Authorization: 'Bearer klaim_test_lantern' };
const PLAYER = { 'authentication-token': 'gamefuse-test-ada' };
const ADMIN = { Authorization: 'Bearer decentraland_admin_token' };
const MERCHANT = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const HARBOR = '550e8400-e29b-41d4-a716-446655440100';
const LANTERN = '550e8400-e29b-41d4-a716-446655440000';
const CUSTOMER = { Authorization: 'Bearer om_dev_test_key', 'x-api-key': 'om_dev_test_key' };
const WALLET = '0x1111111111111111111111111111111111111111';

export const klaim: Part = {
  provider: 'klaim',
  adding: 'updateUserCredits',
  subject: 'ada',
  other: 'benoit',
  add: (amount, subject = 'ada') => ({
    method: 'PUT',
    path: `/users/${subject}/credits`,
    body: { credit_delta: amount },
    headers: KLAIM,
  }),
  read: () => ({ method: 'GET', path: '/users/ada/credits', headers: KLAIM }),
  hopeless: (amount = 1) => ({
    ...{ method: 'PUT', path: '/users/nobody/credits', headers: KLAIM },
    body: { credit_delta: amount },
  }),
  readOther: () => ({ method: 'GET', path: '/users/benoit/credits', headers: KLAIM }),
  hopelessRead: () => ({ method: 'GET', path: '/users/nobody/credits', headers: KLAIM }),
  write: () => ({ method: 'PUT', path: '/users/ada', body: { name: 'Ada' }, headers: KLAIM }),
  addElsewhere: (amount) => ({ ...klaim.add(amount, 'finn'), headers: { Authorization: 'Bearer klaim_test_harbor' } }),
  intrude: (credential) => ({ ...klaim.add(1), headers: { Authorization: `Bearer ${credential}` } }),
};

export const gamefuse: Part = {
  provider: 'gamefuse',
  adding: 'addCredits',
  subject: '1',
  other: '2',
  add: (amount) => ({
    method: 'POST',
    path: '/api/v2/users/1/add_credits',
    body: { credits: amount },
    headers: PLAYER,
  }),
  read: () => ({ method: 'GET', path: '/api/v2/users/1/game_user_store_items', headers: PLAYER }),
  hopeless: (amount = 1) => ({
    ...{ method: 'POST', path: '/api/v2/users/1/purchase_game_user_store_item', headers: PLAYER },
    body: { store_item_id: 998 + amount },
  }),
  readOther: () => ({
    ...{ method: 'GET', path: '/api/v2/users/2/game_user_store_items' },
    headers: { 'authentication-token': 'gamefuse-test-benoit' },
  }),
  hopelessRead: () => ({ method: 'GET', path: '/api/v2/users/1/game_user_store_items' }),
  write: () => ({ method: 'POST', path: '/api/v2/users/1/add_score', body: { score: 1 }, headers: PLAYER }),
  addElsewhere: (amount) => ({
    ...{ method: 'POST', path: '/api/v2/users/4/add_credits', body: { credits: amount } },
    headers: { 'authentication-token': 'gamefuse-test-harbor-ada' },
  }),
  intrude: (credential) => ({ ...gamefuse.add(1), headers: { 'authentication-token': credential } }),
};

export const decentraland: Part = {
  provider: 'decentraland',
  adding: 'mintCredit',
  subject: WALLET,
  other: '0x2222222222222222222222222222222222222222',
  // All credits have the same value.
  add: (amount, subject = WALLET) => ({
    method: 'POST',
    path: '/dev/mint-credit',
    body: { address: subject, reason: `gift ${amount}` },
  }),
  read: () => ({ method: 'GET', path: `/users/${WALLET}/credits` }),
  hopeless: (amount = 1) => ({
    ...{ method: 'POST', path: `/users/${WALLET}/credits`, headers: ADMIN },
    body: { goalId: `no-such-goal-${amount}` },
  }),
  readOther: () => ({ method: 'GET', path: '/users/0x2222222222222222222222222222222222222222/credits' }),
  hopelessRead: () => ({ method: 'GET', path: '/users/nonsense/credits' }),
  write: () => ({ method: 'POST', path: '/dev/mint-usd', body: { address: WALLET, usdCents: 5 } }),
  intrude: (credential) => ({ ...decentraland.hopeless(), headers: { Authorization: `Bearer ${credential}` } }),
};

export const inveterate: Part = {
  provider: 'inveterate',
  adding: 'CreditsController_create',
  subject: '6100000000001',
  other: '6100000000002',
  add: (amount, subject = '6100000000001') => ({
    method: 'POST',
    path: `/v2.0/admin/members/${subject}/credits`,
    body: { amount },
    headers: MERCHANT,
  }),
  read: () => ({ method: 'GET', path: '/v2.0/admin/members/6100000000001/credits', headers: MERCHANT }),
  hopeless: (amount = 1) => ({
    ...{ method: 'POST', path: '/v2.0/admin/members/6199999999999/credits', headers: MERCHANT },
    body: { amount },
  }),
  readOther: () => ({ method: 'GET', path: '/v2.0/admin/members/6100000000002/credits', headers: MERCHANT }),
  hopelessRead: () => ({ method: 'GET', path: '/v2.0/admin/members/6199999999999/credits', headers: MERCHANT }),
  write: () => ({
    ...{ method: 'PUT', path: '/v2.0/admin/members/6100000000001', headers: MERCHANT },
    body: { firstName: 'Adaeze', lastName: 'Okafor', notes: 'written', phoneNumber: '+1 555 0100' },
  }),
  addElsewhere: (amount) => ({
    ...inveterate.add(amount, '7200000000001'),
    headers: { 'X-Inveterate-Api-Key': 'inveterate_test_ridge' },
  }),
  intrude: (credential) => ({ ...inveterate.add(1), headers: { 'X-Inveterate-Api-Key': credential } }),
};

export const openmonetize: Part = {
  provider: 'openmonetize',
  adding: 'grantCredits',
  subject: '660e8400-e29b-41d4-a716-446655440001',
  other: '660e8400-e29b-41d4-a716-446655440002',
  add: (amount, subject = '660e8400-e29b-41d4-a716-446655440001') => ({
    method: 'POST',
    path: '/v1/credits/grant',
    body: { customerId: LANTERN, userId: subject, amount },
    headers: CUSTOMER,
  }),
  read: () => ({
    method: 'GET',
    path: `/v1/customers/${LANTERN}/users/660e8400-e29b-41d4-a716-446655440001/credits`,
    headers: CUSTOMER,
  }),
  hopeless: (amount = 1) => ({
    ...{ method: 'POST', path: '/v1/credits/grant', headers: CUSTOMER },
    body: { customerId: '550e8400-e29b-41d4-a716-446655440100', amount },
  }),
  readOther: () => ({
    ...{ method: 'GET', headers: CUSTOMER },
    path: `/v1/customers/${LANTERN}/users/660e8400-e29b-41d4-a716-446655440002/credits`,
  }),
  hopelessRead: () => ({
    ...{ method: 'GET', headers: CUSTOMER },
    path: `/v1/customers/${LANTERN}/users/660e8400-e29b-41d4-a716-446655440999/credits`,
  }),
  write: () => ({
    ...{ method: 'POST', path: '/v1/credits/purchase', headers: CUSTOMER },
    body: { customerId: LANTERN, userId: '660e8400-e29b-41d4-a716-446655440001', amount: 5, purchasePrice: 1 },
  }),
  addElsewhere: (amount) => ({
    ...{ method: 'POST', path: '/v1/credits/grant', body: { customerId: HARBOR, amount } },
    headers: { Authorization: 'Bearer om_dev_harbor_key', 'x-api-key': 'om_dev_harbor_key' },
  }),
  intrude: (credential) => ({
    ...openmonetize.add(1),
    headers: { Authorization: `Bearer ${credential}`, 'x-api-key': credential },
  }),
};

/** Usage events of OpenMonetize, which burn credits a little later. */
export const EVENTS = {
  /** An event that costs nothing, with its own id. */
  item: (number: number, fields: object = {}): object => ({
    event_id: `3f6d2b54-7a1e-4f0c-9b1d-5a2c8e7f${String(number).padStart(4, '0')}`,
    customer_id: LANTERN,
    user_id: openmonetize.subject,
    event_type: 'API_CALL',
    feature_id: 'chat',
    timestamp: '2026-01-01T00:00:00.000Z',
    metadata: {},
    ...fields,
  }),
  ingest: (...events: readonly object[]): Ask => ({
    ...{ method: 'POST', path: '/v1/events/ingest', headers: CUSTOMER },
    body: { events },
  }),
};

/** One for each bundled provider. */
export const PARTS: readonly Part[] = [klaim, gamefuse, decentraland, inveterate, openmonetize];
