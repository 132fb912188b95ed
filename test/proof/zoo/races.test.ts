import { describe, expect, it } from 'vitest';

import { gamefuse, klaim, openmonetize, type Ask, type Part } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage();
const refusing = new Stage({ set: ['klaim.overdraft=refuse', 'gamefuse.overdraft=refuse'] });
const gists = async (script: Script): Promise<readonly string[]> => (await stage.judge(script)).map(toGist);

/** How a value is put in the place of another, and read. */
interface Setting {
  readonly provider: string;
  readonly read: () => Ask;
  readonly set: (value: number) => Ask;
  /** Changes the same otherwise. */
  readonly change: (scene: Scene) => Promise<unknown>;
}

const MERCHANT = { 'X-Inveterate-Api-Key': 'inveterate_test_lumen' };
const KLAIM = { Authorization: 'Bearer klaim_test_lantern' };
const SETTINGS: readonly Setting[] = [
  {
    provider: 'gamefuse',
    read: gamefuse.read,
    set: (value) => ({ ...gamefuse.add(0), path: '/api/v2/users/1/set_credits', body: { credits: value } }),
    change: (scene) => scene.actor('gamefuse', 'other').send(gamefuse.add(3)),
  },
  {
    provider: 'klaim',
    read: () => ({ method: 'GET', path: '/users/ada', headers: KLAIM }),
    set: (value) => ({ method: 'PUT', path: '/users/ada', body: { name: `Ada ${value}` }, headers: KLAIM }),
    change: (scene) =>
      scene
        .actor('klaim', 'other')
        .send({ method: 'PUT', path: '/users/ada', body: { name: 'Ada the other' }, headers: KLAIM }),
  },
  {
    provider: 'inveterate',
    read: () => ({ method: 'GET', path: '/v2.0/admin/members/6100000000001', headers: MERCHANT }),
    set: (value) => ({
      ...{ method: 'PUT', path: '/v2.0/admin/members/6100000000001', headers: MERCHANT },
      body: { firstName: 'Ada', lastName: 'Okafor', notes: `note ${value}`, phoneNumber: '+1 555 0100' },
    }),
    change: (scene) =>
      scene.actor('inveterate', 'other').send({
        ...{ method: 'PUT', path: '/v2.0/admin/members/6100000000001', headers: MERCHANT },
        body: { firstName: 'Ada', lastName: 'Okafor', notes: 'another note', phoneNumber: '+1 555 0100' },
      }),
  },
];

describe.each(SETTINGS)('stale-write at $provider', ({ provider, read, set, change }) => {
  it('is found where something changed between the read and the write that rests on it', async () => {
    const found = await gists(async (scene) => {
      const client = scene.actor(provider);
      await client.send(read());
      await change(scene);
      await client.send(set(77));
    });
    expect(found).toEqual(['stale-write likely warning 3']);
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
});

/** Where a balance may fall below zero. */
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
  it('is found where somebody else took what a client had been told of', async () => {
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
      'what the told balance did not cover',
      async (scene) => {
        const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
        await one.send(read());
        await other.send(take(5));
        await one.send(take(balance + 1));
      },
    ],
    [
      'what the client itself had taken',
      async (scene) => {
        const one = scene.actor(provider, 'one');
        await one.send(read());
        await one.send(take(balance - 10));
        await one.send(take(100));
      },
    ],
    [
      'what is covered all the same',
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

  it('leaves alone a service that refuses', async () => {
    const findings = await refusing.judge(async (scene) => {
      const [one, other] = [scene.actor(provider, 'one'), scene.actor(provider, 'two')];
      await one.send(read());
      await other.send(take(balance - 10));
      await one.send(take(100));
    });
    expect(findings).toEqual([]);
  });
});

it('leaves alone the same of a service whose balance others may take from by contract', async () => {
  const found = await gists(async (scene) => {
    await scene.actor('openmonetize').send(openmonetize.read());
  });
  expect(found).toEqual([]);
});
