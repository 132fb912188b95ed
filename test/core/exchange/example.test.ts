import { describe, expect, it } from 'vitest';

import { startControl, type ControlApi } from '../../control/api.ts';
import { tally } from '../../support/providers.ts';
import type { EmulatorOptions } from '../../../src/config/options.ts';

async function start(options: EmulatorOptions = {}): Promise<ControlApi> {
  return startControl({ providers: [tally], ...options });
}

const forecast = {
  id: expect.stringMatching(/^[a-f0-9]{8}$/) as unknown,
  day: expect.any(String) as unknown,
  at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/) as unknown,
  expected: expect.any(Number) as unknown,
  kinds: expect.any(Array) as unknown,
};

describe('an operation that is not written', () => {
  it('answers an example that fits its document, and says so', async () => {
    const { agent, get } = await start();
    const response = await agent.get('/tally/forecasts/monday');
    expect([response.status, response.headers['x-emulator-example']]).toEqual([200, 'json-schema-faker']);
    expect(response.body).toMatchObject(forecast);
    expect(response.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-tally': 'yes' });
    expect(await get('/requests/default-1')).toMatchObject({
      body: { operation: 'getForecast', changes: [], violations: [] },
    });
  });

  it('answers the same for the same seed, operation and path', async () => {
    const [first, second] = [await start(), await start()];
    const { body } = await first.call('get', '/tally/forecasts/monday');
    expect((await first.call('get', '/tally/forecasts/monday')).body).toEqual(body);
    expect((await second.call('get', '/tally/forecasts/monday')).body).toEqual(body);
    expect((await second.in('other').call('get', '/tally/forecasts/monday')).body).toEqual(body);
  });

  it('answers the same whatever happened before, and after a reset', async () => {
    const api = await start();
    const { body } = await api.call('get', '/tally/forecasts/monday');
    await api.call('post', '/tally/counters/a/add', { by: 1 });
    await api.call('get', '/tally/forecasts/tuesday');
    await api.post('/clock/advance', { by: 'P30D' });
    expect((await api.call('get', '/tally/forecasts/monday')).body).toEqual(body);
    await api.post('/reset');
    expect((await api.call('get', '/tally/forecasts/monday')).body).toEqual(body);
  });

  it('answers otherwise for another path and another seed', async () => {
    const [one, two] = [await start({ randomSeed: 1 }), await start({ randomSeed: 2 })];
    const bodies = [
      (await one.call('get', '/tally/forecasts/monday')).body,
      (await one.call('get', '/tally/forecasts/tuesday')).body,
      (await two.call('get', '/tally/forecasts/monday')).body,
    ];
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(3);
  });

  it('answers examples that fit on any path', async () => {
    const { get, call } = await start();
    for (let day = 1; day <= 30; day += 1) await call('get', `/tally/forecasts/${day}`);
    const { body } = await get('/requests?status=200');
    const { requests } = body as { requests: readonly { violations: readonly string[] }[] };
    expect(requests.map(({ violations }) => violations)).toEqual(Array.from({ length: 30 }, () => []));
  });

  it('answers nothing where the document gives nothing', async () => {
    const { agent } = await start();
    const response = await agent.delete('/tally/forecasts/monday/wishes');
    expect([response.status, response.text, response.headers['x-emulator-example']]).toEqual([
      204,
      '',
      'json-schema-faker',
    ]);
  });

  it('answers HEAD with the headers of its example', async () => {
    const { agent } = await start();
    const [get, head] = [await agent.get('/tally/forecasts/monday'), await agent.head('/tally/forecasts/monday')];
    expect([
      head.status,
      Boolean(head.text),
      head.headers['content-length'],
      head.headers['x-emulator-example'],
    ]).toEqual([200, false, get.headers['content-length'], 'json-schema-faker']);
  });

  it.each(['/tally/forecasts/monday', '/tally/forecasts/sunday'])(
    'is refused in the words of its provider where examples are switched off: %s',
    async (path) => {
      const { agent, get } = await start({ strict: true });
      const response = await agent.get(path);
      expect([response.status, response.body, response.headers['x-emulator-example']]).toEqual([
        501,
        { error: 'unwritten' },
        undefined,
      ]);
      expect(await get('/requests/default-1')).toMatchObject({
        body: { operation: 'getForecast', answer: { status: 501 }, violations: [] },
      });
    },
  );

  it('leaves those that are written alone where examples are switched off', async () => {
    const { call } = await start({ strict: true });
    expect(await call('post', '/tally/counters/a/add', { by: 1 })).toMatchObject({ status: 200 });
  });
});
