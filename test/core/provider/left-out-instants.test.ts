import { describe, expect, it } from 'vitest';

import type { FixtureContext } from '../../../src/core/provider/fixture.ts';
import { coreCollections } from '../../../src/core/sandbox/core-collections.ts';
import { CORE } from '../../../src/core/store/due.ts';
import { createIds } from '../../../src/core/store/ids.ts';
import { Catalog } from '../../../src/core/store/roots.ts';
import { Store } from '../../../src/core/store/store.ts';
import { parseInstant } from '../../../src/core/values/clock.ts';
import { bundled } from '../../../src/providers/index.ts';

const START = parseInstant('2026-01-01T00:00:00Z');

/** By provider: records that leave out every instant they may, and a record with a written one. */
const SECTIONS: Readonly<Record<string, { readonly sparse: object; readonly relative: object }>> = {
  decentraland: {
    sparse: {
      wallets: [{ address: `0x${'a'.repeat(40)}` }],
      credits: [{ id: '00000000-0000-4000-8000-000000000001', address: `0x${'a'.repeat(40)}`, amount: '1' }],
    },
    relative: { wallets: [{ address: `0x${'a'.repeat(40)}`, registeredAt: 'now-P1D' }] },
  },
  gamefuse: {
    sparse: {
      games: [{ id: 1, name: 'G', token: 't' }],
      users: [
        {
          id: 1,
          game_id: 1,
          username: 'u',
          email: 'e',
          password: 'p',
          leaderboard_entries: [{ leaderboard_name: 'l', score: 1 }],
        },
      ],
    },
    relative: {
      games: [{ id: 1, name: 'G', token: 't' }],
      users: [{ id: 1, game_id: 1, username: 'u', email: 'e', password: 'p', last_login: 'now-P1D' }],
    },
  },
  inveterate: {
    sparse: {
      merchants: [{ merchantId: 'm', name: 'M', apiKey: 'k' }],
      members: [{ merchantId: 'm', customerId: '1', credits: [{ amount: 5 }] }],
    },
    relative: {
      merchants: [{ merchantId: 'm', name: 'M', apiKey: 'k' }],
      members: [{ merchantId: 'm', customerId: '1', joinedAt: 'now-P1D' }],
    },
  },
  klaim: {
    sparse: { apps: [{ app_id: 'a', name: 'A', api_key: 'k' }], users: [{ app_id: 'a', email: 'x' }] },
    relative: {
      apps: [{ app_id: 'a', name: 'A', api_key: 'k' }],
      users: [{ app_id: 'a', email: 'x', created_at: 'now-P1D' }],
    },
  },
  openmonetize: {
    sparse: {
      customers: [{ id: 'c', name: 'C', email: 'e', apiKey: 'k' }],
      users: [{ id: 'u', customerId: 'c' }],
      wallets: [{ id: 'w', customerId: 'c', userId: 'u', balance: 5 }],
      transactions: [{ walletId: 'w', transactionType: 'GRANT', amount: 5 }],
      events: [{ event_id: 'e', customer_id: 'c', event_type: 'API_CALL', feature_id: 'f' }],
    },
    relative: { customers: [{ id: 'c', name: 'C', email: 'e', apiKey: 'k', createdAt: 'now-P1D' }] },
  },
};

/** How often a provider asks for the moving instant when it loads a section, and the records that come of it. */
function load(id: string, section: object): { readonly asked: number; readonly records: string } {
  const provider = bundled.map((one) => one.provider).find((one) => one.id === id);
  if (!provider) throw new Error(`There is no provider "${id}".`);
  const store = new Store(new Catalog([{ id: CORE, collections: coreCollections }, provider]));
  const state = store.open(id, provider.collections);
  let asked = 0;
  store.transaction(() => {
    const context: FixtureContext = {
      start: START,
      now: () => {
        asked += 1;
        return START;
      },
      text: (_, alphabet, length) => (alphabet[0] ?? '').repeat(length),
      ids: createIds(store, id),
      drawOthers: () => undefined,
      schedule: () => undefined,
    };
    provider.fixture.load(section, state, context);
  });
  return { asked, records: JSON.stringify(provider.fixture.dump(state)) };
}

describe('an instant that an entry of a fixture leaves out', () => {
  it.each(bundled.map(({ provider }) => provider.id))(
    'is the start of the seed at %s, which need not be asked for',
    (id) => {
      const { asked, records } = load(id, SECTIONS[id]?.sparse ?? {});
      expect(asked).toBe(0);
      expect(records).toContain('2026-01-01T00:00:00.000Z');
    },
  );

  it.each(bundled.map(({ provider }) => provider.id))('is asked for at %s where it is written relative to it', (id) => {
    const { asked, records } = load(id, SECTIONS[id]?.relative ?? {});
    expect(asked).toBe(1);
    expect(records).toContain('2025-12-31T00:00:00.000Z');
  });
});
