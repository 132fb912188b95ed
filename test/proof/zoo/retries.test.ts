import { describe, expect, it } from 'vitest';

import { openmonetize, PARTS } from './cast.ts';
import { Stage, toGist, type Script } from './stage.ts';

const stage = new Stage();
const limited = new Stage({ set: ['openmonetize.rateLimit=2/PT1M'] });
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe.each(PARTS)('futile-retry at $provider', (part) => {
  it('is found where a refused write comes three times', async () => {
    const found = await gists(async (scene) => {
      const client = scene.actor(part.provider);
      for (let count = 0; count < 4; count += 1) await client.send(part.hopeless());
    });
    expect(found).toEqual(['futile-retry likely info 4']);
  });

  it.each<[string, Script]>([
    [
      'two attempts',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 2; count += 1) await client.send(part.hopeless());
      },
    ],
    [
      'attempts between which something changed',
      async (scene) => {
        const [client, other] = [scene.actor(part.provider), scene.actor(part.provider, 'other')];
        for (let count = 0; count < 4; count += 1) {
          await client.send(part.hopeless());
          await other.send(part.add(count));
        }
      },
    ],
    [
      'attempts between which the clock was moved',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 4; count += 1) {
          await client.send(part.hopeless());
          await scene.sandbox.clock.advance('PT1M');
        }
      },
    ],
    [
      'attempts that are far apart',
      async (scene) => {
        const client = scene.actor(part.provider);
        for (let count = 0; count < 4; count += 1) {
          await client.send(part.hopeless());
          scene.skip(3000);
        }
      },
    ],
    [
      'refusals that a fault brought',
      async (scene) => {
        await scene.sandbox.faults.add({ provider: part.provider, operation: part.adding, effect: { status: 409 } });
        const client = scene.actor(part.provider);
        for (let count = 0; count < 3; count += 1) {
          await client.send(part.add(1), { idempotencyKey: 'k' });
          scene.skip(200);
        }
      },
    ],
    [
      'reads, which poll',
      async (scene) => {
        const client = scene.actor(part.provider);
        const ask = part.read();
        for (let count = 0; count < 4; count += 1)
          await client.send({ ...ask, path: ask.path.replace(part.subject, part.other) });
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});

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

  it('is found where nobody waits', async () => {
    expect(await gists(failing(5, () => 0))).toEqual(['retry-storm likely info 5']);
  });

  it('is found where gaps never grow', async () => {
    expect(await gists(failing(7, () => 400))).toEqual(['retry-storm likely info 7']);
  });

  it.each<[string, Script]>([
    ['four attempts in all', failing(4, () => 0)],
    ['gaps that grow', failing(7, (count) => 150 * 2 ** count)],
    ['constant gaps of a second', failing(7, () => 1200)],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('leaves alone attempts that overlap', async () => {
    const found = await gists(async (scene) => {
      await scene.sandbox.faults.add({ provider: part.provider, operation: part.adding, effect: { delay: 100 } });
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

  it('is found where a call comes before its time', async () => {
    const found = await gists(async (scene) => {
      await told(scene);
      scene.skip(5000);
      await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
    });
    expect(found).toEqual(['retry-after-ignored certain warning 2']);
  });

  it('is likely only where the client does not say who it is', async () => {
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
      'what waited by real time',
      async (scene) => {
        await told(scene);
        scene.skip(30_000);
        await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
      },
    ],
    [
      'what waited by the clock of the sandbox',
      async (scene) => {
        await told(scene);
        scene.skip(5000);
        await scene.sandbox.clock.advance('PT30S');
        await scene.actor(part.provider).send(part.add(1), { idempotencyKey: 'k' });
      },
    ],
    [
      'what was on its way already',
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

describe('retry-after-ignored of a limit that the service has itself', () => {
  it('is found of any operation within it', async () => {
    const findings = await limited.judge(async (scene) => {
      const client = scene.actor('openmonetize');
      for (let count = 0; count < 3; count += 1) await client.send(openmonetize.read());
      scene.skip(5000);
      await client.send(openmonetize.add(1), { idempotencyKey: 'k' });
    });
    expect(findings.map(toGist)).toEqual(['retry-after-ignored certain warning 2']);
  });
});
