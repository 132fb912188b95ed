import { describe, expect, it } from 'vitest';

import { inveterate, klaim, type Ask } from './cast.ts';
import { Stage, toGist, type Scene, type Script } from './stage.ts';

const stage = new Stage({ set: ['klaim.pageSize=2'] });

/** One way to walk through a list. */
interface Listing {
  readonly provider: string;
  readonly list: string;
  readonly page: (cursor?: string) => Ask;
  /** With the cursor under an unknown name. */
  readonly astray: (cursor: string) => Ask;
  readonly next: (body: never) => unknown;
  /** The list of another tenant or subject. */
  readonly others: () => Ask;
  /** Changes something that the list may show. */
  readonly change: () => Ask;
}

const { headers: KLAIM = {} } = klaim.read();
const { headers: MERCHANT = {} } = inveterate.read();
const nextKey = ({ lastKey }: { lastKey?: unknown }): unknown => lastKey;

const users = (list: string, page: (cursor?: string) => Partial<Ask> & Pick<Ask, 'path'>): Listing => ({
  ...{ provider: 'klaim', list, next: nextKey },
  page: (cursor) => ({ method: 'GET', headers: KLAIM, ...page(cursor) }),
  astray: (cursor) => ({ method: 'GET', headers: KLAIM, path: `/users?page_key=${encodeURIComponent(cursor)}` }),
  others: () => ({ method: 'GET', headers: { Authorization: 'Bearer klaim_test_harbor' }, path: '/users' }),
  change: () => klaim.add(1),
});

const at = (path: string, name: string, cursor: string | undefined): string =>
  `${path}${cursor === undefined ? '' : `${path.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(cursor)}`}`;

const inMerchant = (list: string, path: string, name: string, field: string): Listing => ({
  ...{ provider: 'inveterate', list },
  page: (cursor) => ({ method: 'GET', headers: MERCHANT, path: at(path, name, cursor) }),
  astray: (cursor) => ({ method: 'GET', headers: MERCHANT, path: at(path, 'page_key', cursor) }),
  next: ({ data }: { data: Record<string, unknown> }) => data[field],
  others: () => ({ method: 'GET', headers: MERCHANT, path: '/v2.0/admin/members/6100000000002/credits?limit=1' }),
  change: () => inveterate.add(1),
});

const LEDGER = '/members/6100000000001/credits?limit=2';
const LISTINGS: readonly Listing[] = [
  users('users by starting_after', (cursor) => ({ path: at('/users', 'starting_after', cursor) })),
  users('users by lastKey', (cursor) => ({ path: at('/users', 'lastKey', cursor) })),
  inMerchant('credits', `/v2.0/admin${LEDGER}`, 'lastCreditEntry', 'lastCreditEntry'),
  inMerchant('credits in the storefront', `/v2.0/storefront${LEDGER}`, 'lastCreditEntry', 'lastCreditEntry'),
  inMerchant('members', '/v2.0/admin/members?limit=2', 'lastCustomerId', 'lastCustomerId'),
];

const toText = (cursor: unknown): string => (typeof cursor === 'string' ? cursor : JSON.stringify(cursor));

describe.each(LISTINGS)('page-loop of $list at $provider', ({ provider, page, astray, next, others, change }) => {
  const client = (scene: Scene, name: string | null = 'shop') => scene.actor(provider, name);
  /** @returns the cursor of the second page */
  const begin = async (scene: Scene, name?: string | null): Promise<string> => {
    const cursor = next((await client(scene, name).send(page()))?.body as never);
    expect(cursor).toBeDefined();
    return toText(cursor);
  };
  const repeat =
    (
      times: number,
      ask: (cursor: string) => Ask,
      between: (scene: Scene) => Promise<unknown> = () => Promise.resolve(),
    ) =>
    async (scene: Scene): Promise<void> => {
      const cursor = await begin(scene);
      for (let count = 0; count < times; count += 1) {
        await client(scene).send(ask(cursor));
        await between(scene);
      }
    };
  const stranger = provider === 'klaim' ? inveterate : klaim;

  it('reports a walk that receives the same page three times', async () => {
    await stage.hold([
      ['an unknown name of the cursor', ['page-loop certain error 3'], repeat(2, astray)],
      ['more repeats as one finding', ['page-loop certain error 5'], repeat(4, astray)],
      ['the same cursor', ['page-loop certain error 3'], repeat(3, page)],
      [
        'while another service was changed',
        ['page-loop certain error 3'],
        repeat(3, page, (scene) => scene.actor(stranger.provider).send(stranger.add(1))),
      ],
      [
        'a client without a name',
        ['page-loop likely warning 3'],
        async (scene) => {
          const cursor = await begin(scene, null);
          for (let count = 0; count < 3; count += 1) await client(scene, null).send(page(cursor));
        },
      ],
    ]);
  });

  it('leaves alone walks that end, and pages that come again for a reason', async () => {
    const walk: Script = async (scene) => {
      let pages = 0;
      for (let cursor: unknown; pages === 0 || cursor !== undefined; pages += 1) {
        const answer = await client(scene).send(page(cursor === undefined ? undefined : toText(cursor)));
        cursor = next(answer?.body as never);
      }
      expect(pages).toBeGreaterThan(3);
    };
    await stage.hold([
      ['a walk to the end', [], walk],
      [
        'three walks',
        [],
        async (scene) => {
          for (let count = 0; count < 3; count += 1) await walk(scene);
        },
      ],
      ['the same twice', [], repeat(2, page)],
      [
        'walks that start again',
        [],
        async (scene) => {
          for (let count = 0; count < 4; count += 1) await begin(scene);
        },
      ],
      ['pages with a change in between', [], repeat(4, page, (scene) => client(scene, 'other').send(change()))],
      [
        'three clients',
        [],
        async (scene) => {
          for (const name of ['one', 'two', 'three']) await client(scene, name).send(page(await begin(scene, name)));
        },
      ],
      [
        'a cursor that other clients use',
        [],
        async (scene) => {
          const cursor = await begin(scene, 'one');
          for (const name of ['one', 'two', 'three']) await client(scene, name).send(page(cursor));
        },
      ],
      [
        'lists of another tenant or subject',
        [],
        async (scene) => {
          for (let count = 0; count < 4; count += 1) await client(scene).send(others());
        },
      ],
      [
        'repeats after lost responses',
        [],
        async (scene) => {
          const cursor = await begin(scene);
          await scene.sandbox.faults.add({ provider, effect: { status: 503 }, times: 2 });
          for (let count = 0; count < 4; count += 1) {
            await client(scene).send(page(cursor));
            scene.skip(1200);
          }
        },
      ],
      [
        'truncated responses',
        [],
        async (scene) => {
          const cursor = await begin(scene);
          await scene.sandbox.faults.add({ provider, effect: { body: 'truncate' }, times: 3 });
          for (let count = 0; count < 4; count += 1) {
            await client(scene).send(page(cursor));
            scene.skip(1200);
          }
        },
      ],
    ]);
  });
});

it('page-loop leaves alone pages that were refused', async () => {
  const found = await stage.judge(async (scene) => {
    const path = at('/users', 'starting_after', '{"prefix_app_id":"user#app_lantern","type_id":"user#nobody"}');
    for (let count = 0; count < 4; count += 1) {
      expect(await scene.actor('klaim').send({ method: 'GET', headers: KLAIM, path })).toMatchObject({ status: 400 });
    }
  });
  expect(found.map(toGist)).toEqual([]);
});
