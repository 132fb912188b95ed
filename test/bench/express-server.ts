/** Bare Express 5 as it comes: one route, `express.json()` if a body is read, and `res.json`. Runs in a process of its own. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

import express from 'express';

import type { Route } from './servers.ts';

const { method, path, status, body } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Route;
const content: unknown = body.startsWith('{') ? JSON.parse(body) : undefined;

const app = express();
const answer: express.RequestHandler = (_, response) => {
  if (content === undefined) response.status(status).type('text').send(body);
  else response.status(status).json(content);
};
if (method === 'GET') app.get(path, answer);
else app[method === 'PUT' ? 'put' : 'post'](path, express.json(), answer);

const server = app.listen(0, '127.0.0.1', (error) => {
  if (error) throw error;
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
