import { describe, expect } from 'vitest';

import { board, type ShownNote } from '../support/board.ts';
import { describedSandbox } from '../support/described-sandbox.ts';
import { startEmulator } from '../support/emulator.ts';
import { follow } from '../support/events.ts';
import { done, it, ok, problem, startControl, type ControlApi } from './api.ts';

const ALONE = {
  klaim: {
    apps: [{ app_id: 'app_lantern', name: 'A', api_key: 'klaim_test_lantern' }],
    users: [{ app_id: 'app_lantern', user_id: 'gus', email: 'gus@a.example', credit_balance: 5 }],
  },
};

function made(name: string, more?: object): object {
  return { status: 201, body: describedSandbox(name, more) };
}

async function listNames({ get }: ControlApi): Promise<unknown> {
  const { body } = await get('/sandboxes');
  return (body as { readonly sandboxes: readonly { readonly name: string }[] }).sandboxes.map(({ name }) => name);
}

describe('GET /_emulator/sandboxes', () => {
  it('lists them by name, with their current state, and creates none', async ({ api }) => {
    expect(await api.in('one').get('/sandboxes')).toEqual(ok({ sandboxes: [describedSandbox('default')] }));
    await api.in('two').change('ada', 1);
    await api.in('one').put('/clock', { now: '2030-01-01T00:00:00Z' });
    await api.in('one').put('/snapshots/b', undefined);
    await api.in('one').put('/snapshots/a', undefined);
    expect(await api.get('/sandboxes')).toEqual(
      ok({
        sandboxes: [
          describedSandbox('default'),
          describedSandbox('one', { clock: { now: '2030-01-01T00:00:00.000Z', frozen: true }, snapshots: ['a', 'b'] }),
          describedSandbox('two', { requests: 1 }),
        ],
      }),
    );
  });
});

describe('PUT /_emulator/sandboxes/{name}', () => {
  it.each([[undefined], [{}]])('creates one from the fixtures of the start, with the body %j', async (body) => {
    const api = await startControl();
    expect(await api.put('/sandboxes/one', body)).toEqual(made('one'));
    expect(await api.in('one').credits('ada')).toBe(700);
  });

  it.each([
    ['by name', ['default'], 700],
    ['as objects', [ALONE], undefined],
    ['by name and as objects', ['default', { klaim: { users: ALONE.klaim.users } }], 700],
  ])('creates one from fixtures %s, to which it is reset', async (_, fixtures, ada) => {
    const api = await startControl();
    expect(await api.put('/sandboxes/one', { fixtures })).toEqual(made('one'));
    const one = api.in('one');
    const before = await one.get('/state');
    if (fixtures.length > 1 || ada === undefined) expect(await one.credits('gus')).toBe(5);
    if (ada !== undefined) expect(await one.credits('ada')).toBe(ada);
    await one.put('/state', {});
    await one.post('/reset');
    expect(await one.get('/state')).toEqual(before);
    expect(await api.credits('gus')).not.toBe(5);
  });

  it.each([[{}], [{ fixtures: [ALONE] }]])(
    'gives one created with %j its own clock and random seed, to which it is reset',
    async (terms) => {
      const api = await startControl();
      const body = { ...terms, clock: '2027-05-05T00:00:00+02:00', randomSeed: 7 };
      const own = { clock: { now: '2027-05-04T22:00:00.000Z', frozen: true }, randomSeed: 7 };
      expect(await api.put('/sandboxes/one', body)).toEqual(made('one', own));
      await api.in('one').put('/clock', { now: '2030-01-01T00:00:00Z' });
      await api.in('one').post('/reset');
      expect(await api.get('/sandboxes/one')).toEqual(ok(describedSandbox('one', own)));
      expect(await api.get('/sandboxes/default')).toEqual(ok(describedSandbox('default')));
    },
  );

  it('recreates an existing one: state, numbers, journal and ledger; its snapshots stay', async ({ api }) => {
    const one = api.in('one');
    await one.change('ada', 1);
    await one.put('/snapshots/before', undefined);
    expect(await api.put('/sandboxes/one', { clock: '2027-01-01T00:00:00Z' })).toEqual(
      ok(describedSandbox('one', { clock: { now: '2027-01-01T00:00:00.000Z', frozen: true }, snapshots: ['before'] })),
    );
    expect(await one.get('/requests')).toEqual(ok({ requests: [] }));
    expect(await one.get('/ledger')).toEqual(ok({ entries: [] }));
    expect(await one.change('ada', 1)).toBe('one-1');
    expect(await one.credits('ada')).toBe(701);
    await api.change('ada', 1);
    expect(await api.put('/sandboxes/default', {})).toEqual(ok(describedSandbox('default')));
    expect(await api.credits('ada')).toBe(700);
  });

  it('sends the new state to the streams of a recreated one', async () => {
    const { url } = await startEmulator({ providers: [board] });
    const send = (path: string, body: object): Promise<Response> =>
      fetch(`${url}${path}`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', 'X-Emulator-Sandbox': 'one' },
        body: JSON.stringify(body),
      });
    await send('/board/notes/a', { text: 'old' });
    const { next } = await follow<ShownNote>(`${url}/_sandbox/one/board/notes/a/stream`);
    expect(await next()).toEqual({ name: 'a', version: 1, text: 'old' });
    expect(await (await send('/_emulator/sandboxes/one', {})).json()).toMatchObject({ streams: 1, requests: 0 });
    expect(await next()).toEqual({ name: 'a', version: 0, text: '' });
  });

  it('stays although its first request is refused for its credentials', async ({ api }) => {
    await api.put('/sandboxes/one', { clock: '2027-01-01T00:00:00Z' });
    const wrong = { Authorization: 'Bearer nobody' };
    expect(await api.in('one').call('get', '/klaim/users', undefined, wrong)).toMatchObject({ status: 401 });
    expect(await api.in('two').call('get', '/klaim/users', undefined, wrong)).toMatchObject({ status: 401 });
    expect(await listNames(api)).toEqual(['default', 'one']);
  });

  it('deletes one when its time is up; its name then means a new one', async ({ api }) => {
    await api.put('/sandboxes/one', { ttl: 60_000 });
    expect(await api.get('/sandboxes/one')).toMatchObject({ body: { ttl: expect.any(Number) as number } });
    // Recreated without a ttl, it stays.
    expect(await api.put('/sandboxes/one', {})).toEqual(ok(describedSandbox('one')));
    await api.put('/sandboxes/two', { ttl: 'PT0.05S', clock: '2027-01-01T00:00:00Z' });
    await expect.poll(() => listNames(api), { timeout: 10_000 }).toEqual(['default', 'one']);
    await api.in('two').get('/clock');
    expect(await api.get('/sandboxes/two')).toEqual(ok(describedSandbox('two')));
  });

  it('keeps one beyond its time while a client listens', async () => {
    const { url } = await startEmulator({ providers: [board] });
    const { next, ended } = await follow<ShownNote>(`${url}/_sandbox/one/board/notes/a/stream`);
    await next();
    const put = await fetch(`${url}/_emulator/sandboxes/one`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: '{"ttl":300}',
    });
    expect(put.status).toBe(200);
    await next();
    const find = async (): Promise<unknown> => (await fetch(`${url}/_emulator/sandboxes/one`)).json();
    // It gets another second each time that its time is up.
    await expect.poll(find, { timeout: 5000 }).toMatchObject({ ttl: expect.closeTo(800, -3) as number });
    expect(await Promise.race([ended, Promise.resolve('listening')])).toBe('listening');
  });

  it.each([
    [
      { from: { sandbox: 'default', snapshot: 'befor' } },
      404,
      'No such snapshot',
      'The sandbox "default" has no snapshot "befor"; did you mean "before"?',
    ],
    [
      { from: { sandbox: 'default' }, fixtures: ['default'] },
      400,
      'Sandbox cannot be created',
      'A sandbox begins as a copy (from) or with fixtures: leave one of them out.',
    ],
    [
      { clock: 'noon' },
      400,
      'Invalid instant',
      'clock: "noon" is not an instant: write RFC 3339 such as 2026-01-01T00:00:00Z.',
    ],
    [{ ttl: 'soon' }, 400, 'Invalid duration', 'ttl must be a duration above 0.'],
    [{ ttl: 'PT0S' }, 400, 'Invalid duration', 'ttl must be a duration above 0.'],
    [{ fixtures: ['defaul'] }, 400, 'Invalid fixtures', expect.stringContaining('"defaul"')],
    [{ fixtures: [{ klaim: { user: [] } }] }, 400, 'Invalid fixtures', expect.stringContaining('fixtures[0]')],
    [
      { listen: true },
      400,
      'Sandbox cannot be created',
      'listen: this emulator is a request handler in another server and opens no ports.',
    ],
    [{ randomSeed: 0.5 }, 400, 'Invalid request', 'body/randomSeed must be integer'],
  ])('refuses %j and changes nothing', async (body, status, title, detail) => {
    const api = await startControl();
    await api.put('/snapshots/before', undefined);
    await api.in('one').change('ada', 1);
    const before = [await api.get('/sandboxes'), await api.in('one').get('/state')];
    for (const name of ['one', 'two']) {
      expect(await api.put(`/sandboxes/${name}`, body)).toEqual(problem(status, title, detail, expect.any(String)));
    }
    expect([await api.get('/sandboxes'), await api.in('one').get('/state')]).toEqual(before);
  });

  it.each([{}, { from: { sandbox: 'default' } }, { fixtures: ['default'] }])(
    'refuses one more than the maximum, with %j',
    async (body) => {
      const api = await startControl({ maxSandboxes: 2 });
      expect(await api.put('/sandboxes/one', body)).toEqual(made('one'));
      expect(await api.put('/sandboxes/two', body)).toEqual(
        problem(
          503,
          'Too many sandboxes',
          'The limit of 2 sandboxes is reached.',
          'Use fewer names, or start with a larger --max-sandboxes.',
        ),
      );
      expect(await api.put('/sandboxes/one', body)).toEqual(ok(describedSandbox('one')));
    },
  );
});

describe('DELETE /_emulator/sandboxes/{name}', () => {
  it.for(['one', 'default'])('deletes "%s", and the next request gets a new one', async (name, { api }) => {
    const one = api.in(name);
    await one.change('ada', 1);
    await one.put('/snapshots/before', undefined);
    expect(await api.delete(`/sandboxes/${name}`)).toEqual(done);
    expect(await api.get(`/sandboxes/${name}`)).toMatchObject({ status: name === 'one' ? 404 : 200 });
    expect(await one.credits('ada')).toBe(700);
    expect(await api.get(`/sandboxes/${name}`)).toEqual(ok(describedSandbox(name, { requests: 1 })));
  });

  it('ends its streams and waiting requests, and leaves others alone', async () => {
    const { url } = await startEmulator({ providers: [board] });
    const [one, two] = ['one', 'two'].map((name) => `${url}/_sandbox/${name}`);
    const streams = [
      await follow<ShownNote>(`${one ?? ''}/board/notes/a/stream`),
      await follow<ShownNote>(`${two ?? ''}/board/notes/a/stream`),
    ];
    for (const { next } of streams) await next();
    await fetch(`${one ?? ''}/_emulator/faults`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ operation: 'getNote', effect: { delay: 3_600_000 } }),
    });
    const waiting = fetch(`${one ?? ''}/board/notes/a`).then(
      () => 'answered',
      () => 'closed',
    );
    const countRequests = async (): Promise<unknown> =>
      ((await (await fetch(`${url}/_emulator/sandboxes/one`)).json()) as { readonly requests: number }).requests;
    await expect.poll(countRequests).toBe(2);
    expect((await fetch(`${url}/_emulator/sandboxes/one`, { method: 'DELETE' })).status).toBe(204);
    expect(await waiting).toBe('closed');
    expect(await streams[0]?.ended).toBe('whole');
    await fetch(`${two ?? ''}/board/notes/a`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: '{"text":"new"}',
    });
    expect(await streams[1]?.next()).toEqual({ name: 'a', version: 1, text: 'new' });
  });
});
