import { describe, expect } from 'vitest';
import type { Response } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';

import { startApp } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';
import { LANTERN, it, startControl, toAnswer, type ControlApi } from './api.ts';

const WALLET = '0x1111111111111111111111111111111111111111';
const JSON_BODY = { 'Content-Type': 'application/json' };

async function entryOf(agent: TestAgent, response: Response): Promise<unknown> {
  const id = response.headers['x-emulator-request-id'] ?? '';
  return toAnswer(await agent.get(`/_emulator/requests/${id}`)).body;
}

async function reasonsOf({ get }: Pick<ControlApi, 'get'>, id: string): Promise<unknown> {
  const { body } = await get(`/requests/${id}`);
  return (body as { readonly reasons: unknown }).reasons;
}

/** The reasons of each provider are in refusals.test.ts. */
describe('reasons', () => {
  it('name the rule that refused the request, and whether the change was stored', async ({ api }) => {
    await api.post('/faults', { id: 'lost', effect: { status: 400 }, phase: 'after' });
    const { id } = await api.call('put', '/klaim/users/ada/credits', { credit_delta: 1 });
    const problem = 'a fault that is armed: answered 400 after the change was stored';
    expect(await reasonsOf(api, id)).toEqual([{ where: 'fault', field: 'lost', problem, nearest: null }]);
  });

  it('name the limit of requests, and when the next one is accepted', async () => {
    const agent = await startApp({ providers: ['openmonetize'], set: ['openmonetize.rateLimit=1/PT1M'] });
    await agent.get('/openmonetize/v1/info');
    const problem = 'more than 1 in 60 s; the next one may come in 60 s, by the clock of the sandbox';
    expect(await entryOf(agent, await agent.get('/openmonetize/v1/info'))).toMatchObject({
      answer: { status: 429 },
      reasons: [{ where: 'rate', field: null, problem, nearest: null }],
    });
  });

  it('come from the document if the operation itself refuses', async () => {
    const agent = await startApp({ providers: ['decentraland'] });
    await agent.post('/_emulator/controls/decentraland/flag').send({ address: WALLET, cause: 'captcha' });
    expect(await entryOf(agent, await agent.get(`/decentraland/users/${WALLET}/credits`))).toMatchObject({
      answer: { status: 401 },
      reasons: [{ where: 'rule', field: null, problem: expect.stringMatching(/flagged/i) as unknown, nearest: null }],
    });
  });

  it('explain a body that is too large, and an operation that is not written', async () => {
    const api = await startControl({ providers: [tally], strict: true, bodyLimit: 10 });
    const large = await api.call('post', '/tally/counters/a/add', { by: 1, memo: 'x'.repeat(20) });
    const unwritten = await api.call('get', '/tally/forecasts/monday');
    const problem = 'is in the document, but not implemented; --strict refuses it';
    expect([await reasonsOf(api, large.id), await reasonsOf(api, unwritten.id)]).toEqual([
      [{ where: 'body', field: null, problem: 'is larger than 10 bytes', nearest: null }],
      [{ where: 'document', field: 'getForecast', problem, nearest: null }],
    ]);
  });

  it('are empty for a success, and for a failure of the emulator, which `bug` reports', async ({ api }) => {
    const id = await api.change('ada', 1);
    expect(await reasonsOf(api, id)).toEqual([]);
  });

  it.each([
    ['names', `{${Array.from({ length: 40_000 }, (_, index) => `"credit_delt${index}":1`).join(',')}}`],
    ['long names', `{${Array.from({ length: 5 }, (_, index) => `"${'y'.repeat(150_000)}${index}":1`).join(',')}}`],
    ['one value', `{"credit_delta":"${'z'.repeat(800_000)}"}`],
    ['brackets', `{"credit_delta":${'['.repeat(300_000)}`],
    ['text that is no JSON', 'w'.repeat(800_000)],
  ])('stay short for a body of many or long %s', async (_, sent) => {
    const { agent } = await startControl();
    const put = agent.put('/klaim/users/ada/credits').set({ ...LANTERN, ...JSON_BODY });
    const { reasons } = (await entryOf(agent, await put.send(sent))) as { readonly reasons: unknown };
    const text = JSON.stringify(reasons);
    expect([text.length > 10, text.length < 4000]).toEqual([true, true]);
  });

  it('never repeat a key, nor a value that was sent', async () => {
    const { agent, get } = await startControl();
    await agent.get('/klaim/users/ada?key=hush-hush').set('Authorization', 'Bearer klaim_test_lantrn_hush-hush');
    await agent
      .put('/klaim/users/ada/credits')
      .set(LANTERN)
      .send({ credit_delta: 'hush-hush', description: { note: 'hush-hush' } });
    const { body } = await get('/requests');
    const { requests } = body as { readonly requests: readonly { readonly reasons: readonly unknown[] }[] };
    const reasons = requests.flatMap((one) => one.reasons);
    expect(reasons.length).toBeGreaterThan(1);
    expect(JSON.stringify(reasons)).not.toContain('hush');
  });
});
