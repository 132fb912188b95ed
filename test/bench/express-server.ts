/** The baseline: bare Express 5 as it comes, with a `Map` and `res.json`. Runs in a process of its own. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import express from 'express';

const balances = new Map([['ada', 700]]);

const app = express();

app.get('/users/:user_id/credits', (request, response) => {
  const balance = balances.get(request.params.user_id);
  if (balance === undefined) {
    response.status(404).json({ message: 'Can not find user with the given user_id.' });
    return;
  }
  response.json({ message: 'fetch resource successfully', credit_balance: balance });
});

app.put('/users/:user_id/credits', express.json(), (request, response) => {
  const { user_id } = request.params;
  const { credit_delta } = request.body as { readonly credit_delta: number };
  const balance = balances.get(user_id);
  if (balance === undefined) {
    response.status(404).json({ message: 'Can not find user with the given user_id.' });
    return;
  }
  balances.set(user_id, balance + credit_delta);
  response.json({ message: 'resource updated successfully', credit_balance: balance + credit_delta });
});

const players = new Map([
  [
    '1',
    {
      id: 1,
      username: 'ada',
      email: '_appid_1_ada@lantern.example',
      display_email: 'ada@lantern.example',
      credits: 5200,
      score: 1200,
      last_login: '2025-12-20',
      number_of_logins: 3,
      authentication_token: 'gamefuse-test-ada',
      events_total: 40,
      events_current_month: 0,
      game_sessions_total: 3,
      game_sessions_current_month: 0,
    },
  ],
]);

app.post('/api/v2/users/:id/add_credits', express.json(), (request, response) => {
  const player = players.get(request.params.id);
  const { credits = request.query['credits'] } = (request.body ?? {}) as { readonly credits?: unknown };
  if (!player) {
    response.status(401).type('text').send('Request missing user authentication token');
    return;
  }
  player.credits += Number(credits);
  player.events_total += 1;
  player.events_current_month += 1;
  response.json(player);
});

const customers = new Map([['om_dev_test_key', { balance: 10_000n, walletId: randomUUID() }]]);
const grants = new Map<string, object>();

/** Of `Bearer <key>`. */
function findCustomer(authorization: string | undefined): { balance: bigint; walletId: string } | undefined {
  return customers.get(authorization?.slice('Bearer '.length) ?? '');
}

app.get('/v1/credits/balance', (request, response) => {
  const customer = findCustomer(request.get('authorization'));
  if (!customer) {
    response.status(401).json({ error: 'Unauthorized', message: 'Invalid or missing API key' });
    return;
  }
  const balance = String(customer.balance);
  response.json({ data: { balance, reservedBalance: '0', availableBalance: balance, currency: 'credits' } });
});

app.post('/v1/credits/grant', express.json(), (request, response) => {
  const { amount, idempotencyKey } = request.body as { readonly amount: number; readonly idempotencyKey?: string };
  const customer = findCustomer(request.get('authorization'));
  const earlier = idempotencyKey === undefined ? undefined : grants.get(idempotencyKey);
  if (!customer || earlier) {
    response.status(customer ? 200 : 401).json(earlier ?? { error: 'Unauthorized', message: 'Invalid API key' });
    return;
  }
  customer.balance += BigInt(amount);
  const { walletId, balance } = customer;
  const answer = {
    data: { transactionId: randomUUID(), walletId, newBalance: String(balance), amount: String(amount) },
  };
  if (idempotencyKey !== undefined) grants.set(idempotencyKey, answer);
  response.json(answer);
});

interface CreditEntry {
  readonly merchantId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly previousBalance: number;
  readonly newBalance: number;
  readonly reason: string;
  readonly note: string | null;
  readonly appliedBy: null;
  readonly orderId: string | null;
  readonly expirationDate: null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const EARNED = 'EARNED_FROM_PURCHASE';
const REDEEMED = 'CREDIT_REDEMPTION';

/** As the default fixtures have it: amount, reason, note, order, instant. */
const LEDGER: readonly (readonly [number, string, string | null, string | null, string])[] = [
  [10, 'MANUAL', 'Welcome', null, '2025-06-01T09:00:00.000Z'],
  [2.5, EARNED, null, '5000000000101', '2025-06-08T17:20:00.000Z'],
  [3.75, EARNED, null, '5000000000102', '2025-06-21T11:05:00.000Z'],
  [-5, REDEEMED, 'Credit Redemption', '5000000000103', '2025-07-02T08:45:00.000Z'],
  [1.2, EARNED, null, '5000000000103', '2025-07-02T08:45:00.000Z'],
  [5, 'MANUAL', 'Sorry for the late parcel', null, '2025-07-14T13:30:00.000Z'],
  [4, EARNED, null, '5000000000104', '2025-08-03T19:10:00.000Z'],
  [-2, 'MANUAL', 'Granted twice', null, '2025-08-04T07:55:00.000Z'],
  [2.25, EARNED, null, '5000000000105', '2025-09-12T16:00:00.000Z'],
  [20, 'MANUAL', 'Birthday', null, '2025-10-05T09:00:00.000Z'],
  [-10, REDEEMED, 'Credit Redemption', '5000000000106', '2025-10-19T20:40:00.000Z'],
  [10.8, EARNED, null, '5000000000106', '2025-10-19T20:40:00.000Z'],
];

/** Of a member, oldest first. */
const ledgers = new Map<string, CreditEntry[]>([['6100000000001', []]]);
for (const [amount, reason, note, orderId, createdAt] of LEDGER) {
  post('6100000000001', { amount, reason, note, orderId, createdAt });
}

/** Appends an entry. Balances are rounded to cents. */
function post(
  customerId: string,
  row: Pick<CreditEntry, 'amount' | 'reason' | 'note' | 'orderId' | 'createdAt'>,
): boolean {
  const entries = ledgers.get(customerId);
  if (!entries) return false;
  const { amount, reason, note, orderId, createdAt } = row;
  const previousBalance = entries.at(-1)?.newBalance ?? 0;
  const newBalance = Math.round((previousBalance + amount) * 100) / 100;
  entries.push({
    merchantId: 'lumen-tea',
    customerId,
    amount,
    previousBalance,
    newBalance,
    reason,
    note,
    appliedBy: null,
    orderId,
    expirationDate: null,
    createdAt,
    updatedAt: createdAt,
  });
  return true;
}

app.get('/v2.0/admin/members/:id/credits', (request, response) => {
  const { id } = request.params;
  const entries = ledgers.get(id);
  if (!entries) {
    response.status(400).json({ message: 'Customer not found', data: {} });
    return;
  }
  const size = Math.min(Number(request.query['limit'] ?? entries.length), entries.length);
  const credits = entries.slice(entries.length - size).reverse();
  const last = size < entries.length ? credits.at(-1) : undefined;
  const sequence = entries.length - size + 1;
  const lastCreditEntry = last && JSON.stringify({ customerId: id, entry: `${last.createdAt}#${sequence}` });
  response.json({ message: 'Credits found', data: { credits, redemption: null, lastCreditEntry } });
});

app.post('/v2.0/admin/members/:id/credits', express.json(), (request, response) => {
  const { amount, note = null } = request.body as { readonly amount: number; readonly note?: string };
  const row = { amount, reason: 'MANUAL', note, orderId: null, createdAt: new Date().toISOString() };
  if (post(request.params.id, row)) response.status(201).json({ message: 'Credits submitted', data: {} });
  else response.status(400).json({ message: 'Customer not found', data: {} });
});

const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', (error) => {
  if (error) throw error;
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
