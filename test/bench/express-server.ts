/** The baseline: bare Express 5 as it comes, with a `Map` and `res.json`. Runs in a process of its own. */
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

const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', (error) => {
  if (error) throw error;
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
