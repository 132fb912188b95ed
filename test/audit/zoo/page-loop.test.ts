import { describe, expect, it } from 'vitest';

import { inveterate, klaim, type Ask } from './cast.ts';
import { as, by, skip, spoil, Stage, times, type Scene, type Script, type Step } from './stage.ts';

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
  /** Walks from the first page. @returns the cursor of the second page */
  const begin = async (scene: Scene, name: string | null = 'shop'): Promise<string> => {
    const cursor = next((await scene.actor(provider, name).send(page()))?.body as never);
    expect(cursor).toBeDefined();
    return toText(cursor);
  };
  /** Begins a walk, and takes steps with its cursor. */
  const then =
    (steps: (cursor: string) => readonly Step[], name: string | null = 'shop'): Script =>
    async (scene) =>
      as(name, provider, ...steps(await begin(scene, name)))(scene);
  const repeat = (count: number, ask: (cursor: string) => Ask, ...between: readonly Step[]): Script =>
    then((cursor) => times(count, ask(cursor), ...between));
  const stranger = provider === 'klaim' ? inveterate : klaim;
  const slowly = skip(1200);

  it('reports a walk that receives the same page three times', async () => {
    await stage.finds(['page-loop certain error 3'], {
      'an unknown name of the cursor': repeat(2, astray),
      'the same cursor': repeat(3, page),
      'while another service was changed': repeat(3, page, by(stranger.provider, stranger.add(1))),
    });
    await stage.finds(['page-loop certain error 5'], { 'more repeats as one finding': repeat(4, astray) });
    await stage.finds(['page-loop likely warning 3'], {
      'a client without a name': then((cursor) => times(3, page(cursor)), null),
    });
  });

  it('leaves alone walks that end, and pages that come again for a reason', async () => {
    const walk: Script = async (scene) => {
      let pages = 0;
      for (let cursor: unknown; pages === 0 || cursor !== undefined; pages += 1) {
        const answer = await scene.actor(provider).send(page(cursor === undefined ? undefined : toText(cursor)));
        cursor = next(answer?.body as never);
      }
      expect(pages).toBeGreaterThan(3);
    };
    const clients = ['one', 'two', 'three'];
    await stage.finds([], {
      'a walk to the end': walk,
      'three walks': by(provider, walk, walk, walk),
      'the same twice': repeat(2, page),
      'walks that start again': by(provider, ...times(4, (scene) => begin(scene))),
      'pages with a change in between': repeat(4, page, as('other', provider, change())),
      'three clients': by(provider, ...clients.map((name) => then((cursor) => [page(cursor)], name))),
      'a cursor that other clients use': then(
        (cursor) => clients.map((name) => as(name, provider, page(cursor))),
        'one',
      ),
      'lists of another tenant or subject': by(provider, ...times(4, others())),
      'repeats after lost responses': then((cursor) => [
        ...times(2, spoil(provider, { status: 503 })),
        ...times(4, page(cursor), slowly),
      ]),
      'truncated responses': then((cursor) => [
        ...times(3, spoil(provider, { body: 'truncate' })),
        ...times(4, page(cursor), slowly),
      ]),
    });
  });
});

it('page-loop leaves alone pages that were refused', async () => {
  const path = at('/users', 'starting_after', '{"prefix_app_id":"user#app_lantern","type_id":"user#nobody"}');
  const refused: Script = async (scene) => {
    expect(await scene.actor('klaim').send({ method: 'GET', headers: KLAIM, path })).toMatchObject({ status: 400 });
  };
  await stage.finds([], { refused: by('klaim', ...times(4, refused)) });
});
