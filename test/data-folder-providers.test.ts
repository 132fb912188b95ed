import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { createFolder } from './support/folder.ts';
import { startOnDisk, type OnDisk } from './support/on-disk.ts';

const SET = ['inveterate.settleAfter=PT1H', 'openmonetize.rateLimit=500/PT1H'];
const MEMBER = '6100000000001';
const LUMEN = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const LANTERN = { Authorization: 'Bearer klaim_test_lantern' };

function open(data: string, providers?: readonly string[]): Promise<OnDisk> {
  const set = providers ? SET.filter((one) => providers.includes(one.split('.')[0] ?? '')) : SET;
  return startOnDisk({ data, set, ...(providers && { providers: [...providers] }) });
}

/** A change that settles an hour later. */
async function grant(agent: TestAgent, amount: number): Promise<void> {
  await agent.post(`/inveterate/v2.0/admin/members/${MEMBER}/credits`).set(LUMEN).send({ amount }).expect(201);
}

async function balance(agent: TestAgent): Promise<number> {
  const answer = await agent.get(`/_emulator/accounts?provider=inveterate&account=${MEMBER}`).expect(200);
  const { accounts } = answer.body as { readonly accounts: readonly { readonly balance: string }[] };
  return Number(accounts[0]?.balance);
}

async function state(agent: TestAgent, sandbox = 'default'): Promise<Readonly<Record<string, unknown>>> {
  const answer = await agent.get('/_emulator/state').set('X-Emulator-Sandbox', sandbox).expect(200);
  return answer.body as Readonly<Record<string, unknown>>;
}

/** What no part of klaim may change. */
async function others(agent: TestAgent): Promise<unknown> {
  const { klaim: _klaim, clock: _clock, emulator, ...sections } = await state(agent);
  const { counters, due, windows } = emulator as Readonly<Record<string, unknown>>;
  const own = Object.entries(counters as object).filter(([name]) => !name.includes('klaim'));
  return { ...sections, counters: own, due, windows };
}

async function countDue(agent: TestAgent): Promise<Readonly<Record<string, number>>> {
  const { due } = (await state(agent))['emulator'] as { readonly due: readonly { readonly provider: string }[] };
  const counts: Record<string, number> = {};
  for (const { provider } of due) counts[provider] = (counts[provider] ?? 0) + 1;
  return counts;
}

function copyOf(data: string): string {
  const copy = join(createFolder(), 'copy');
  cpSync(data, copy, { recursive: true });
  rmSync(join(copy, 'emulator.lock'));
  return copy;
}

const ACTS: readonly (readonly [string, (agent: TestAgent) => Promise<unknown>])[] = [
  ['writes', (agent) => agent.put('/klaim/users/ada/credits').set(LANTERN).send({ credit_delta: 6 }).expect(200)],
  ['a reset', (agent) => agent.post('/_emulator/reset').expect(204)],
  [
    'a state put in',
    async (agent) =>
      agent
        .put('/_emulator/state')
        .send(await state(agent))
        .expect(204),
  ],
  ['a move of the clock', (agent) => agent.post('/_emulator/clock/advance').send({ by: 'PT30M' }).expect(200)],
];

describe('a folder of more providers than there are', () => {
  it.each(ACTS)('has the others as they were, after %s', async (_, run) => {
    const data = createFolder();
    const all = await open(data);
    await grant(all.agent, 7);
    await all.agent.get('/openmonetize/v1/credits/balance').set('X-API-Key', 'om_dev_test_key');
    await all.agent.post('/_emulator/clock/advance').send({ by: 'PT10M' }).expect(200);
    await grant(all.agent, 11);
    const before = await others(all.agent);
    await all.close();

    const one = await open(data, ['klaim']);
    expect(Object.keys(await state(one.agent))).toEqual(['clock', 'klaim', 'emulator']);
    await run(one.agent);
    const crashed = copyOf(data);
    await one.close();

    for (const folder of [data, crashed]) {
      const again = await open(folder);
      expect(await others(again.agent)).toEqual(before);
      await again.close();
    }
  });

  it('has what was due of the others meanwhile happen once they are back, once', async () => {
    const data = createFolder();
    const all = await open(data);
    const had = await balance(all.agent);
    await grant(all.agent, 7);
    await all.close();
    const one = await open(data, ['klaim']);
    await one.agent.post('/_emulator/clock/advance').send({ by: 'PT2H' }).expect(200);
    await one.close();
    const again = await open(data);
    expect(await balance(again.agent)).toBe(had + 7);
    const copy = copyOf(data);
    // Not every provider would notice that something happens twice, so that nothing of it may be left.
    expect(readFileSync(join(copy, 'emulator.json'), 'utf8')).not.toContain('"sleeping":{');
    const crashed = await open(copy);
    expect(await balance(crashed.agent)).toBe(had + 7);
  });

  it('loses nothing that was due of one provider to what became due of another meanwhile', async () => {
    const data = createFolder();
    const all = await open(data);
    const had = await balance(all.agent);
    await grant(all.agent, 7);
    const before = await countDue(all.agent);
    await all.close();
    const openmonetize = await startOnDisk({ data, providers: ['openmonetize'], set: ['openmonetize.burnDelay=PT1H'] });
    // Numbers of scheduled items begin anew with a reset.
    await openmonetize.agent.post('/_emulator/reset').expect(204);
    const event = {
      event_id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      customer_id: '550e8400-e29b-41d4-a716-446655440000',
      user_id: '660e8400-e29b-41d4-a716-446655440001',
      event_type: 'TOKEN_USAGE',
      feature_id: 'chat',
      provider: 'OPENAI',
      model: 'gpt-4o',
      input_tokens: 1000,
      output_tokens: 500,
      timestamp: '2026-01-01T00:00:00.000Z',
    };
    for (const digit of [1, 2, 3]) {
      const events = [{ ...event, event_id: event.event_id.replace(/1$/, String(digit)) }];
      await openmonetize.agent
        .post('/openmonetize/v1/events/ingest')
        .set('X-API-Key', 'om_dev_test_key')
        .send({ events })
        .expect(({ status }) => status < 300);
    }
    expect(await countDue(openmonetize.agent)).toEqual({ openmonetize: 3 });
    await openmonetize.close();
    const klaim = await open(data, ['klaim']);
    await klaim.agent.post('/_emulator/clock/advance').send({ by: 'PT1M' }).expect(200);
    await klaim.close();
    const again = await open(data);
    expect(await countDue(again.agent)).toEqual({ ...before, openmonetize: 3 });
    await grant(again.agent, 11);
    await again.agent.post('/_emulator/clock/advance').send({ by: 'PT3H' }).expect(200);
    expect(await balance(again.agent)).toBe(had + 18);
  });

  it('seeds a provider that joins later in every sandbox, and what it has due', async () => {
    const data = createFolder();
    const klaim = await open(data, ['klaim']);
    await klaim.agent
      .put('/klaim/users/ada/credits')
      .set({ ...LANTERN, 'X-Emulator-Sandbox': 'one' })
      .send({ credit_delta: 6 });
    await klaim.close();
    const all = await open(data);
    const fresh = await state(all.agent);
    const one = await state(all.agent, 'one');
    const made = await state(all.agent, 'made');
    expect(fresh).toEqual(made);
    const changed = { klaim: undefined, emulator: undefined };
    expect({ ...one, ...changed }).toEqual({ ...made, ...changed });
    expect(one['klaim']).not.toEqual(made['klaim']);
    await grant(all.agent, 5);
    const crashed = copyOf(data);
    await all.close();
    for (const folder of [crashed, data]) {
      const again = await open(folder);
      expect(await state(again.agent, 'one')).toEqual(one);
    }
  });
});

describe('a sandbox on disk', () => {
  it('stays although the first request after a start is refused', async () => {
    const data = createFolder();
    const first = await open(data, ['klaim']);
    const credits = (agent: TestAgent, key: string): Promise<{ readonly body: unknown }> =>
      agent
        .get('/klaim/users/ada/credits')
        .set({ Authorization: `Bearer ${key}`, 'X-Emulator-Sandbox': 'one' })
        .then(({ body }) => ({ body: body as unknown }));
    await first.agent
      .put('/klaim/users/ada/credits')
      .set({ ...LANTERN, 'X-Emulator-Sandbox': 'one' })
      .send({ credit_delta: 6 });
    const had = await credits(first.agent, 'klaim_test_lantern');
    await first.close();
    const second = await open(data, ['klaim']);
    await credits(second.agent, 'nobody');
    await second.agent
      .put('/_emulator/state')
      .set('X-Emulator-Sandbox', 'one')
      .send({ klaim: { nothing: 1 } })
      .expect(400);
    expect(await credits(second.agent, 'klaim_test_lantern')).toEqual(had);
  });
});
