import { describe, expect, it } from 'vitest';

import { gamefuse, klaim } from './cast.ts';
import { SETTINGS } from './settings.ts';
import { slowDown, Stage, toGist, type Scene, type Script } from './stage.ts';

/** Bytes a second with which a read takes a second or so, where it is not a usual one. */
const SLOW: Readonly<Record<string, number>> = { gamefuse: 50, inveterate: 2000 };

const stage = new Stage();
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

describe.each(SETTINGS)(
  'stale-write at $provider',
  ({ provider, read, set, change, changeBeside, changeElsewhere }) => {
    it('is found where something changed between the read and the write that rests on it', async () => {
      const found = await gists(async (scene) => {
        const client = scene.actor(provider);
        await client.send(read());
        await change(scene);
        await client.send(set(77));
      });
      expect(found).toEqual(['stale-write likely warning 3']);
    });

    it('is a warning at most of clients that do not say who they are', async () => {
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

    it('is found up to the bounds of what it leaves alone', async () => {
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
        ['the same field of another', [], between(changeElsewhere)],
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
          'a read whose answer did not come',
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
          'a read that was not over',
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

    it('is an error where two writes rest on the same state', async () => {
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
        'a write without a read, which means to set',
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
        'a read behind the change',
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

it('stale-write leaves alone a read that does not show the value, and what adds', async () => {
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
      'an amount that is what there is then',
      [],
      async (scene) => {
        await scene.actor('klaim').send(klaim.read());
        await scene.actor('klaim', 'other').send(klaim.add(-700));
        await scene.actor('klaim').send(klaim.add(5));
      },
    ],
  ]);
});

it('stale-write leaves alone a list, which is no read of one', async () => {
  const [, setting] = SETTINGS;
  if (!setting) throw new Error('There is none.');
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
