/**
 * Bare Express 5 as it comes: one route, `express.json()` where a body is read, and `res.json`. Where it is given no answer,
 * it has that to a GET of a balance. Runs in a process of its own.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

import express from 'express';

interface Ready {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly status: number;
  readonly body: string;
}

const [, , file] = process.argv;
const { method, path, status, body }: Ready =
  file === undefined
    ? { method: 'GET', path: '/users/ada/credits', status: 200, body: '{"credit_balance":700}' }
    : (JSON.parse(readFileSync(file, 'utf8')) as Ready);

const app = express();
const content: unknown = body.startsWith('{') ? JSON.parse(body) : undefined;
const answer: express.RequestHandler = (_, response) => {
  if (content === undefined) response.status(status).type('text').send(body);
  else response.status(status).json(content);
};
if (method === 'GET') app.get(path, answer);
else app[method === 'PUT' ? 'put' : 'post'](path, express.json(), answer);

const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', (error) => {
  if (error) throw error;
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
