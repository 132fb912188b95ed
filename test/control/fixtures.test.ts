import { describe, expect } from 'vitest';

import { createFiles } from '../support/folder.ts';
import { done, it, ok, problem, startControl, type ControlApi } from './api.ts';

const HINT = 'Nothing was changed. GET /_emulator/fixtures lists the names; docs/fixtures.md shows the format.';

function user(id: string, credits: number): object {
  return { app_id: 'app_lantern', user_id: id, email: `${id}@a.example`, credit_balance: credits };
}

const GUS = { klaim: { users: [user('gus', 5)] } };
const ALONE = {
  klaim: { apps: [{ app_id: 'app_lantern', name: 'A', api_key: 'klaim_test_lantern' }], users: [user('gus', 5)] },
};

async function listCredits(api: ControlApi): Promise<unknown> {
  const { body } = await api.get('/accounts?tenant=app_lantern');
  const { accounts } = body as { readonly accounts: readonly { account: string; balance: string }[] };
  return Object.fromEntries(accounts.map(({ account, balance }) => [account, balance]));
}

async function listCauses(api: ControlApi): Promise<unknown> {
  const { body } = await api.get('/requests');
  return (body as { readonly requests: readonly { id: string }[] }).requests.map(({ id }) => id);
}

describe('GET /fixtures', () => {
  it('lists worlds and the files of the start, with the rules of each', async () => {
    const { 'mine.json': file } = createFiles({
      'mine.json': JSON.stringify({ extends: 'outage', ...GUS, faults: [{ effect: { delay: 5 } }] }),
    });
    const api = await startControl({ fixtures: ['default', file, GUS], providers: ['klaim', 'gamefuse'] });
    const outage = { id: 'outage', effect: { status: 503, retryAfter: 30 } };
    const reset = { connection: 'reset' };
    const faults = {
      default: [],
      flaky: [
        { id: 'flaky-500', effect: { status: 500 }, probability: 0.02 },
        { id: 'flaky-503', effect: { status: 503, retryAfter: 1 }, probability: 0.0204 },
        { id: 'flaky-reset', effect: reset, probability: 0.0104 },
      ],
      'lost-answers': [
        { id: 'lost-500', phase: 'after', effect: { status: 500 }, probability: 0.1 },
        { id: 'lost-reset', phase: 'after', effect: reset, probability: 0.1112 },
      ],
      outage: [outage],
      slow: [{ id: 'slow', effect: { delay: { lognormal: { median: 400, sigma: 0.8 } } } }],
      [file]: [outage, { id: 'seeded-1', effect: { delay: 5 } }],
    };
    const providers = ['klaim', 'gamefuse'];
    const fixtures = Object.entries(faults).map(([name, rules]) => ({ name, providers, faults: rules }));
    expect(await api.get('/fixtures')).toEqual(ok({ fixtures }));
  });
});

describe('POST /fixtures', () => {
  it('adds and overrides records, and leaves the journal and all numbers', async ({ api }) => {
    await api.change('ada', -100);
    const data = { klaim: { users: [user('gus', 5), { ...user('benoit', 9), email: 'b@a.example' }] } };
    const before = (await listCredits(api)) as object;
    expect(await api.post('/fixtures', { data })).toEqual(done);
    expect(await listCredits(api)).toEqual({ ...before, gus: '5', benoit: '9' });
    expect(await api.get('/ledger')).toEqual(ok({ entries: [] }));
    expect(await listCauses(api)).toEqual(['default-1']);
    expect(await api.change('gus', -1)).toBe('default-2');
    expect(await api.get('/ledger')).toMatchObject(ok({ entries: [{ id: '2', before: '5', after: '4' }] }));
  });

  it('loads names before data, adds their rules to the armed ones, and sets the clock', async ({ api }) => {
    await api.post('/faults', { id: 'mine', times: 1, effect: { status: 418 } });
    const rule = { id: 'outage', effect: { status: 502 } };
    const body = { names: ['outage', 'slow'], data: { ...GUS, faults: [rule], clock: '2030-01-01T00:00:00Z' } };
    expect(await api.post('/fixtures', body)).toEqual(done);
    const { body: armed } = await api.get('/faults');
    const { faults } = armed as { readonly faults: readonly { id: string; effect: unknown }[] };
    expect(faults.map(({ id, effect }) => [id, effect])).toEqual([
      ['mine', { status: 418 }],
      ['outage', { status: 502 }],
      ['slow', { delay: { lognormal: { median: 400, sigma: 0.8 } } }],
    ]);
    expect(await api.get('/clock')).toEqual(ok({ now: '2030-01-01T00:00:00.000Z', frozen: true }));
  });

  it('changes only this sandbox, until a reset', async ({ api }) => {
    await api.in('other').post('/fixtures', { data: GUS });
    expect(await listCredits(api)).not.toHaveProperty('gus');
    expect(await listCredits(api.in('other'))).toHaveProperty('gus', '5');
    await api.in('other').post('/reset');
    expect(await listCredits(api.in('other'))).not.toHaveProperty('gus');
  });

  it('makes them the seed with `replace`, and leaves the journal and all numbers', async ({ api }) => {
    await api.change('ada', -100);
    expect(await api.post('/fixtures', { data: ALONE, replace: true })).toEqual(done);
    expect(await listCredits(api)).toEqual({ gus: '5' });
    expect(await listCauses(api)).toEqual(['default-1']);
    expect(await api.change('gus', -1)).toBe('default-2');
    await api.post('/reset');
    expect(await listCredits(api)).toEqual({ gus: '5' });
    expect(await api.change('gus', -1)).toBe('default-1');
    expect(await listCredits(api.in('other'))).toHaveProperty('ada', '700');
  });

  it('resolves relative instants by the clock of the sandbox', async ({ api }) => {
    await api.put('/clock', { now: '2027-01-31T00:00:00Z' });
    const data = { klaim: { users: [{ ...user('gus', 5), created_at: 'now-P30D' }] } };
    await api.post('/fixtures', { data });
    const { body } = await api.call('get', '/klaim/users/gus');
    expect(body).toMatchObject({ created_at: Date.parse('2027-01-01T00:00:00Z') });
  });

  /** A file that exists. */
  const secret = new URL('../../package.json', import.meta.url).pathname;
  const NO_WORLD = `There is no world "${secret}". Known: default, flaky, lost-answers, outage, slow.`;

  it.for<[string, object, string]>([
    ['nothing', {}, 'The request has neither names nor data.'],
    ['a file of the machine that the start did not name', { names: [secret] }, NO_WORLD],
    ['a file that the data extends', { data: { extends: secret } }, `data.extends: ${NO_WORLD}`],
    ['data that does not fit', { data: { klaim: { users: [5] } } }, 'data.klaim.users[0]: must be object'],
    [
      'data that contradicts what is there',
      { data: { klaim: { users: [{ ...user('gus', 1), email: 'ada@lantern.example' }] } } },
      'data.klaim.users[0].email: The user "ada" has the same email.',
    ],
  ])('is refused for %s, and changes nothing', async ([_, body, detail], { api }) => {
    const before = await api.get('/state');
    for (const replace of [false, true]) {
      const refused = await api.post('/fixtures', { ...body, replace });
      // Alone, the data has no app for its user.
      if (replace && detail.includes('has the same')) expect(refused.status).toBe(400);
      else expect(refused).toEqual(problem(400, 'Invalid fixtures', detail, HINT));
    }
    expect(await api.get('/state')).toEqual(before);
  });

  it('accepts a file of the start by its name', async () => {
    const { 'mine.json': file } = createFiles({ 'mine.json': JSON.stringify({ extends: 'default', ...GUS }) });
    const api = await startControl({ fixtures: [file] });
    await api.post('/fixtures', { names: ['default'], replace: true });
    expect(await listCredits(api)).not.toHaveProperty('gus');
    await api.post('/fixtures', { names: [file] });
    expect(await listCredits(api)).toHaveProperty('gus', '5');
  });
});

describe('POST /reset with fixtures', () => {
  it('resets the sandbox to them, now and later, and restarts all numbers', async ({ api }) => {
    await api.change('ada', -100);
    expect(await api.post('/reset', { fixtures: ['outage', GUS] })).toEqual(done);
    expect(await listCauses(api)).toEqual([]);
    expect(await listCredits(api)).toMatchObject({ ada: '700', gus: '5' });
    expect(await api.get('/faults')).toMatchObject(ok({ faults: [{ id: 'outage' }] }));
    await api.delete('/faults');
    expect(await api.change('gus', -1)).toBe('default-1');
    await api.post('/reset');
    expect(await listCredits(api)).toMatchObject({ ada: '700', gus: '5' });
    expect(await api.post('/reset', { fixtures: ['default'] })).toEqual(done);
    expect(await listCredits(api)).not.toHaveProperty('gus');
  });

  it('prefers a clock and a random seed of the fixtures to those of the start', async () => {
    const api = await startControl({ clock: '2026-01-01T00:00:00Z', randomSeed: 3 });
    await api.post('/reset', { fixtures: [{ ...ALONE, clock: '2030-01-01T00:00:00Z', randomSeed: 7 }] });
    expect(await api.get('/state')).toMatchObject(
      ok({ clock: '2030-01-01T00:00:00.000Z', emulator: { randomSeed: 7 } }),
    );
  });

  it('arms the rules of --faults, too, or keeps the armed rules with keep', async () => {
    const { 'faults.json': faults } = createFiles({
      'faults.json': '[{ "id": "always", "effect": { "status": 503 } }]',
    });
    const api = await startControl({ faults: [faults] });
    await api.post('/reset', { fixtures: [ALONE] });
    expect(await api.get('/faults')).toMatchObject(ok({ faults: [{ id: 'always' }] }));
    await api.delete('/faults');
    await api.post('/faults', { id: 'mine', effect: { status: 418 } });
    await api.post('/reset', { fixtures: ['outage'], keep: ['faults'] });
    expect(await api.get('/faults')).toMatchObject(ok({ faults: [{ id: 'mine' }] }));
  });

  it('is refused with the position of the error, and changes nothing', async ({ api }) => {
    await api.change('ada', -100);
    const before = await api.get('/state');
    expect(await api.post('/reset', { fixtures: ['default', { klaim: { users: [5] } }] })).toEqual(
      problem(400, 'Invalid fixtures', 'fixtures[1].klaim.users[0]: must be object', HINT),
    );
    expect(await api.get('/state')).toEqual(before);
    expect(await listCauses(api)).toEqual(['default-1']);
  });
});
