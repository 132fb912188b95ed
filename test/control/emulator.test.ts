import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { startEmulator } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';
import { ok, problem, startControl } from './api.ts';

const HEALTH = { status: 'ok', version: '0.1.0', uptime: expect.any(Number) as unknown };

const KLAIM_OPERATIONS = [
  ['GET /users', 'listUsers'],
  ['GET /users/{user_id}', 'getUser'],
  ['GET /users/{user_id}/credits', 'getUserCredits'],
  ['POST /users', 'createUser'],
  ['POST /users/{user_id}', 'getUser'],
  ['POST /users/{user_id}/credits', 'getUserCredits'],
  ['PUT /users/{user_id}', 'updateUser'],
  ['PUT /users/{user_id}/credits', 'updateUserCredits'],
];

interface Described {
  readonly operations: readonly { readonly method: string; readonly path: string; readonly operationId: string }[];
}

describe.each(['/health', '/ready'])('GET /_emulator%s', (path) => {
  it('says that all is well and lists the URLs of the providers', async () => {
    const { get } = await startControl({ providers: ['klaim', tally] });
    expect(await get(path, { Host: 'emulator' })).toEqual(
      ok({ ...HEALTH, providers: { klaim: 'http://emulator/klaim', tally: 'http://emulator/tally' } }),
    );
  });

  it('names the base URLs of a started emulator on every port', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    for (const url of [emulator.url, emulator.urls.klaim]) {
      const response = await fetch(`${url}/_emulator${path}`);
      expect(await response.json()).toEqual({ ...HEALTH, providers: { klaim: emulator.urls.klaim } });
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const { agent } = await startControl();
    const [get, head] = [await agent.get(`/_emulator${path}`), await agent.head(`/_emulator${path}`)];
    expect([head.status, Boolean(head.text), head.headers['content-type']]).toEqual([
      200,
      false,
      get.headers['content-type'],
    ]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(50);
  });
});

describe('GET /_emulator/health', () => {
  it('counts the milliseconds since the start', async () => {
    const { get } = await startControl();
    const uptime = async (): Promise<number> => {
      const { body } = await get('/health');
      return (body as { uptime: number }).uptime;
    };
    const first = await uptime();
    expect(first).toBeGreaterThanOrEqual(0);
    await expect.poll(uptime).toBeGreaterThan(first);
  });

  it('is not cached', async () => {
    const { agent } = await startControl();
    expect((await agent.get('/_emulator/health')).headers['cache-control']).toBe('no-store');
  });
});

describe('GET /_emulator/providers', () => {
  it('prints the variables of a provider with its own port and a seeded key', async () => {
    const emulator = await startEmulator({ providers: ['klaim'] });
    const response = await fetch(`${emulator.url}/_emulator/providers/klaim`);
    expect(await response.json()).toMatchObject({
      url: emulator.urls.klaim,
      options: { overdraft: 'allow' },
      env: { KLAIM_BASE_URL: emulator.urls.klaim, KLAIM_API_KEY: 'klaim_test_lantern' },
    });
  });

  it('lists both paths of an operation with a twin under one operationId', async () => {
    const { get } = await startControl();
    const { body } = await get('/providers/klaim');
    const operations = (body as Described).operations.map(({ method, path, operationId }) => [
      `${method} ${path}`,
      operationId,
    ]);
    expect(operations.toSorted()).toEqual(KLAIM_OPERATIONS);
  });

  it('knows only enabled providers, and names the nearest', async () => {
    const { get } = await startControl({ providers: [tally] });
    const hint = 'GET /_emulator/providers lists them.';
    expect(await get('/providers/tali')).toEqual(
      problem(404, 'No such provider', 'There is no provider "tali"; did you mean "tally"?', hint),
    );
    expect(await get('/providers/constructor')).toEqual(problem(404, 'No such provider', expect.any(String), hint));
  });
});

describe('GET /_emulator/specs', () => {
  it.each(['klaim', 'emulator'])('returns the document of %s as YAML and as JSON', async (id) => {
    const { agent } = await startControl();
    const yaml = await agent.get(`/_emulator/specs/${id}.yaml`).buffer();
    const json = await agent.get(`/_emulator/specs/${id}.json`);
    expect(yaml.headers['content-type']).toBe('application/yaml; charset=utf-8');
    expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json.body).toEqual(parse(yaml.text));
    expect(json.body).toMatchObject({ openapi: '3.0.3' });
  });

  it('returns the document of a provider from outside', async () => {
    const { get } = await startControl({ providers: [tally] });
    expect(await get('/specs/tally.json')).toMatchObject({ status: 200, body: { info: { title: 'Tally' } } });
  });

  it.each([
    ['klaym.yaml', 'There is no document "klaym.yaml"; did you mean "klaim.yaml"?'],
    ['klaim.yml', 'There is no document "klaim.yml"; did you mean "klaim.yaml"?'],
    ['emulator', 'There is no document "emulator".'],
  ])('does not know %s, and names the nearest if one is near', async (file, detail) => {
    const { get } = await startControl();
    const hint = 'Name a provider or "emulator", with .yaml or .json.';
    expect(await get(`/specs/${file}`)).toEqual(problem(404, 'No such document', detail, hint));
  });

  it.each(['..%2Fpackage.json', '%2Fetc%2Fpasswd.yaml', '..%2Fspecs%2Fklaim.yaml'])(
    'opens no file by the name %s',
    async (file) => {
      const { get } = await startControl();
      expect(await get(`/specs/${file}`)).toMatchObject({ status: 404 });
    },
  );
});
