import { describe, expect, it } from 'vitest';

import type { FailedOperation, Provider } from '../../../src/core/provider/provider.ts';
import { startControl, toAnswer, type Answer } from '../../control/api.ts';
import { cloakroom } from '../../support/cloakroom.ts';
import { startApp } from '../../support/emulator.ts';
import { takeLogged } from '../../support/log.ts';
import { tally } from '../../support/providers.ts';

async function get(path: string, guest = 'ada'): Promise<Answer> {
  const agent = await startApp({ providers: [cloakroom] });
  return toAnswer(await agent.get(`/cloakroom${path}`).set(guest === '' ? {} : { 'X-Guest': guest }));
}

function sign(basePath: string): Answer {
  return { status: 200, body: { basePath, guest: null, params: {} } };
}

describe('a base path', () => {
  it.each(['/v1', '/v2'])('%s leads to every operation, which is told it', async (basePath) => {
    expect(await get(`${basePath}/sign`)).toEqual(sign(basePath));
    expect(await get(`${basePath}/echo/path?color=red`)).toEqual({
      status: 200,
      body: { basePath, guest: { name: 'ada', visits: 1 }, params: { name: 'path', color: 'red' } },
    });
  });

  it.each(['//v2//sign', '/v2/sign/', '//v2/sign//?x'])('is found in %s where slashes collapse', async (path) => {
    expect(await get(path)).toEqual(sign('/v2'));
  });

  it('leads a HEAD where it leads a GET', async () => {
    const agent = await startApp({ providers: [cloakroom] });
    const [full, head] = [await agent.get('/cloakroom/v2/sign'), await agent.head('/cloakroom/v2/sign')];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([
      200,
      undefined,
      full.headers['content-length'],
    ]);
    expect((await agent.head('/cloakroom/v3/sign')).status).toBe(404);
  });

  it('counts as a part of the url in the journal', async () => {
    const { agent, get: ask } = await startControl({ providers: [cloakroom] });
    await agent.get('/cloakroom/v2/sign?x=/v1/');
    await agent.head('/cloakroom/v1/sign');
    await agent.get('/cloakroom/sign');
    expect((await ask('/requests')).body).toMatchObject({
      requests: [
        { method: 'GET', url: '/sign', operation: null },
        { method: 'HEAD', url: '/v1/sign', operation: 'readSign' },
        { method: 'GET', url: '/v2/sign?x=/v1/', operation: 'readSign' },
      ],
    });
  });

  it('stands before every path where the provider is described, the first one of several', async () => {
    const { get: ask } = await startControl({ providers: [cloakroom] });
    const { body } = await ask('/providers/cloakroom');
    const { operations } = body as { operations: readonly { path: string }[] };
    expect(operations.map(({ path }) => path)).toEqual([
      '/v1/echo/{name}',
      '/v1/echo/{name}',
      '/v1/sign',
      '/v1/tickets/{kind}',
    ]);
  });
});

describe('a path that begins with none of the base paths', () => {
  it.each(['/sign', '/v3/sign', '/v10/sign', '/V1/sign', '/x/v1/sign', '/v1', '/v1/', '/v1?/sign', '/?/v1/sign', ''])(
    '"%s" is not found, in the words of the provider',
    async (path) => {
      const agent = await startApp({ providers: [cloakroom] });
      const response = await agent.get(`/cloakroom${path}`).set('X-Guest', 'ada');
      expect(toAnswer(response)).toEqual({ status: 404, body: { error: 'notFound', basePath: null } });
      expect(response.headers).toMatchObject({ 'x-cloakroom': 'yes', 'x-emulator-request-id': 'default-1' });
    },
  );

  it('is not found with two base paths either', async () => {
    expect(await get('/v1/v2/sign')).toMatchObject({ status: 404, body: { error: 'notFound' } });
  });
});

describe('a failure', () => {
  it.each<[string, string, string, number, object]>([
    ['of nobody', '', '/echo/path?color=red', 401, { error: 'unauthenticated' }],
    ['of a parameter', 'ada', '/tickets/hat', 422, { error: 'invalid', violations: ['parameters/kind: enum'] }],
    ['of an operation', 'ada', '/tickets/coat?ending=refused', 409, { error: 'NO_ROOM' }],
    ['of an operation that commits', 'ada', '/tickets/coat?ending=torn', 410, { error: 'TORN' }],
  ])('%s is rendered with the base path', async (_, guest, path, status, body) => {
    for (const basePath of cloakroom.basePaths ?? []) {
      expect(await get(`${basePath}${path}`, guest)).toEqual({ status, body: { ...body, basePath } });
    }
  });

  it('of its own code is rendered with the base path', async () => {
    expect(await get('/v2/tickets/coat?ending=broken')).toEqual({
      status: 500,
      body: { error: 'bug', basePath: '/v2' },
    });
    expect(takeLogged()).toMatchObject([
      { message: 'a bug in cloakroom.operations.takeTicket', fields: { operation: 'takeTicket' } },
    ]);
  });

  it('is rendered with an empty basePath where the provider has none', async () => {
    const told: FailedOperation[] = [];
    const watched: Provider = {
      ...tally,
      renderFailure: (failure, { operationId, basePath, ...request }) => {
        told.push({ operationId, basePath });
        return tally.renderFailure(failure, { operationId, basePath, ...request });
      },
    };
    const agent = await startApp({ providers: [watched] });
    // Whether it renders every kind has been tried by now.
    told.length = 0;
    await agent.get('/tally/counters/none');
    expect(told).toEqual([{ operationId: 'getCounter', basePath: '' }]);
  });

  it.each([
    ['get', '/nowhere', 404, 'notFound'],
    ['post', '/sign', 405, 'methodNotAllowed'],
    ['get', '/echo/%zz', 400, 'badPath'],
  ] as const)('of no operation, %s %s, is rendered with the base path', async (method, path, status, error) => {
    const agent = await startApp({ providers: [cloakroom] });
    const answer = await agent[method](`/cloakroom/v2${path}`);
    expect([answer.status, answer.body]).toEqual([status, { error, basePath: '/v2' }]);
  });
});
