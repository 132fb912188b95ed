import supertest from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { describe, expect, it } from 'vitest';

import { compose } from '../../src/compose/compose.ts';
import { toConfig } from '../../src/config/config.ts';
import type { EmulatorOptions } from '../../src/config/options.ts';
import type { Sandboxes } from '../../src/core/sandbox/sandboxes.ts';
import { bundled } from '../../src/providers/index.ts';
import { START } from '../support/emulator.ts';
import { testLogger } from '../support/log.ts';

const KEY = { Authorization: 'Bearer klaim_test_lantern' };
const in_ = (name: string): Record<string, string> => ({ 'X-Emulator-Sandbox': name });

async function start(options: EmulatorOptions = {}): Promise<{ app: TestAgent; sandboxes: Sandboxes }> {
  const config = toConfig({ clock: START, providers: ['klaim'], ...options }, bundled);
  const { loadApp, sandboxes } = await compose(config, testLogger);
  return { app: supertest(loadApp()), sandboxes };
}

describe('a request in a sandbox that is new', () => {
  it('makes none where its key is unknown', async () => {
    const { app, sandboxes } = await start();
    await app.get('/klaim/users').set(in_('fresh')).set('Authorization', 'Bearer nobody').expect(401);
    expect([sandboxes.size, sandboxes.find('fresh')]).toEqual([1, undefined]);
  });

  it('leaves the refused ones in its journal, each with an id of its own', async () => {
    const { app, sandboxes } = await start();
    const ids: unknown[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { headers } = await app.get('/klaim/users').set(in_('fresh')).set('Authorization', 'Bearer nobody');
      ids.push(headers['x-emulator-request-id']);
    }
    expect([ids, sandboxes.size]).toEqual([['fresh-1', 'fresh-2', 'fresh-3'], 1]);
    const { body } = (await app.get('/_emulator/requests').set(in_('fresh'))) as {
      readonly body: { readonly requests: readonly { readonly id: string; readonly answer: { status: number } }[] };
    };
    expect(body.requests.map(({ id, answer }) => [id, answer.status])).toEqual([
      ['fresh-3', 401],
      ['fresh-2', 401],
      ['fresh-1', 401],
    ]);
  });

  it('is remembered among the last sixteen of them only', async () => {
    const { app } = await start();
    const ask = async (name: string): Promise<unknown> => {
      const { headers } = await app.get('/klaim/users').set(in_(name)).set('Authorization', 'Bearer nobody');
      return headers['x-emulator-request-id'];
    };
    for (let n = 0; n < 17; n += 1) await ask(`s-${n}`);
    expect([await ask('s-0'), await ask('s-16')]).toEqual(['s-0-1', 's-16-2']);
  });

  it.each([
    ['an act that takes no such body', 'put', '/_emulator/clock', { now: 5 }, 400],
    ['an act on what is not there', 'get', '/_emulator/requests/fresh-9', undefined, 404],
    ['a state that is none', 'put', '/_emulator/state', { klaim: { apps: [[]] } }, 400],
  ] as const)('makes none for %s', async (_, method, path, body, status) => {
    const { app, sandboxes } = await start();
    await app[method](path).set(in_('fresh')).send(body).expect(status);
    expect([sandboxes.size, sandboxes.find('fresh')]).toEqual([1, undefined]);
  });

  it('makes one where it is let in, which then stays whatever comes', async () => {
    const { app, sandboxes } = await start();
    await app.get('/klaim/users').set(in_('fresh')).set(KEY).expect(200);
    await app.get('/klaim/users').set(in_('fresh')).set('Authorization', 'Bearer nobody').expect(401);
    expect(sandboxes.find('fresh')?.name).toBe('fresh');
  });

  it('leaves the default one where it is', async () => {
    const { app, sandboxes } = await start();
    const before = sandboxes.get('default');
    await app.get('/klaim/users').set('Authorization', 'Bearer nobody').expect(401);
    expect(sandboxes.get('default')).toBe(before);
  });

  it('leaves room for others, however many are refused', async () => {
    const { app } = await start({ maxSandboxes: 2 });
    for (let n = 0; n < 5; n += 1) {
      await app
        .get('/klaim/users')
        .set(in_(`stranger-${n}`))
        .set('Authorization', 'Bearer nobody')
        .expect(401);
    }
    await app.get('/klaim/users').set(in_('owner')).set(KEY).expect(200);
    const { body } = (await app.get('/klaim/users').set(in_('third')).set(KEY).expect(503)) as { body: object };
    expect(body).toMatchObject({
      title: 'Too many sandboxes',
      hint: expect.stringContaining('--max-sandboxes') as string,
    });
  });
});
