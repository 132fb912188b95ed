import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it, onTestFinished } from 'vitest';

import { createApp } from '../../src/compose/emulator.ts';
import { testLogger } from '../support/log.ts';
import { controlOf, openSocket, startFaulty, toBytes } from '../support/raw-socket.ts';

const CREDITS = '/klaim/users/ada/credits';
const HEADERS = { Authorization: 'Bearer klaim_test_lantern' };
/** More than is read of a body that is too long. */
const TOO_LONG = 'x'.repeat(6_000_000);

it('a hang ends with its client, also where bytes of the request are left that nobody reads', async () => {
  const { url, arm, fired, journal } = await startFaulty({ providers: ['klaim'] });
  await arm({ id: 'hung', effect: { connection: 'hang' } });
  const socket = await openSocket(url);
  socket.send(toBytes('PUT', CREDITS, { headers: HEADERS, body: { text: TOO_LONG } }));
  await expect.poll(() => fired('hung')).toBe(1);
  socket.leave();
  await expect.poll(journal).toMatchObject([{ answer: { status: null, ended: 'never answered; the client left' } }]);
});

it('a slow refusal of a body that is too long ends its connection, as an answer at once does', async () => {
  const { url, arm } = await startFaulty({ providers: ['klaim'] });
  await arm({ id: 'slow', effect: { body: { slow: { bytesPerSecond: 1000 } } } });
  const answer = await fetch(url + CREDITS, { method: 'PUT', headers: HEADERS, body: TOO_LONG });
  expect([answer.status, answer.headers.get('connection'), await answer.json()]).toEqual([
    413,
    'close',
    { message: 'Request Too Long' },
  ]);
});

it('more requests than Node thinks usual may wait on one connection of a server of yours without a word about it', async () => {
  const server = createServer(await createApp({ providers: ['klaim'] }, testLogger));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { url, arm, fired, journal } = controlOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const warnings: string[] = [];
  const warned = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', warned);
  await arm({ id: 'hung', effect: { connection: 'hang' } });
  const socket = await openSocket(url);
  socket.send(toBytes('GET', CREDITS, { headers: HEADERS }).repeat(20));
  await expect.poll(() => fired('hung')).toBe(20);
  socket.leave();
  await expect.poll(async () => (await journal()).length).toBe(20);
  process.off('warning', warned);
  expect(warnings).toEqual([]);
});
