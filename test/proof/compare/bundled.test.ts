import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { createFolder } from '../../support/folder.ts';
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

it("a bundle's reads are sent as they were, each once, and its writes and the rules that were armed play no part", async () => {
  const bundle = await save();
  const { url, sandbox } = await startEmulator({ providers: ['klaim'], providerPorts: false });
  const report = await compare({ provider: 'klaim', target: `${url}/klaim`, bundle });
  expect(report).toMatchObject({
    ...{ compared: 4, same: 4, differences: [], unanswered: [], repeated: 1 },
    passedOver: [{ request: 'GET /nowhere', reason: 'it is no operation of the document' }],
    answers: [
      { operation: 'getUserCredits', status: 200, reads: 1, differing: 0, otherValues: 0 },
      { operation: 'getUser', status: 200, reads: 1, differing: 0, otherValues: 0 },
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
