import { describe, expect, it } from 'vitest';

import { openmonetize, PARTS, type Ask, type Part } from './cast.ts';
import { Stage, toGist, type Scene } from './stage.ts';

const stage = new Stage();
const LOST = { effect: { connection: 'reset' }, phase: 'after', times: 1 } as const;

async function lose({ sandbox }: Scene, { provider, adding }: Part): Promise<void> {
  await sandbox.faults.add({ provider, operation: adding, ...LOST });
}

const withKey = (ask: Ask, key: string): Ask => ({ ...ask, headers: { ...ask.headers, 'Idempotency-Key': key } });

describe.each(PARTS)('double-effect at $provider', (part) => {
  it('is found where a lost answer has the client send again what took effect', async () => {
    const findings = await stage.judge(async (scene) => {
      await lose(scene, part);
      const shop = scene.actor(part.provider);
      expect(await shop.send(part.add(100))).toBeUndefined();
      await shop.send(part.add(100));
    });
    expect(findings.map(toGist)).toEqual(['double-effect likely error 2']);
    expect(findings[0]).toMatchObject({
      provider: part.provider,
      client: 'shop',
      entries: [expect.any(String), expect.any(String)],
      what: expect.stringMatching(/took effect twice: balance .*; the first was reset without an answer\.$/) as unknown,
    });
  });

  it('is a warning where clients are told apart by who was let in only', async () => {
    const findings = await stage.judge(async (scene) => {
      await lose(scene, part);
      const shop = scene.actor(part.provider, null);
      await shop.send(part.add(100));
      await shop.send(part.add(100));
    });
    expect(findings.map(toGist)).toEqual(['double-effect likely warning 2']);
  });

  it('is certain where both attempts say that they are one, and the service does not listen', async () => {
    const findings = await stage.judge(async (scene) => {
      const shop = scene.actor(part.provider);
      await shop.send(withKey(part.add(100), 'order-1'));
      await scene.actor(part.provider, 'another').send(withKey(part.add(100), 'order-1'));
    });
    expect(findings.map(toGist)).toEqual(['double-effect certain error 2']);
  });

  it.each<[string, (scene: Scene) => Promise<void>]>([
    [
      'a first attempt that was told',
      async (scene) => {
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.add(100));
      },
    ],
    [
      'an attempt without effect',
      async (scene) => {
        await scene.sandbox.faults.add({
          provider: part.provider,
          operation: part.adding,
          effect: { status: 503 },
          times: 1,
        });
        const shop = scene.actor(part.provider);
        const ask =
          part.provider === 'openmonetize'
            ? { ...part.add(100), body: { ...part.add(100).body, idempotencyKey: 'k' } }
            : part.add(100);
        await shop.send(ask);
        await shop.send(ask);
      },
    ],
    [
      'a client that looked first',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.read());
        await shop.send(part.add(100), { idempotencyKey: 'meant-anew' });
      },
    ],
    [
      'another client',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await scene.actor(part.provider, 'another').send(part.add(100));
        await shop.send(part.read());
      },
    ],
    [
      'another amount',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.add(101));
        await shop.send(part.read());
      },
    ],
    [
      'what comes more than a minute later',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        scene.skip(61_000);
        await shop.send(part.add(100));
        await shop.send(part.read());
      },
    ],
    [
      'what a reset lies between',
      async (scene) => {
        await lose(scene, part);
        const shop = scene.actor(part.provider);
        await shop.send(part.add(100));
        await shop.send(part.read());
        await scene.sandbox.reset();
        await shop.send(part.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect((await stage.judge(script)).map(toGist)).toEqual([]);
  });
});

it('leaves alone a replay by the key of the contract', async () => {
  const findings = await stage.judge(async (scene) => {
    await lose(scene, openmonetize);
    const shop = scene.actor('openmonetize');
    await shop.send(openmonetize.add(100), { idempotencyKey: 'order-1' });
    await shop.send(openmonetize.add(100), { idempotencyKey: 'order-1' });
  });
  expect(findings).toEqual([]);
});
