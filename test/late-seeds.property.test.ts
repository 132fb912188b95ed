import fc from 'fast-check';
import type TestAgent from 'supertest/lib/agent.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { findOutline, type Outline } from '../src/core/sandbox/outline.ts';
import type { Provider } from '../src/core/provider/provider.ts';
import { readOwn } from '../src/core/values/bundled-file.ts';
import { outlines } from '../src/fixtures/outlines.ts';
import { bundled } from '../src/providers/index.ts';
import { startApp } from './support/emulator.ts';
import { propertyRuns } from './support/property.ts';
import { loadRequests } from './support/requests.ts';

interface Step {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

const ids = bundled.map(({ provider }) => provider.id);
const steps: Step[] = [];
/** As a build has them; code as it is written has none and loads every seed at once. */
const known = new Map<string, Outline>();
let areKnown = false;
const loads: string[] = [];

function readSection({ id, seed }: Provider): unknown {
  return seed && (readOwn(seed) as Readonly<Record<string, unknown>>)[id];
}

beforeAll(async () => {
  vi.spyOn(outlines, 'find').mockImplementation((id) => (areKnown ? known.get(id) : undefined));
  for (const { provider } of bundled) {
    const outline = findOutline(provider, readSection(provider));
    if (outline) known.set(provider.id, outline);
    const { fixture } = provider;
    const { load } = fixture;
    vi.spyOn(fixture, 'load').mockImplementation((...given) => {
      loads.push(provider.id);
      load(...given);
    });
  }
  for (const id of ids) {
    const { headers, operations } = await loadRequests(id);
    for (const { method, path, body, ...sample } of Object.values(operations)) {
      // A stream does not end.
      if (sample.stream === true) continue;
      steps.push({ method, path: `/${id}${path}`, headers: { ...headers, ...sample.headers }, ...(body && { body }) });
    }
  }
});

const act = (method: string, path: string, body?: object): Step => ({
  method,
  path: `/_emulator${path}`,
  headers: {},
  ...(body && { body }),
});

/** None that tells of real time. */
const ACTS: readonly Step[] = [
  act('POST', '/clock/advance', { by: 'PT50M' }),
  act('POST', '/clock/advance', { by: 'P3D' }),
  act('POST', '/reset'),
  act('GET', '/state'),
  act('GET', '/accounts'),
  act('GET', '/ledger'),
  act('PUT', '/snapshots/taken'),
  act('POST', '/snapshots/taken/restore'),
  act('PUT', '/sandboxes/other', { from: 'default' }),
  act('GET', '/providers'),
];

/** A sandbox that is named is made by the first request that does, whenever that is. */
const step = fc.record({
  at: fc.nat(),
  isAct: fc.integer({ min: 0, max: 9 }).map((one) => one < 3),
  sandbox: fc.constantFrom(undefined, undefined, undefined, 'other', 'third'),
});

async function take(app: TestAgent, { method, path, headers, body }: Step, sandbox = 'default'): Promise<object> {
  const request = app[method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'](path)
    .set(headers)
    .set({ 'X-Emulator-Sandbox': sandbox, Host: '127.0.0.1' });
  const { status, headers: received, text } = await (body ? request.send(body) : request);
  const { date: _, ...rest } = received as Record<string, string>;
  return { path, status, rest, text };
}

afterAll(() => {
  vi.restoreAllMocks();
});

/** Emulators with the same random seed would share their records. */
let randomSeed = 0;

function start(isLate: boolean): Promise<TestAgent> {
  areKnown = isLate;
  return startApp({ randomSeed });
}

describe('the bundled seeds', () => {
  it('are all known by their outlines', () => {
    expect([...known.keys()]).toEqual(ids);
  });

  it('are not loaded before somebody asks, each by itself', async () => {
    loads.length = 0;
    const app = await start(true);
    expect(loads).toEqual([]);
    await app.get('/klaim/users').set('Authorization', 'Bearer klaim_test_lantern').expect(200);
    await app.get('/_emulator/health').expect(200);
    expect(loads).toEqual(['klaim']);
    await app.get('/_emulator/accounts').expect(200);
    expect([...loads].sort()).toEqual([...ids].sort());
  });

  it('come to the same when they are loaded late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (chosen) => {
        randomSeed += 1;
        const [early, late] = [await start(false), await start(true)];
        for (const { at, isAct, sandbox } of chosen) {
          const list = isAct ? ACTS : steps;
          const next = list[at % list.length];
          if (next) expect(await take(late, next, sandbox)).toEqual(await take(early, next, sandbox));
        }
        for (const sandbox of ['default', 'other', 'third']) {
          const state = act('GET', '/state');
          expect(await take(late, state, sandbox)).toEqual(await take(early, state, sandbox));
        }
      }),
      { numRuns: Math.min(propertyRuns(12), 250) },
    );
  });
});
