import { setTimeout } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { decentraland, inveterate, klaim, type Part } from './cast.ts';
import { slowDown, Stage, type Scene } from './stage.ts';

const stage = new Stage();
const TWICE = ['double-effect likely error 2'];

function lose({ sandbox }: Scene, { provider, adding: operation }: Part): Promise<unknown> {
  return sandbox.faults.add({ provider, operation, effect: { connection: 'reset' }, phase: 'after', times: 1 });
}

it('double-effect leaves alone a client that was shown the first effect', async () => {
  const { path, headers = {} } = klaim.read();
  const STREAM = { method: 'GET', path: `/users/${decentraland.subject}/credits/stream` };
  const MEMBERS = { ...inveterate.read(), path: '/v2.0/admin/members' };
  const shown = (part: Part, look: (scene: Scene) => Promise<unknown>): ((scene: Scene) => Promise<unknown>) => {
    return async (scene) => {
      const shop = scene.actor(part.provider);
      await lose(scene, part);
      await shop.send(part.add(100));
      await look(scene);
      await shop.send(part.add(100));
      return shop.send(part.read());
    };
  };
  await stage.hold([
    ['by a list of its tenant', [], shown(inveterate, (scene) => scene.actor('inveterate').send(MEMBERS))],
    [
      'by a list of its app',
      [],
      shown(klaim, (scene) => scene.actor('klaim').send({ method: 'GET', path: '/users', headers })),
    ],
    ['by a write of another amount', [], shown(klaim, (scene) => scene.actor('klaim').send(klaim.add(1)))],
    ['by a read with POST', [], shown(klaim, (scene) => scene.actor('klaim').send({ method: 'POST', path, headers }))],
    [
      'by a stream that is opened later',
      [],
      shown(decentraland, async (scene) => {
        const leaving = new AbortController();
        const listening = scene.actor('decentraland').send(STREAM, { signal: leaving.signal });
        await expect.poll(() => scene.sandbox.streams()).toMatchObject({ streams: [{}] });
        leaving.abort();
        return listening;
      }),
    ],
    [
      'by a stream that is opened later and stays open',
      [],
      async (scene) => {
        const shop = scene.actor('decentraland');
        const leaving = new AbortController();
        await lose(scene, decentraland);
        await shop.send(decentraland.add(100));
        const listening = shop.send(STREAM, { signal: leaving.signal });
        await expect.poll(() => scene.sandbox.streams()).toMatchObject({ streams: [{}] });
        await shop.send(decentraland.add(100));
        await shop.send(decentraland.read());
        leaving.abort();
        return listening;
      },
    ],
    [
      'by an open stream',
      [],
      async (scene) => {
        const shop = scene.actor('decentraland');
        const leaving = new AbortController();
        const listening = shop.send(STREAM, { signal: leaving.signal });
        await setTimeout(30);
        await lose(scene, decentraland);
        await shop.send(decentraland.add(100));
        await setTimeout(30);
        await shop.send(decentraland.add(100));
        leaving.abort();
        return listening;
      },
    ],
  ]);
});

it('double-effect is reported if the client was shown something else, or too late', async () => {
  const HARBOR = { Authorization: 'Bearer klaim_test_harbor' };
  const { headers = {} } = klaim.read();
  const twice =
    (look: (scene: Scene) => Promise<unknown>): ((scene: Scene) => Promise<unknown>) =>
    async (scene) => {
      const shop = scene.actor('klaim');
      await lose(scene, klaim);
      await shop.send(klaim.add(100));
      const looking = look(scene);
      await setTimeout(20);
      await shop.send(klaim.add(100));
      return looking;
    };
  await stage.hold([
    [
      'a list of another tenant',
      TWICE,
      twice((scene) => scene.actor('klaim').send({ method: 'GET', path: '/users', headers: HARBOR })),
    ],
    [
      'a read that was not authenticated',
      TWICE,
      twice((scene) =>
        scene.actor('klaim').send({ ...klaim.read(), headers: { Authorization: 'Bearer nobody-knows-this' } }),
      ),
    ],
    [
      'a read that had not ended',
      TWICE,
      twice(async (scene) => {
        await slowDown(scene, 'klaim', 100);
        return scene.actor('klaim').send(klaim.read());
      }),
    ],
    [
      'a read of the state before the write',
      TWICE,
      async (scene) => {
        const shop = scene.actor('klaim');
        const taken = await slowDown(scene, 'klaim', 400);
        const looking = shop.send({ method: 'GET', path: '/users/ada/credits', headers });
        await taken();
        await lose(scene, klaim);
        await shop.send(klaim.add(100));
        await looking;
        return shop.send(klaim.add(100));
      },
    ],
  ]);
});
