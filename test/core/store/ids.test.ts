import { describe, expect, it } from 'vitest';

import { createIds, type SeedIds } from '../../../src/core/store/ids.ts';
import type { Provider } from '../../../src/core/provider/provider.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import { startControl, type ControlApi } from '../../control/api.ts';
import { cloakroom } from '../../support/cloakroom.ts';
import { createFiles } from '../../support/folder.ts';
import { takeLogged } from '../../support/log.ts';

function open(): { readonly store: Store; readonly ids: SeedIds } {
  const store = new Store(new Catalog([]));
  return { store, ids: createIds(store, 'cloakroom') };
}

describe(createIds, () => {
  it('counts 1, 2, 3, each kind by itself', () => {
    const { store, ids } = open();
    const { result } = store.transaction(() =>
      ['coat', 'coat', 'umbrella', 'coat', 'umbrella'].map((kind) => `${kind} ${ids.next(kind)}`),
    );
    expect(result).toEqual(['coat 1', 'coat 2', 'umbrella 1', 'coat 3', 'umbrella 2']);
  });

  it('counts for each provider by itself', () => {
    const { store, ids } = open();
    const others = createIds(store, 'wardrobe');
    const draw = (): readonly number[] => [ids.next('coat'), ids.next('coat'), others.next('coat')];
    expect(store.transaction(draw).result).toEqual([1, 2, 1]);
  });

  it.each<[string, readonly number[], number]>([
    ['one', [7], 8],
    ['several, in any order', [3, 7, 5], 8],
    ['the first', [1], 2],
    ['one twice', [7, 7], 8],
    ['none', [], 1],
    ['none that could be given out', [0, -5], 1],
  ])('goes on after the highest that was claimed: %s', (_, claimed, expected) => {
    const { store, ids } = open();
    store.transaction(() => {
      for (const id of claimed) ids.claim('coat', id);
    });
    const { result } = store.transaction(() => [ids.next('coat'), ids.next('coat'), ids.next('umbrella')]);
    expect(result).toEqual([expected, expected + 1, 1]);
  });

  it('gives out no lower one after a claim below those that were given out', () => {
    const { store, ids } = open();
    const draw = (): readonly number[] => {
      const before = [ids.next('coat'), ids.next('coat'), ids.next('coat')];
      ids.claim('coat', 2);
      return [...before, ids.next('coat')];
    };
    expect(store.transaction(draw).result).toEqual([1, 2, 3, 4]);
  });

  it('takes back what a transaction drew and claimed that throws, or is dropped', () => {
    const { store, ids } = open();
    store.transaction(() => ids.next('coat'));
    const draw = (): void => {
      ids.next('coat');
      ids.claim('coat', 70);
      ids.claim('umbrella', 70);
    };
    expect(() =>
      store.transaction(() => {
        draw();
        throw new Error('no');
      }),
    ).toThrow('no');
    store.transaction(draw, { drop: true });
    expect(store.transaction(() => [ids.next('coat'), ids.next('umbrella')]).result).toEqual([2, 1]);
  });

  it('gives out nothing outside a transaction', () => {
    const { ids } = open();
    expect(() => ids.next('coat')).toThrow('inside a transaction only');
    expect(() => ids.claim('coat', 1)).toThrow('inside a transaction only');
  });
});

async function start(...fixtures: readonly string[]): Promise<ControlApi> {
  return startControl({ providers: [cloakroom], fixtures });
}

/** Takes a ticket; its number, or how it went instead. */
async function take({ call }: ControlApi, kind: string, ending = 'kept', provider = 'cloakroom'): Promise<unknown> {
  const path = `/${provider}/v1/tickets/${kind}?ending=${ending}`;
  const { body } = await call('get', path, undefined, { 'X-Guest': 'ada' });
  const { number, error } = body as { number?: number; error?: string };
  return number ?? error;
}

describe('an id that an operation draws', () => {
  it('is the next of its kind', async () => {
    const api = await start();
    const numbers = [await take(api, 'coat'), await take(api, 'coat'), await take(api, 'umbrella')];
    expect([...numbers, await take(api, 'coat')]).toEqual([1, 2, 1, 3]);
  });

  it('is drawn again where the operation refuses or breaks, and gone where it fails and commits', async () => {
    const api = await start();
    expect([
      await take(api, 'coat', 'refused'),
      await take(api, 'coat', 'broken'),
      await take(api, 'coat'),
      await take(api, 'coat', 'torn'),
      await take(api, 'coat'),
    ]).toEqual(['NO_ROOM', 'bug', 1, 'TORN', 3]);
    expect(takeLogged()).toHaveLength(1);
  });

  it('is drawn again where a HEAD drew it', async () => {
    const api = await start();
    for (let count = 0; count < 2; count += 1) {
      expect((await api.agent.head('/cloakroom/v1/tickets/coat').set('X-Guest', 'ada')).status).toBe(200);
    }
    expect(await take(api, 'coat')).toBe(1);
  });

  it('is of one sandbox', async () => {
    const api = await start();
    const one = api.in('one');
    expect([
      await take(api, 'coat'),
      await take(api, 'coat'),
      await take(one, 'coat'),
      await take(api, 'coat'),
    ]).toEqual([1, 2, 1, 3]);
  });

  it('is of one provider', async () => {
    const wardrobe: Provider = { ...cloakroom, id: 'wardrobe' };
    const api = await startControl({ providers: [cloakroom, wardrobe] });
    expect([
      await take(api, 'coat'),
      await take(api, 'coat'),
      await take(api, 'coat', 'kept', 'wardrobe'),
      await take(api, 'coat'),
    ]).toEqual([1, 2, 1, 3]);
  });
});

describe('an id of a fixture', () => {
  const FILES = {
    'first.yaml': `
cloakroom:
  tickets:
    - { kind: coat, holder: ada }
    - { kind: coat, number: 12, holder: bo }
    - { kind: coat, number: 7, holder: ada }
    - { kind: umbrella, holder: bo }
`,
    'second.yaml': `
cloakroom:
  tickets:
    - { kind: coat, number: 3, holder: chiyo }
    - { kind: umbrella, number: 30, holder: chiyo }
`,
  };

  it('is claimed or drawn, and operations go on after the highest of its kind', async () => {
    const api = await start(createFiles(FILES)['first.yaml']);
    expect((await api.get('/state')).body).toMatchObject({
      cloakroom: {
        tickets: [
          { kind: 'coat', number: 7, holder: 'ada' },
          { kind: 'coat', number: 12, holder: 'bo' },
          { kind: 'coat', number: 13, holder: 'ada' },
          { kind: 'umbrella', number: 1, holder: 'bo' },
        ],
      },
    });
    expect([await take(api, 'coat'), await take(api, 'coat'), await take(api, 'umbrella')]).toEqual([14, 15, 2]);
  });

  it('counts in whichever of several fixtures it is', async () => {
    const files = createFiles(FILES);
    const api = await start(files['first.yaml'], files['second.yaml']);
    expect([await take(api, 'coat'), await take(api, 'umbrella')]).toEqual([14, 31]);
  });

  it('counts in every sandbox, and after a reset', async () => {
    const api = await start(createFiles(FILES)['first.yaml']);
    const drawn = [await take(api, 'coat'), await take(api, 'coat'), await take(api.in('one'), 'coat')];
    await api.post('/reset');
    expect([...drawn, await take(api, 'coat'), await take(api.in('one'), 'coat')]).toEqual([14, 15, 14, 14, 15]);
  });

  it('counts in a state that is put in, and those before it no longer do', async () => {
    const api = await start(createFiles(FILES)['first.yaml']);
    await api.put('/state', { cloakroom: { tickets: [{ kind: 'umbrella', number: 40, holder: 'ada' }] } });
    expect([await take(api, 'coat'), await take(api, 'umbrella')]).toEqual([1, 41]);
  });

  it('counts in a state that is read and put back', async () => {
    const api = await start();
    const drawn = [await take(api, 'coat'), await take(api, 'coat')];
    await api.put('/state', (await api.get('/state')).body);
    expect([...drawn, await take(api, 'coat')]).toEqual([1, 2, 3]);
  });
});
