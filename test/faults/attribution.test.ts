import { describe, expect, it } from 'vitest';

import { LANTERN, startControl, type ControlApi } from '../control/api.ts';
import { bundled } from '../../src/providers/index.ts';
import { tally } from '../support/providers.ts';

const HEADERS: Readonly<Record<string, string>> = {
  Authorization: 'Bearer klaim_test_lantern',
  'authentication-token': 'gamefuse-test-ada',
};

const ALL = bundled.map(({ provider }) => provider.id);

async function startOn(providers: readonly string[], rules: readonly object[]): Promise<ControlApi> {
  const api = await startControl({ providers: [tally, ...providers] });
  for (const rule of rules) expect(await api.post('/faults', rule)).toMatchObject({ status: 201 });
  return api;
}

/** With the tally, and the providers that rules name. */
const startWith = (...rules: readonly object[]): Promise<ControlApi> =>
  startOn(
    ALL.filter((id) => rules.some((rule) => Reflect.get(rule, 'provider') === id)),
    rules,
  );

/** The status of an answer and the fault that it names. */
async function add({ agent }: ControlApi): Promise<readonly [number, string | undefined]> {
  const { status, headers } = await agent.post('/tally/counters/a/add').send({ by: 1 });
  return [status, headers['x-emulator-fault']];
}

describe('X-Emulator-Fault', () => {
  it('is not there on natural answers, good or bad, even where there are rules', async () => {
    const api = await startWith(
      { effect: { status: 500 }, operation: 'getCounter' },
      { effect: { delay: 1 }, enabled: false },
    );
    expect(await add(api)).toEqual([200, undefined]);
    const refused = await api.agent.post('/tally/counters/a/add').send({ by: 'x' });
    expect([refused.status, refused.headers['x-emulator-fault']]).toEqual([400, undefined]);
  });

  it.each<[object, readonly [number, string]]>([
    [{ id: 'down', effect: { status: 503 } }, [503, 'down; phase=before']],
    [{ effect: { status: 503 } }, [503, 'fault-1; phase=before']],
    [{ id: 'lost', phase: 'after', effect: { status: 500 } }, [500, 'lost; phase=after']],
    [{ id: 'type', effect: { body: 'wrong-type' } }, [200, 'type; phase=during']],
    [{ id: 'slow', effect: { delay: 1 } }, [200, 'slow; phase=before']],
    [{ id: 'slow', phase: 'after', effect: { delay: 1 } }, [200, 'slow; phase=after']],
    [{ id: 'none', effect: { delay: 0 } }, [200, 'none; phase=before']],
    [{ id: 'both', effect: { status: 500, delay: 1 } }, [500, 'both; phase=before']],
  ])('names for %j what it met', async (rule, expected) => {
    expect(await add(await startWith(rule))).toEqual(expected);
  });

  it('names every delay before what did something, in the order of the phases', async () => {
    const api = await startWith(
      { id: 'lost', phase: 'after', effect: { status: 500 } },
      { id: 'late', phase: 'after', effect: { delay: 1 } },
      { id: 'slow', effect: { delay: 1 } },
      { id: 'slower', effect: { delay: 2 } },
      { id: 'unmet', effect: { body: 'garbage' } },
    );
    const delays = 'slow; phase=before, slower; phase=before';
    expect(await add(api)).toEqual([500, `${delays}, late; phase=after, lost; phase=after`]);
    await api.delete('/faults/lost');
    await api.delete('/faults/late');
    await api.put('/faults/unmet', { effect: { body: 'wrong-type' } });
    expect(await add(api)).toEqual([200, `${delays}, unmet; phase=during`]);
  });

  it('is there on HEAD and on unknown routes', async () => {
    const { agent } = await startOn(ALL, [{ id: 'down', effect: { status: 503 } }]);
    const [get, head] = [await agent.get('/klaim/users').set(LANTERN), await agent.head('/klaim/users').set(LANTERN)];
    expect([head.status, head.headers['x-emulator-fault'], head.text]).toEqual([503, 'down; phase=before', undefined]);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    const { status, headers } = await agent.get('/klaim/nothing');
    expect([status, headers['x-emulator-fault']]).toEqual([503, 'down; phase=before']);
  });

  it('is never there on preflights, which meet no fault', async () => {
    const api = await startOn(ALL, [{ id: 'down', effect: { status: 503 } }]);
    const ask = (path: string) =>
      api.agent.options(path).set({ Origin: 'https://shop.example', 'Access-Control-Request-Method': 'GET' });
    const preflights = [];
    for (const { provider } of bundled) {
      if (!provider.cors) continue;
      const { status, headers } = await ask(`/${provider.id}/anything`).set('X-Emulator-Inject', 'status=500');
      preflights.push([status, headers['x-emulator-fault']]);
    }
    expect(preflights.length).toBeGreaterThan(0);
    expect(preflights).toEqual(preflights.map(() => [204, undefined]));
    expect(await api.get('/faults/down')).toMatchObject({ body: { fired: 0 } });
  });
});

describe('the journal', () => {
  it('has no fault for an exchange that met none', async () => {
    const api = await startWith();
    await add(api);
    expect(await api.get('/requests/default-1')).toMatchObject({ body: { fault: null } });
  });

  it('tells the fault, what the client saw and what was changed nevertheless', async () => {
    const api = await startWith(
      { id: 'slow', effect: { delay: 1 } },
      { id: 'late', phase: 'after', effect: { delay: 1 } },
      { id: 'lost', phase: 'after', effect: { status: 500, headers: { 'X-Why': 'test' } } },
    );
    await add(api);
    expect(await api.get('/requests/default-1')).toMatchObject({
      body: {
        operation: 'addToCounter',
        subject: 'a',
        fault: { id: 'lost', phase: 'after', delays: ['slow', 'late'] },
        answer: {
          status: 500,
          headers: {
            'X-Emulator-Fault': 'slow; phase=before, late; phase=after, lost; phase=after',
            'X-Why': 'test',
          },
          body: '{"error":"injected"}',
        },
        changes: [{ key: 'a', before: null, after: { name: 'a', count: 1 } }],
        ledger: [{ account: 'a', delta: '1' }],
        violations: [],
      },
    });
  });

  it.each<[object, string]>([
    [{ id: 'slow', effect: { delay: 1 } }, 'before'],
    [{ id: 'down', effect: { status: 503 } }, 'before'],
    [{ id: 'type', effect: { body: 'wrong-type' } }, 'during'],
  ])('tells of one fault %j, what it does and that it came %s', async (rule, phase) => {
    const api = await startWith(rule);
    await add(api);
    const { body } = await api.get('/requests/default-1');
    expect((body as { fault: unknown }).fault).toEqual({ ...rule, phase });
  });

  it('tells of the subject before the operation was looked at', async () => {
    const api = await startOn(ALL, [{ id: 'down', effect: { status: 503 } }]);
    await api.call('get', '/klaim/users/ada', undefined, {});
    expect(await api.get('/requests/default-1')).toMatchObject({
      body: { operation: 'getUser', subject: 'ada', fault: { id: 'down' }, changes: [], violations: [] },
    });
  });
});

/** A path of each provider that is a call of some operation. */
const PATHS: Readonly<Record<string, string>> = {
  decentraland: '/users/0x1111111111111111111111111111111111111111/credits',
  gamefuse: '/api/v2/users/1/game_user_attributes',
  inveterate: '/v2.0/merchant',
  klaim: '/users',
  openmonetize: '/v1/credits/balance',
};

interface Answered {
  readonly status: number;
  readonly text: string;
  /** All values of a header, however it is spelt: a client may not see that it came twice. */
  readonly header: (name: string) => readonly string[];
}

/** What a rule about a provider has it answer. */
async function answerOf(id: string, effect: object): Promise<Answered> {
  const { agent, get } = await startWith({ provider: id, effect });
  const { status, text } = await agent.get(`/${id}${PATHS[id] ?? ''}`).set(HEADERS);
  const { body } = await get('/requests/default-1');
  const headers = Object.entries((body as { answer: { headers: Record<string, unknown> } }).answer.headers);
  const header: Answered['header'] = (name) =>
    headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => String(value));
  return { status, text, header };
}

describe.each(bundled.map(({ provider }) => provider.id))('a status that a rule gives to %s', (id) => {
  it('has the message of the rule in place of its own', async () => {
    const usual = await answerOf(id, { status: 503 });
    const own = await answerOf(id, { status: 503, message: 'Out to lunch' });
    expect([own.status, own.header('content-type')]).toEqual([503, usual.header('content-type')]);
    expect(own.text).toContain('Out to lunch');
    expect(usual.text).not.toContain('Out to lunch');
  });

  it.each<[object, string, string]>([
    [{ headers: { 'X-Why': 'test' } }, 'x-why', 'test'],
    [{ headers: { 'Content-Type': 'text/x-own' } }, 'content-type', 'text/x-own'],
    [{ headers: { 'content-type': 'text/x-own' } }, 'content-type', 'text/x-own'],
    [{ retryAfter: 17 }, 'retry-after', '17'],
    [{ retryAfter: 0 }, 'retry-after', '0'],
    [{ headers: { 'Retry-After': '18' } }, 'retry-after', '18'],
    [{ headers: { 'retry-after': '18' } }, 'retry-after', '18'],
    [{ headers: { 'RETRY-AFTER': '18' } }, 'retry-after', '18'],
    [{ retryAfter: 17, headers: { 'retry-after': '18' } }, 'retry-after', '18'],
  ])('has the header of the rule once: %j', async (effect, name, value) => {
    for (const status of [429, 503]) {
      const answer = await answerOf(id, { status, ...effect });
      const headers = [answer.header(name), answer.header('x-emulator-fault')];
      expect([answer.status, ...headers]).toEqual([status, [value], ['fault-1; phase=before']]);
    }
  });

  it('is that of its code unless the rule names another', async () => {
    const [code, status, text] = CODES[id] ?? ['', 0, ''];
    const plain = await answerOf(id, { code });
    expect([plain.status, plain.text.includes(text)]).toEqual([status, true]);
    const other = await answerOf(id, { code, status: 418, retryAfter: 5 });
    expect([other.status, other.text, other.header('retry-after')]).toEqual([418, plain.text, ['5']]);
  });
});

/** One code of each provider, with its status and text. */
const CODES: Readonly<Record<string, readonly [code: string, status: number, text: string]>> = {
  decentraland: ['SEASON_NOT_FOUND', 404, 'Season not found'],
  gamefuse: ['NOT_ENOUGH_CREDITS', 403, 'Not Enough Credits'],
  inveterate: ['OVERDRAFT', 400, 'Not enough credits'],
  klaim: ['CONFLICT', 409, 'email or user_id already exists'],
  openmonetize: ['NO_WALLET', 404, 'Credit wallet not found'],
};
