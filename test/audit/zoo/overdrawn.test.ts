import { describe, expect, it } from 'vitest';

import { EVENTS, gamefuse, inveterate, klaim, openmonetize, type Ask, type Part } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const refusing = new Stage({ set: ['klaim.overdraft=refuse', 'gamefuse.overdraft=refuse'] });
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

/** A provider whose balances may fall below zero. */
interface Taking extends Pick<Part, 'provider' | 'read'> {
  readonly take: (amount: number) => Ask;
  /** The balance at the start. */
  readonly balance: number;
}

const TAKING: readonly Taking[] = [
  { provider: 'klaim', read: klaim.read, take: (amount) => klaim.add(-amount), balance: 700 },
  { provider: 'gamefuse', read: gamefuse.read, take: (amount) => gamefuse.add(-amount), balance: 5200 },
];

describe.each(TAKING)('overdrawn at $provider', ({ provider, read, take, balance }) => {
  it('reports a balance that a client overdrew after another client had lowered it', async () => {
    const found = await gists(async (scene) => {
      const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
      await one.send(read());
      await other.send(take(balance - 10));
      await one.send(take(100));
    });
    expect(found).toEqual(['overdrawn certain error 3']);
  });

  it.each<[string, Script]>([
    [
      'a client that was told less',
      async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await one.send(read());
        await other.send(take(balance - 10));
        await one.send(read());
        await one.send(take(100));
      },
    ],
    [
      'a client that was told nothing',
      async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await other.send(take(balance - 10));
        await one.send(take(100));
      },
    ],
    [
      'an amount that the told balance did not cover',
      async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await one.send(read());
        await other.send(take(5));
        await one.send(take(balance + 1));
      },
    ],
    [
      'a balance that the client itself had lowered',
      async (scene) => {
        const one = scene.actor(provider, 'one');
        await one.send(read());
        await one.send(take(balance - 10));
        await one.send(take(100));
      },
    ],
    [
      'a balance that both the client and another one had lowered',
      async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await one.send(read());
        const before = { ...take(balance - 10) };
        await scene.sandbox.faults.add({ provider, effect: { body: 'garbage' }, times: 1 });
        await one.send(before);
        await other.send(take(5));
        await one.send(take(100));
      },
    ],
    [
      'an amount that is still covered',
      async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await one.send(read());
        await other.send(take(10));
        await one.send(take(10));
      },
    ],
  ])('leaves alone %s', async (_, script) => {
    expect(await gists(script)).toEqual([]);
  });

  it('reports it whatever else happens in between', async () => {
    const FOUND = ['overdrawn certain error 3'];
    const after =
      (between: (scene: Scene) => Promise<unknown>, last = take(100)): Script =>
      async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await one.send(read());
        await other.send(take(balance - 10));
        await between(scene);
        await one.send(last);
      };
    await stage.hold([
      [
        'a read that failed',
        FOUND,
        after(async (scene) => {
          await scene.sandbox.faults.add({ provider, effect: { status: 503 }, times: 1 });
          await scene.actor(provider, 'one').send(read());
        }),
      ],
      ['a gift of the other client', FOUND, after((scene) => scene.actor(provider, 'two').send(take(-5)))],
      ['a read by a third client', FOUND, after((scene) => scene.actor(provider, 'three').send(read()))],
      ['a client that adds', [], after((scene) => scene.actor(provider, 'two').send(take(1000)), take(-5))],
    ]);
  });

  it('leaves alone a service that refuses overdrafts', async () => {
    const findings = await refusing.judge(async (scene) => {
      const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
      await one.send(read());
      await other.send(take(balance - 10));
      await one.send(take(100));
    });
    expect(findings).toEqual([]);
  });
});

it('overdrawn at openmonetize judges a later burn by what the client knew when it sent the request', async () => {
  const burn = (number: number, quantity: number): Ask =>
    EVENTS.ingest(EVENTS.item(number, { event_type: 'CUSTOM', feature_id: 'export', unit_type: 'page', quantity }));
  const FOUND = ['overdrawn certain error 3'];
  const settle = (scene: Scene): Promise<unknown> => scene.sandbox.clock.advance('PT1M');
  const race =
    (between: (scene: Scene) => Promise<unknown>): Script =>
    async (scene) => {
      const [one, other] = [scene.actor('openmonetize', 'one'), scene.actor('openmonetize', 'two')];
      await one.send(openmonetize.read());
      await other.send(burn(1, 300));
      await between(scene);
      await one.send(burn(2, 300));
      await settle(scene);
    };
  await stage.hold([
    ['both at once', FOUND, race(() => Promise.resolve())],
    ['one after the other', FOUND, race(settle)],
    [
      'a client that was told less',
      [],
      race(async (scene) => {
        await settle(scene);
        await scene.actor('openmonetize', 'one').send(openmonetize.read());
      }),
    ],
  ]);
});

it('overdrawn leaves alone services that never let a balance go below zero', async () => {
  const take = (amount: number): Ask => inveterate.add(-amount);
  await stage.hold([
    [
      'inveterate',
      [],
      async (scene) => {
        const [one, other] = [scene.actor('inveterate', 'one'), scene.actor('inveterate', 'two')];
        await one.send(inveterate.read());
        expect(await other.send(take(40))).toMatchObject({ status: 201 });
        expect(await one.send(take(30))).toMatchObject({ status: 400 });
      },
    ],
  ]);
});
