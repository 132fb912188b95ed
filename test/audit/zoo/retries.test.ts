import { describe, expect, it } from 'vitest';

import type { Fault } from '../../../src/client.ts';
import { START } from '../../support/emulator.ts';
import { openmonetize, PARTS, type Ask } from './cast.ts';
import { leave, Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const limited = new Stage({ set: ['openmonetize.rateLimit=2/PT1M'] });
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe.each(PARTS)('retry-storm at $provider', (part) => {
  const failing = (times: number, gaps: (count: number) => number): Script => {
    return async (scene) => {
      await scene.sandbox.faults.add({ provider: part.provider, operation: part.adding, effect: { status: 503 } });
      const client = scene.actor(part.provider);
      for (let count = 0; count < times; count += 1) {
        await client.send(part.add(1), { idempotencyKey: 'k' });
        scene.skip(gaps(count));
      }
    };
  };

  it('reports attempts without a wait', async () => {
    expect(await gists(failing(5, () => 0))).toEqual(['retry-storm likely info 5']);
  });

  it('reports gaps that never grow', async () => {
    expect(await gists(failing(7, () => 400))).toEqual(['retry-storm likely info 7']);
  });

  it.each<[string, Script]>([
    ['four attempts in all', failing(4, () => 0)],
    ['gaps that grow', failing(7, (count) => 150 * 2 ** count)],
    ['constant gaps of a second', failing(7, () => 1200)],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('keeps to its bounds', async () => {
    const { provider } = part;
    const told = (status: number, times: number): Script => {
      return async (scene) => {
        await scene.sandbox.faults.add({ provider, operation: part.adding, effect: { status } });
        const client = scene.actor(provider);
        for (let count = 0; count < times; count += 1) await client.send(part.add(1), { idempotencyKey: 'k' });
      };
    };
    const each =
      (effect: { status: number }, ask: (count: number) => Ask, name = (): string => 'shop'): Script =>
      async (scene) => {
        await scene.sandbox.faults.add({ provider, effect });
        for (let count = 0; count < 5; count += 1) {
          await scene.actor(provider, name()).send(ask(count), { idempotencyKey: 'k' });
        }
      };
    let named = 0;
    await stage.hold([
      ['attempts after 429', ['retry-storm likely info 5'], told(429, 5)],
      ['five times at once', ['retry-storm likely info 5'], failing(5, () => 99)],
      ['six gaps of nearly a second', ['retry-storm likely info 7'], failing(7, () => 999)],
      ['gaps that shrink', ['retry-storm likely info 7'], failing(7, (count) => 900 - 100 * count)],
      ['five gaps of the same length', [], failing(6, () => 400)],
      ['four gaps that are a little longer', [], failing(5, () => 100)],
      ['one longer gap', [], failing(6, (count) => (count === 2 ? 300 : 0))],
      ['gaps that grow once', [], failing(9, (count) => (count < 2 ? 300 : 1300))],
      ['any response of a fault, because its effect is unknown', ['retry-storm likely info 6'], told(409, 6)],
      [
        'refusals of the service itself',
        ['futile-retry likely info 6'],
        async (scene) => {
          for (let count = 0; count < 6; count += 1) await scene.actor(provider).send(part.hopeless());
        },
      ],
      ['other requests', [], each({ status: 503 }, (count) => part.add(count + 1))],
      [
        'several clients',
        [],
        each(
          { status: 503 },
          () => part.add(1),
          () => `client-${(named += 1)}`,
        ),
      ],
      [
        'attempts with a success in between',
        [],
        async (scene) => {
          const client = scene.actor(provider);
          for (const [index, times] of [3, 3].entries()) {
            await scene.sandbox.faults.add({ provider, operation: part.adding, effect: { status: 503 }, times });
            for (let count = 0; count <= times; count += 1)
              await client.send(part.add(1), { idempotencyKey: `k${index}` });
            await client.send(part.read());
          }
        },
      ],
    ]);
  });

  it('leaves alone attempts that overlap', async () => {
    const found = await gists(async (scene) => {
      const effect = { hold: { until: 8, timeout: 2_000_000_000 } };
      await scene.sandbox.faults.add({ provider: part.provider, operation: part.adding, effect });
      await scene.sandbox.faults.add({ provider: part.provider, operation: part.adding, effect: { status: 503 } });
      const client = scene.actor(part.provider);
      await Promise.all(Array.from({ length: 8 }, () => client.send(part.add(1), { idempotencyKey: 'k' })));
    });
    expect(found).toEqual([]);
  });
});

describe.each(PARTS)('retry-after-ignored at $provider', (part) => {
  const told = async (scene: Parameters<Script>[0]): Promise<void> => {
    await scene.sandbox.faults.add({
      ...{ provider: part.provider, operation: part.adding, times: 1 },
      effect: { status: 503, retryAfter: 30 },
    });
    await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
  };

  it('reports a request that comes too early', async () => {
    const found = await gists(async (scene) => {
      await told(scene);
      scene.skip(5000);
      await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
    });
    expect(found).toEqual(['retry-after-ignored certain warning 2']);
  });

  it('knows both statuses and both forms of Retry-After, to a tenth of a second', async () => {
    const { provider, adding: operation } = part;
    const FOUND = ['retry-after-ignored certain warning 2'];
    const after =
      (effect: Fault['effect'], gap: number): Script =>
      async (scene) => {
        await scene.sandbox.faults.add({ provider, operation, times: 1, effect });
        const client = scene.actor(provider);
        await client.send(part.add(1), { idempotencyKey: 'k' });
        scene.skip(gap);
        await client.send(part.add(1), { idempotencyKey: 'k' });
      };
    // The clock of the sandbox is frozen.
    const until = new Date(Date.parse(START) + 30_000).toUTCString();
    await stage.hold([
      ['429', FOUND, after({ status: 429, retryAfter: 30 }, 5000)],
      ['a date', FOUND, after({ status: 503, headers: { 'Retry-After': until } }, 5000)],
      ['half a second too early', FOUND, after({ status: 503, retryAfter: 30 }, 29_500)],
      ['after the date', [], after({ status: 503, headers: { 'Retry-After': until } }, 30_000)],
      ['less than a tenth of a second too early', [], after({ status: 503, retryAfter: 30 }, 29_950)],
      ['another status', [], after({ status: 500, headers: { 'Retry-After': '30' } }, 5000)],
      ['a response without Retry-After', [], after({ status: 503 }, 5000)],
      ['an invalid time', [], after({ status: 503, headers: { 'Retry-After': 'soon' } }, 5000)],
      ['a lost response', [], after({ connection: 'reset' }, 5000)],
      [
        'a client that had left',
        [],
        async (scene) => {
          await scene.sandbox.faults.add({ provider, operation, times: 1, effect: { status: 503, retryAfter: 30 } });
          const goOn = await leave(scene, part, { idempotencyKey: 'k' });
          await goOn();
          scene.skip(5000);
          await scene.actor(provider).send(part.add(1), { idempotencyKey: 'k' });
        },
      ],
      [
        'several requests as one finding',
        ['retry-after-ignored certain warning 4'],
        async (scene) => {
          await after({ status: 503, retryAfter: 30 }, 5000)(scene);
          scene.skip(5000);
          await scene.actor(provider).send(part.add(1), { idempotencyKey: 'k' });
          scene.skip(5000);
          return scene.actor(provider).send(part.add(1), { idempotencyKey: 'k' });
        },
      ],
    ]);
  });

  it('is likely for a client without a name', async () => {
    const found = await gists(async (scene) => {
      await scene.sandbox.faults.add({
        ...{ provider: part.provider, operation: part.adding, times: 1 },
        effect: { status: 503, retryAfter: 30 },
      });
      const client = scene.actor(part.provider, null);
      await client.send(part.add(1), { idempotencyKey: 'k' });
      scene.skip(5000);
      await client.send(part.add(1), { idempotencyKey: 'k' });
    });
    expect(found.filter((gist) => gist.startsWith('retry-after'))).toEqual(['retry-after-ignored likely warning 2']);
  });

  it.each<[string, Script]>([
    [
      'a wait in real time',
      async (scene) => {
        await told(scene);
        scene.skip(30_000);
        await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
      },
    ],
    [
      'a wait by the clock of the sandbox',
      async (scene) => {
        await told(scene);
        scene.skip(5000);
        await scene.sandbox.clock.advance('PT30S');
        await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
      },
    ],
    [
      'a request that was already on its way',
      async (scene) => {
        await told(scene);
        await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
      },
    ],
    [
      'another operation',
      async (scene) => {
        await told(scene);
        scene.skip(5000);
        await scene.actor(part.provider).send(part.read());
      },
    ],
    [
      'another client',
      async (scene) => {
        await told(scene);
        scene.skip(5000);
        await scene.actor(part.provider, 'other').send(part.add(2), { idempotencyKey: 'k2' });
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});

describe('retry-after-ignored for the limit of a service', () => {
  it('reports any operation within the limit', async () => {
    const findings = await limited.judge(async (scene) => {
      const client = scene.actor('openmonetize');
      for (let count = 0; count < 3; count += 1) await client.send(openmonetize.read());
      scene.skip(5000);
      await client.send(openmonetize.add(1), { idempotencyKey: 'k' });
    });
    expect(findings.map(toGist)).toEqual(['retry-after-ignored certain warning 2']);
  });

  it('reports attempts without a wait as a storm, not as futile', async () => {
    const storms = async (times: number): Promise<readonly string[]> => {
      const findings = await limited.judge(async (scene) => {
        const client = scene.actor('openmonetize');
        for (let count = 0; count < 2 + times; count += 1) {
          const answer = await client.send(openmonetize.add(1), { idempotencyKey: 'k' });
          expect(answer?.status).toBe(count < 2 ? 200 : 429);
        }
      });
      return findings.map(toGist).filter((gist) => !gist.startsWith('retry-after'));
    };
    expect([await storms(5), await storms(4)]).toEqual([['retry-storm likely info 5'], []]);
  });

  it('leaves alone another tenant, which has its own limit, and a truncated response', async () => {
    const exhaust = async (scene: Scene): Promise<void> => {
      const client = scene.actor('openmonetize');
      for (let count = 0; count < 3; count += 1) await client.send(openmonetize.read());
      scene.skip(5000);
    };
    await limited.hold([
      [
        'another tenant',
        [],
        async (scene) => {
          await exhaust(scene);
          return scene.actor('openmonetize', 'harbor').send(openmonetize.addElsewhere?.(5) ?? openmonetize.read());
        },
      ],
      [
        'a truncated response',
        [],
        async (scene) => {
          await scene.sandbox.faults.add({ provider: 'openmonetize', effect: { body: 'truncate' }, skip: 2, times: 1 });
          await exhaust(scene);
          return scene.actor('openmonetize').send(openmonetize.read());
        },
      ],
    ]);
  });
});
