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

const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', (error) => {
  if (error) throw error;
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
