import { describe, expect, it } from 'vitest';

import { gamefuse, klaim } from './cast.ts';
import { SETTINGS } from './settings.ts';
import { slowDown, Stage, toGist, type Scene, type Script } from './stage.ts';

/** Bytes per second that make a read take about a second, if not 300. */
const SLOW: Readonly<Record<string, number>> = { gamefuse: 50, inveterate: 2000 };

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe.each(SETTINGS)(
  'stale-write at $provider',
  ({ provider, read, set, change, changeBeside, changeElsewhere }) => {
    it('reports a write based on a read if the value changed in between', async () => {
      const found = await gists(async (scene) => {
        const client = scene.actor(provider);
        await client.send(read());
        await change(scene);
        await client.send(set(77));
      });
      expect(found).toEqual(['stale-write likely warning 3']);
    });

    it('is at most a warning for clients without a name', async () => {
      const agents = ['one/1', 'two/2'].map((agent) => ({ 'User-Agent': agent }));
      const found = await gists(async (scene) => {
        const client = scene.actor(provider, null);
        const [one, other] = agents;
        for (const own of [one, other]) await client.send({ ...read(), headers: { ...read().headers, ...own } });
        for (const own of [one, other])
          await client.send({ ...set(own === one ? 76 : 77), headers: { ...set(0).headers, ...own } });
      });
      expect(found).toEqual(['stale-write likely warning 3']);
    });

    it('keeps to the bounds of what it leaves alone', async () => {
      const FOUND = ['stale-write likely warning 3'];
      const late =
        (gap: number): Script =>
        async (scene) => {
          const client = scene.actor(provider);
          await client.send(read());
          await change(scene);
          scene.skip(gap);
          await client.send(set(77));
        };
      const between =
        (act: (scene: Scene) => Promise<unknown>): Script =>
        async (scene) => {
          const client = scene.actor(provider);
          await client.send(read());
          await act(scene);
          await client.send(set(77));
        };
      await stage.hold([
        ['nine seconds', FOUND, late(9000)],
        ['another field', [], between(changeBeside)],
        ['the same field of another subject', [], between(changeElsewhere)],
        [
          'a value that was put back',
          [],
          async (scene) => {
            const client = scene.actor(provider);
            await client.send(set(70));
            await client.send(read());
            await change(scene, 71);
            await change(scene, 70);
            await client.send(set(77));
          },
        ],
        [
          'a read that failed',
          [],
          async (scene) => {
            await scene.sandbox.faults.add({ provider, match: { method: 'GET' }, effect: { status: 503 }, times: 1 });
            await between(change)(scene);
          },
        ],
        [
          'the read of another client',
          [],
          async (scene) => {
            await scene.actor(provider, 'third').send(read());
            await change(scene);
            await scene.actor(provider).send(set(77));
          },
        ],
        [
          'a read that had not ended',
          [],
          async (scene) => {
            const taken = await slowDown(scene, provider, SLOW[provider] ?? 300);
            const client = scene.actor(provider);
            const reading = client.send(read());
            await taken();
            await change(scene);
            await client.send(set(77));
            await reading;
          },
        ],
      ]);
    });

    it('is an error if two writes are based on the same state', async () => {
      const found = await gists(async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await one.send(read());
        await other.send(read());
        await one.send(set(76));
        await other.send(set(77));
      });
      expect(found).toEqual(['stale-write likely error 3']);
    });

    it.each<[string, Script]>([
      [
        'a write without a read',
        async (scene) => {
          await change(scene);
          await scene.actor(provider).send(set(77));
        },
      ],
      [
        'a read more than 10 s before',
        async (scene) => {
          const client = scene.actor(provider);
          await client.send(read());
          await change(scene);
          scene.skip(11_000);
          await client.send(set(77));
        },
      ],
      [
        'another write of the same client in between',
        async (scene) => {
          const client = scene.actor(provider);
          await client.send(read());
          await client.send(set(76));
          await change(scene);
          await client.send(set(77));
        },
      ],
      [
        'a read after the change',
        async (scene) => {
          const client = scene.actor(provider);
          await change(scene);
          await client.send(read());
          await client.send(set(77));
        },
      ],
      [
        'a value that is there already',
        async (scene) => {
          const client = scene.actor(provider);
          await client.send(read());
          await scene.actor(provider, 'other').send(set(77));
          await client.send(set(77));
        },
      ],
    ])('leaves alone %s', async (_, script) => {
      expect(await gists(script)).toEqual([]);
    });
  },
);

it('stale-write leaves alone reads of something else, and amounts that are added', async () => {
  const [credits] = SETTINGS;
  await stage.hold([
    [
      'a read of something else',
      [],
      async (scene) => {
        const client = scene.actor('gamefuse');
        const answer = await client.send({ ...gamefuse.read(), path: '/api/v2/users/1/game_user_attributes' });
        expect(answer).toMatchObject({ status: 200 });
        await credits?.change(scene);
        await client.send(credits?.set(77) ?? gamefuse.read());
      },
    ],
    [
      'an amount that equals the resulting balance',
      [],
      async (scene) => {
        await scene.actor('klaim').send(klaim.read());
        await scene.actor('klaim', 'other').send(klaim.add(-700));
        await scene.actor('klaim').send(klaim.add(5));
      },
    ],
  ]);
});

it('stale-write leaves alone a list', async () => {
  const [, setting] = SETTINGS;
  if (!setting) throw new Error('There is no setting at Klaim.');
  await stage.hold([
    [
      'all users of an app',
      [],
      async (scene) => {
        const client = scene.actor('klaim');
        await client.send({ ...klaim.read(), path: '/users' });
        await setting.change(scene);
        await client.send(setting.set(77));
      },
    ],
  ]);
});
