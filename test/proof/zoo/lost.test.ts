import { describe, expect, it } from 'vitest';

import { openmonetize, PARTS, type Part } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

function lose({ sandbox }: Scene, { provider, adding }: Part, phase: 'before' | 'after' = 'after'): Promise<unknown> {
  const effect = phase === 'after' ? ({ connection: 'reset' } as const) : ({ status: 503 } as const);
  return sandbox.faults.add({ provider, operation: adding, effect, phase, times: 1 });
}

describe('no-key', () => {
  const shop = (scene: Scene) => scene.actor('openmonetize');

  it.each<[string, object, object]>([
    ['without a key', {}, {}],
    ['under another key', { idempotencyKey: 'attempt-1' }, { idempotencyKey: 'attempt-2' }],
    ['with an empty key, which is none', { idempotencyKey: 'attempt-1' }, { idempotencyKey: '' }],
  ])('is found where what was lost comes again %s', async (_, first, second) => {
    const found = await gists(async (scene) => {
      await lose(scene, openmonetize, 'before');
      await shop(scene).send(openmonetize.add(100), { ...first });
      await shop(scene).send(openmonetize.add(100), { ...second });
    });
    expect(found).toEqual(['no-key likely warning 2']);
  });

  it.each<[string, Script]>([
    [
      'the same key',
      async (scene) => {
        await lose(scene, openmonetize, 'before');
        await shop(scene).send(openmonetize.add(100), { idempotencyKey: 'order-1' });
        await shop(scene).send(openmonetize.add(100), { idempotencyKey: 'order-1' });
      },
    ],
    [
      'a client that looked first',
      async (scene) => {
        await lose(scene, openmonetize, 'before');
        await shop(scene).send(openmonetize.add(100));
        await shop(scene).send(openmonetize.read());
        await shop(scene).send(openmonetize.add(100));
      },
    ],
    [
      'what was told',
      async (scene) => {
        await shop(scene).send(openmonetize.add(100));
        await shop(scene).send(openmonetize.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('leaves alone operations that have none', async () => {
    for (const part of PARTS.filter(({ provider }) => provider !== 'openmonetize')) {
      const found = await gists(async (scene) => {
        await lose(scene, part, 'before');
        const client = scene.actor(part.provider);
        await client.send(part.add(100));
        await client.send(part.add(100));
      });
      expect([part.provider, found]).toEqual([part.provider, []]);
    }
  });
});

describe.each(PARTS)('unseen-effect at $provider', (part) => {
  it('is found where nothing shows the client what its lost request did', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      await scene.actor(part.provider).send(part.add(100));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });

  it('is graver where the client wrote to the account again', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      await scene.sandbox.faults.add({
        ...{ provider: part.provider, operation: part.adding, phase: 'before', skip: 1, times: 1 },
        effect: { status: 500 },
      });
      const client = scene.actor(part.provider);
      await client.send(part.add(100));
      await client.send(part.add(7));
    });
    expect(found).toEqual(['unseen-effect certain warning 2']);
  });

  it.each<[string, Script]>([
    [
      'a client that looked',
      async (scene) => {
        await lose(scene, part);
        const client = scene.actor(part.provider);
        await client.send(part.add(100));
        await client.send(part.read());
      },
    ],
    [
      'a request without effect',
      async (scene) => {
        await lose(scene, part, 'before');
        await scene.actor(part.provider).send(part.add(100));
      },
    ],
    [
      'what was told',
      async (scene) => {
        await scene.actor(part.provider).send(part.add(100));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('is not told twice where a look came before the change', async () => {
    const found = await gists(async (scene) => {
      await lose(scene, part);
      const client = scene.actor(part.provider);
      await client.send(part.read());
      await client.send(part.add(100));
    });
    expect(found).toEqual(['unseen-effect certain info 1']);
  });
});

describe('key-reuse', () => {
  const LANTERN = 'openmonetize';
  const keyed = { idempotencyKey: 'order-1' };
  const HARBOR = { customerId: '550e8400-e29b-41d4-a716-446655440100', userId: undefined };

  it.each<[string, Script]>([
    [
      'another amount',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(50), keyed);
      },
    ],
    [
      'another subject',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(100, openmonetize.other), keyed);
      },
    ],
    [
      'another tenant',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        const harbor = { Authorization: 'Bearer om_dev_harbor_key', 'x-api-key': 'om_dev_harbor_key' };
        await scene
          .actor(LANTERN, 'harbor')
          .send({ ...openmonetize.add(100), headers: harbor }, { ...keyed, ...HARBOR });
      },
    ],
  ])('is found where a key comes again with %s', async (_, script) => {
    expect(await gists(script)).toEqual(['key-reuse certain error 2']);
  });

  it('is found of a key that the service does not know', async () => {
    for (const part of PARTS) {
      const found = await gists(async (scene) => {
        const client = scene.actor(part.provider);
        const key = { 'Idempotency-Key': 'order-1' };
        const [first, second] = [part.add(100), part.add(50)];
        await client.send({ ...first, headers: { ...first.headers, ...key } });
        await client.send({ ...second, headers: { ...second.headers, ...key } });
      });
      expect([part.provider, found]).toEqual([part.provider, ['key-reuse certain error 2']]);
    }
  });

  it.each<[string, Script]>([
    [
      'a key that was bound to nothing, since the first attempt was refused',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.hopeless(), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
      },
    ],
    [
      'another key',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), keyed);
        await scene.actor(LANTERN).send(openmonetize.add(50), { idempotencyKey: 'order-2' });
      },
    ],
    [
      'an empty key, which is none',
      async (scene) => {
        await scene.actor(LANTERN).send(openmonetize.add(100), { idempotencyKey: '' });
        await scene.actor(LANTERN).send(openmonetize.add(50), { idempotencyKey: '' });
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });
});
