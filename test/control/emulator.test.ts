import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { startEmulator } from '../support/emulator.ts';
import { tally } from '../support/providers.ts';
import { ok, problem, startControl } from './api.ts';

const HEALTH = { status: 'ok', version: '0.1.0', uptime: expect.any(Number) as unknown };

const KLAIM_OPERATIONS = [
  'GET /users listUsers',
  'GET /users/{user_id} getUser',
  'GET /users/{user_id}/credits getUserCredits',
  'POST /users createUser',
  'POST /users/{user_id} getUser',
  'POST /users/{user_id}/credits getUserCredits',
  'PUT /users/{user_id} updateUser',
  'PUT /users/{user_id}/credits updateUserCredits',
];

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

  it('answers HEAD as GET, without the body, and is not cached', async () => {
    const { agent } = await startControl();
    const { status, text, headers } = await agent.head(`/_emulator${path}`);
    expect([status, Boolean(text), Number(headers['content-length']) > 50]).toEqual([200, false, true]);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  });
});

describe('GET /_emulator/health', () => {
  it('counts the milliseconds since the start', async () => {
    const { get } = await startControl();
    const uptime = async (): Promise<number> => ((await get('/health')).body as { uptime: number }).uptime;
    const first = await uptime();
    expect(first).toBeGreaterThanOrEqual(0);
    await expect.poll(uptime).toBeGreaterThan(first);
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
    const { operations } = body as { readonly operations: readonly Readonly<Record<string, string>>[] };
    const listed = operations.map(
      ({ method, path, operationId }) => `${method ?? ''} ${path ?? ''} ${operationId ?? ''}`,
    );
    expect(listed.toSorted()).toEqual(KLAIM_OPERATIONS);
  });

  it('does not know "constructor"', async () => {
    const { get } = await startControl({ providers: [tally] });
    expect(await get('/providers/constructor')).toMatchObject({ status: 404, body: { title: 'No such provider' } });
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

  it.each([
    ['klaim.yml', 'There is no document "klaim.yml"; did you mean "klaim.yaml"?'],
    ['emulator', 'There is no document "emulator".'],
    ...['../package.json', '/etc/passwd.yaml', '../specs/klaim.yaml'].map((file) => [
      file,
      expect.any(String) as string,
    ]),
  ])('does not know %s, opens no file, and names the nearest if one is near', async (file = '', detail) => {
    const { get } = await startControl();
    const hint = 'Name a provider or "emulator", with .yaml or .json.';
    expect(await get(`/specs/${encodeURIComponent(file)}`)).toEqual(problem(404, 'No such document', detail, hint));
  });
});
