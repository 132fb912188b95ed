import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import type { Bundle, BundledRequest } from '../../../src/bundles/bundle.ts';
import { START, startEmulator } from '../../support/emulator.ts';
import { createFolder } from '../../support/folder.ts';
import { Receiver } from '../../support/receiver.ts';
import { compare, serve, serveStandIn } from './stand-in.ts';

const SEEDED = { Authorization: 'Bearer klaim_test_lantern' };

/** The file of a bundle of a client that read, wrote and read again. */
async function save({ redact = false } = {}): Promise<string> {
  const { url, sandbox } = await startEmulator({ providers: ['klaim', 'decentraland'], providerPorts: false });
  const send = async (method: string, path: string, body?: string): Promise<void> => {
    const headers = { ...SEEDED, ...(body !== undefined && { 'Content-Type': 'application/json' }) };
    await (await fetch(`${url}${path}`, { method, headers, body: body ?? null })).text();
  };
  await sandbox().faults.add({ provider: 'klaim', operation: 'getUser', effect: { status: 500 } });
  await send('GET', '/klaim/users/ada/credits');
  await send('PUT', '/klaim/users/ada/credits', '{"credit_delta":5}');
  await send('GET', '/klaim/users/ada/credits');
  await send('HEAD', '/klaim/users/ada');
  await send('GET', '/klaim/users/nobody');
  await send('GET', '/klaim/nowhere');
  await send('GET', '/klaim/users?api_key=klaim_test_lantern');
  await send('GET', '/decentraland/seasons');
  const file = join(createFolder(), 'bundle.json');
  await writeFile(file, JSON.stringify(await sandbox().bundle({ redact })));
  return file;
}

/** The same file with its requests changed. */
async function edit(file: string, change: (request: BundledRequest) => readonly object[]): Promise<string> {
  const bundle = JSON.parse(await readFile(file, 'utf8')) as Bundle;
  const chapters = bundle.chapters.map((chapter) => ({
    ...chapter,
    items: chapter.items.flatMap((item) => (item.kind === 'request' ? change(item) : [item])),
  }));
  await writeFile(file, JSON.stringify({ ...bundle, chapters }));
  return file;
}

/** A service that knows nobody, and what it is asked. */
async function serveNothing(body = '{}'): Promise<{ target: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const target = await serve((request, response) => {
    asked.push(request);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  });
  return { target, asked };
}

it("a bundle's reads are sent as they were, each once, and its writes and the rules that were armed play no part", async () => {
  const bundle = await save();
  const { url, sandbox } = await startEmulator({ providers: ['klaim'], providerPorts: false });
  const report = await compare({ provider: 'klaim', target: `${url}/klaim`, bundle });
  expect(report).toMatchObject({
    ...{ compared: 4, same: 4, differences: [], unanswered: [], repeated: 1 },
    passedOver: [{ request: 'GET /nowhere', reason: 'the document has no such operation' }],
    answers: [
      { operation: 'getUserCredits', status: 200, reads: 1, differing: 0, otherValues: 0 },
      { operation: 'getUser', status: 404, reads: 1, differing: 0, otherValues: 0 },
      { operation: 'listUsers', status: 200, reads: 1, differing: 0, otherValues: 0 },
    ],
  });
  const { requests } = await sandbox().requests.list();
  expect(requests.map(({ method, url: path }) => `${method} ${path}`).reverse()).toEqual([
    ...['GET /users/ada/credits', 'HEAD /users/ada', 'GET /users/nobody', 'GET /users?api_key=[redacted]'],
  ]);
});

it('ours answers from the state that the bundle began with', async () => {
  const bundle = await save();
  const { url } = await startEmulator({ providers: ['klaim'], providerPorts: false });
  const target = await serveStandIn(`${url}/klaim`, {
    headers: SEEDED,
    plant: (_, answer) => ({ ...answer, body: answer.body.replace('"credit_balance":700', '"credit_balance":705') }),
  });
  const { differences } = await compare({ provider: 'klaim', target, bundle, headers: ['Authorization: Bearer live'] });
  expect(differences.filter(({ operation }) => operation === 'getUserCredits')).toMatchObject([
    { where: 'body/credit_balance', kind: 'value', ours: 700, theirs: 705 },
  ]);
});

it('reads whose secrets were taken out are not sent, and one provider is not in the bundle of others', async () => {
  const bundle = await save({ redact: true });
  let asked = 0;
  const target = await serve((_, response) => {
    asked += 1;
    response.end();
  });
  const report = await compare({ provider: 'klaim', target, bundle });
  expect([asked, report.compared, new Set(report.passedOver.map(({ reason }) => reason))]).toEqual([
    ...[0, 0, new Set(['its secrets were taken out'])],
  ]);
  await expect(compare({ provider: 'gamefuse', target, bundle })).rejects.toThrow(
    'There is nothing of "gamefuse" in the bundle. It has klaim, decentraland.',
  );
});

it('reads whose URLs lead elsewhere than they say are not sent', async () => {
  const urls = ['/users/%2e%2e/credits', '/users/../credits', '/users/..%2fcredits/credits', '/users/..%5cada'];
  const bundle = await edit(await save(), (request) => urls.map((url) => ({ ...request, method: 'GET', url })));
  const { target, asked } = await serveNothing();
  const { compared, passedOver } = await compare({ provider: 'klaim', target: `${target}/base`, bundle });
  expect([asked.length, compared]).toEqual([0, 0]);
  expect(passedOver.map(({ request, reason }) => [request, reason])).toEqual(
    urls.map((url) => [
      `GET ${url}`,
      url.startsWith('/users/../') ? (expect.any(String) as unknown) : 'its URL leads to another path than it says',
    ]),
  );
});

it('reads are sent without headers that make another method of them, and without credentials where some are given', async () => {
  const extra = { 'x-http-method-override': 'DELETE', 'X-HTTP-Method': 'PUT', x_method_override: 'POST' };
  const bundle = await edit(await save(), (request) => [
    {
      ...request,
      headers: { ...request.headers, ...extra },
      url: request.url.replace('/nobody', '$&?apiKey=a&page=2'),
    },
  ]);
  const { target, asked } = await serveNothing();
  await compare({ provider: 'klaim', target, bundle, headers: ['Authorization: Bearer live_12345'] });
  expect(asked.map(({ url }) => url)).toEqual(['/users/ada/credits', '/users/ada', '/users/nobody?page=2', '/users']);
  const names = asked.flatMap(({ headers }) => Object.keys(headers).filter((name) => name.includes('method')));
  expect([names, new Set(asked.map(({ headers }) => headers.authorization))]).toEqual([
    ...[[], new Set(['Bearer live_12345'])],
  ]);
});

it("a bundle's own credentials are told of no service that repeats them", async () => {
  const bundle = await edit(await save(), (request) => [
    { ...request, url: request.url.replace('/users?api_key=klaim_test_lantern', '/users?api_key=ab%2B12345') },
  ]);
  const { target, asked } = await serveNothing('{"keys":["klaim_test_lantern","ab+12345","ab%2B12345"]}');
  const report = JSON.stringify(await compare({ provider: 'klaim', target, bundle }));
  expect(asked.map(({ url }) => url)).toContain('/users?api_key=ab%2B12345');
  expect(report).not.toContain('klaim_test_lantern');
  expect(report).toContain('["[redacted]","ab+12345"');
  expect(report).toContain('["[redacted]","[redacted]","[redacted]"]');
});

it('a base path at the end of the target has reads under that one sent only', async () => {
  const { url, sandbox } = await startEmulator({ providers: ['gamefuse'], providerPorts: false });
  for (const version of ['v2', 'v3']) await (await fetch(`${url}/gamefuse/api/${version}/games/verify`)).text();
  const bundle = join(createFolder(), 'bundle.json');
  await writeFile(bundle, JSON.stringify(await sandbox().bundle()));
  const { target, asked } = await serveNothing();
  const { passedOver } = await compare({ provider: 'gamefuse', target: `${target}/api/v3`, bundle });
  expect(asked.map((request) => request.url)).toEqual(['/api/v3/games/verify']);
  expect(passedOver).toMatchObject([
    { request: 'GET /api/v2/games/verify', reason: 'it is not under /api/v3, with which --target ends' },
  ]);
});

it('webhooks that wait in the state of a bundle are sent to nobody', async () => {
  const start = (): ReturnType<typeof startEmulator> =>
    startEmulator({ providers: ['inveterate'], providerPorts: false, clock: START });
  const [sending, resting] = [await start(), await start()];
  const receiver = await Receiver.start();
  receiver.answerWith(500);
  const call = async ({ url }: { url: string }, path: string, body?: object): Promise<void> => {
    const headers = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen', 'Content-Type': 'application/json' };
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
    expect((await fetch(`${url}/inveterate/v2.0/admin/${path}`, init)).ok).toBe(true);
  };
  const topic = 'customer.credits.updated';
  await call(sending, 'webhook-subscriptions', { topic, callbackUrl: receiver.url, name: 'test' });
  await call(sending, 'members/6100000000001/credits', { amount: 5 });
  await sending.sandbox().clock.advance('PT0S');
  await resting.sandbox().state.put(await sending.sandbox().state.get());
  await call(resting, 'merchant');
  const file = join(createFolder(), 'bundle.json');
  await writeFile(file, JSON.stringify(await resting.sandbox().bundle()));
  const bundle = await edit(file, (request) => [{ ...request, at: '2026-03-04T05:06:07Z' }]);
  const before = receiver.received.length;
  const { target, asked } = await serveNothing();
  await compare({ provider: 'inveterate', target, bundle });
  expect([asked.length, before, receiver.received.length]).toEqual([1, 1, 1]);
});
