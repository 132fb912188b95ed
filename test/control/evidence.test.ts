import { expect, it } from 'vitest';

import { tally } from '../support/providers.ts';
import { startControl } from './api.ts';

interface Evidence {
  readonly evidence: readonly {
    readonly operation: string;
    readonly status: number;
    readonly level: string;
    readonly count: number;
    readonly changed: number;
  }[];
}

const start = () => startControl({ providers: [tally] });

async function relied({ get }: Awaited<ReturnType<typeof start>>, path = '/evidence'): Promise<unknown> {
  const { evidence } = (await get(path)).body as Evidence;
  return evidence.map(({ operation, status, level, count, changed }) => [operation, status, level, count, changed]);
}

it('counts responses, assumed ones first, then the most frequent ones', async () => {
  const api = await start();
  await api.call('post', '/tally/counters/a/add', { by: 5 });
  for (let round = 0; round < 3; round += 1) await api.call('get', '/tally/counters/a');
  await api.call('post', '/tally/counters/a/add', { by: 'five' });
  await api.call('get', '/tally/forecasts/monday');
  expect(await relied(api)).toEqual([
    ['getForecast', 200, 'assumed', 1, 0],
    ['getCounter', 200, 'documented', 3, 0],
    ['addToCounter', 200, 'documented', 1, 1],
    ['addToCounter', 400, 'documented', 1, 0],
  ]);
});

it('leaves out injected responses, and requests that match no operation', async () => {
  const api = await start();
  await api.post('/faults', { effect: { status: 500 }, phase: 'after', times: 1 });
  await api.post('/faults', { effect: { delay: 1 } });
  await api.call('post', '/tally/counters/a/add', { by: 5 });
  await api.call('get', '/tally/nothing');
  await api.call('get', '/tally/counters/a');
  expect(await relied(api)).toEqual([['getCounter', 200, 'documented', 1, 0]]);
});

it('uses the lower level of an operation and of its response', async () => {
  const { call, get } = await startControl();
  await call('get', '/klaim/users/ada', undefined, { Authorization: 'Bearer wrong' });
  // As the vendor has it, and as some clients ask.
  await call('post', '/klaim/users/ada/credits');
  await call('get', '/klaim/users/ada/credits');
  const twin = 'the documented POST may be a slip; both are served';
  expect((await get('/evidence')).body).toMatchObject({
    evidence: [
      { operation: 'getUser', status: 401, level: 'assumed', source: 'nothing is documented' },
      { operation: 'getUserCredits', status: 200, level: 'assumed', source: twin },
      { operation: 'getUserCredits', status: 200, level: 'documented' },
    ],
  });
});

it('covers one sandbox over its resets, or all since the start, also deleted ones', async () => {
  const api = await start();
  await api.call('post', '/tally/counters/a/add', { by: 1 });
  await api.post('/reset');
  await api.call('post', '/_sandbox/other/tally/counters/a/add', { by: 1 });
  await api.call('post', '/_sandbox/other/tally/counters/b/add', { by: 1 });
  expect(await relied(api)).toEqual([['addToCounter', 200, 'documented', 1, 1]]);
  await api.delete('/sandboxes/other');
  expect(await relied(api, '/evidence?all=true')).toEqual([['addToCounter', 200, 'documented', 3, 3]]);
});
