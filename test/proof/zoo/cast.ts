/** A request as a client sends it. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What clients do with one provider, in its own words. */
export interface Part {
  readonly provider: string;
  /** The operation by which something is added. */
  readonly adding: string;
  readonly subject: string;
  /** Adds to the balance of the subject; one that takes where that is negative. */
  readonly add: (amount: number, subject?: string) => Ask;
  /** Shows the balance. */
  readonly read: () => Ask;
  readonly other: string;
  /** What the service refuses whenever it is asked. */
  readonly hopeless: () => Ask;
}

const KLAIM = { Authorization: 'Bearer klaim_test_lantern' };
const PLAYER = { 'authentication-token': 'gamefuse-test-ada' };
const ADMIN = { Authorization: 'Bearer decentraland_admin_token' };
const MERCHANT = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
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
  hopeless: () => ({ method: 'PUT', path: '/users/nobody/credits', body: { credit_delta: 1 }, headers: KLAIM }),
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
  hopeless: () => ({
    method: 'POST',
    path: '/api/v2/users/1/purchase_game_user_store_item',
    body: { store_item_id: 999 },
    headers: PLAYER,
  }),
};

export const decentraland: Part = {
  provider: 'decentraland',
  adding: 'mintCredit',
  subject: WALLET,
  other: '0x2222222222222222222222222222222222222222',
  // Every credit is worth the same.
  add: (amount, subject = WALLET) => ({
    method: 'POST',
    path: '/dev/mint-credit',
    body: { address: subject, reason: `gift ${amount}` },
  }),
  read: () => ({ method: 'GET', path: `/users/${WALLET}/credits` }),
  hopeless: () => ({
    method: 'POST',
    path: `/users/${WALLET}/credits`,
    body: { goalId: 'no-such-goal' },
    headers: ADMIN,
  }),
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
  hopeless: () => ({
    method: 'POST',
    path: '/v2.0/admin/members/6199999999999/credits',
    body: { amount: 1 },
    headers: MERCHANT,
  }),
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
  hopeless: () => ({
    method: 'POST',
    path: '/v1/credits/grant',
    body: { customerId: '550e8400-e29b-41d4-a716-446655440100', amount: 1 },
    headers: CUSTOMER,
  }),
};

/** All of them. */
export const PARTS: readonly Part[] = [klaim, gamefuse, decentraland, inveterate, openmonetize];
