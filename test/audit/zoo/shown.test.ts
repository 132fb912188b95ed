import { setTimeout } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { decentraland, inveterate, klaim, type Ask, type Part } from './cast.ts';
import { by, lose, slowDown, Stage, type Script, type Step } from './stage.ts';

const stage = new Stage();
const TWICE = ['double-effect likely error 2'];

const USERS = { ...klaim.read(), path: '/users' };
const STREAM = { method: 'GET', path: `/users/${decentraland.subject}/credits/stream` };
const opened: Script = ({ sandbox }) => expect.poll(() => sandbox.streams()).toMatchObject({ streams: [{}] });

/** A stream that the client opens, and what it does while it is open. */
const listening =
  (...steps: readonly Step[]): Script =>
  async (scene) => {
    const leaving = new AbortController();
    const ended = scene.actor('decentraland').send(STREAM, { signal: leaving.signal });
    await by('decentraland', ...steps)(scene);
    leaving.abort();
    return ended;
  };

/** A write that is lost and then sent again. @param between what the client does in between */
const twice = (part: Part, ...between: readonly Step[]): Script =>
  by(part.provider, lose(part), part.add(100), ...between, part.add(100));

it('double-effect leaves alone a client that was shown the first effect', async () => {
  const pause: Script = () => setTimeout(30);
  const shown = (part: Part, ...between: readonly Step[]): Script =>
    by(part.provider, twice(part, ...between), part.read());
  const [add, read] = [decentraland.add(100), decentraland.read()];
  await stage.finds([], {
    'by a list of its tenant': shown(inveterate, { ...inveterate.read(), path: '/v2.0/admin/members' }),
    'by a list of its app': shown(klaim, USERS),
    'by a write of another amount': shown(klaim, klaim.add(1)),
    'by a read with POST': shown(klaim, { ...klaim.read(), method: 'POST' }),
    'by a stream that is opened later': shown(decentraland, listening(opened)),
    'by one that stays open': by('decentraland', lose(decentraland), add, listening(opened, add, read)),
    'by an open stream': listening(pause, lose(decentraland), add, pause, add),
  });
});

it('double-effect is reported if the client was shown something else, or too late', async () => {
  const after =
    (look: Ask | Script): Script =>
    async (scene) => {
      await by('klaim', lose(klaim), klaim.add(100))(scene);
      const looking = by('klaim', look)(scene);
      await setTimeout(20);
      await by('klaim', klaim.add(100))(scene);
      return looking;
    };
  await stage.finds(TWICE, {
    'a list of another tenant': after({ ...USERS, headers: { Authorization: 'Bearer klaim_test_harbor' } }),
    'a read that was not authenticated': after({
      ...klaim.read(),
      headers: { Authorization: 'Bearer nobody-knows-this' },
    }),
    'a read that had not ended': after(by('klaim', (scene) => slowDown(scene, 'klaim', 100), klaim.read())),
    'a read of the state before the write': async (scene) => {
      const taken = await slowDown(scene, 'klaim', 400);
      const looking = scene.actor('klaim').send(klaim.read());
      await taken();
      await by('klaim', lose(klaim), klaim.add(100))(scene);
      await looking;
      return by('klaim', klaim.add(100))(scene);
    },
  });
});
