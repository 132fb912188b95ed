import fc from 'fast-check';
import { expect, it } from 'vitest';

import { listMagic } from '../../support/magic.ts';
import { propertyRuns } from '../../support/property.ts';
import {
  ADA,
  BENOIT,
  CHIYO,
  DRAGON,
  HARBOR_ADA,
  SAIL,
  SHIELD,
  TORCH,
  fieldOf,
  refusal,
  startGameFuse,
  store,
  unknownError,
  type Answer,
  type Fields,
  type GameFuseApi,
} from './api.ts';

interface Item {
  readonly id: number;
  readonly cost: number;
}

interface Player {
  readonly id: number;
  readonly token: string;
  /** What the store of the player's game sells. */
  readonly store: readonly Item[];
  credits: number;
  owned: readonly Item[];
}

const LANTERN = [TORCH, SHIELD, DRAGON];

/** The plain model: what each player holds, and nothing else. */
function createPlayers(): Player[] {
  return [
    { id: 1, token: ADA, store: LANTERN, credits: 5200, owned: [] },
    { id: 2, token: BENOIT, store: LANTERN, credits: 49, owned: [] },
    { id: 3, token: CHIYO, store: LANTERN, credits: 0, owned: [TORCH] },
    { id: 4, token: HARBOR_ADA, store: [SAIL], credits: 15, owned: [] },
  ];
}

const OPENING = new Map(createPlayers().map(({ id, credits }) => [String(id), credits]));
/** A player of the disabled game, who does nothing. */
const FINN = { id: '5', credits: 80 };

const amount = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -300, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: -6000, max: 6000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 2_147_483_647, 2_147_483_648, -2_147_483_648, -2_147_483_649) },
);
const item = fc.constantFrom(TORCH.id, SHIELD.id, DRAGON.id, SAIL.id, 999);
const step = fc.record({
  who: fc.nat({ max: 3 }),
  basePath: fc.constantFrom('/api/v2', '/api/v3'),
  way: fc.constantFrom('JSON', 'form', 'multipart', 'query'),
  act: fc.oneof(
    fc.record({ kind: fc.constantFrom('add' as const, 'set' as const), amount }),
    fc.record({ kind: fc.constant('purchase' as const), item }),
    fc.record({ kind: fc.constant('remove' as const), item, reimburse: fc.constantFrom('true', 'True', 'false', '') }),
  ),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Overdraft = 'allow' | 'refuse';

const poor = refusal(403, 'Not Enough Credits');

function fits(credits: number): boolean {
  return credits >= -2_147_483_648 && credits <= 2_147_483_647;
}

/** What the model makes of an act: a refusal, or `undefined` after it has happened. */
function happen(player: Player, act: Step['act'], overdraft: Overdraft): Answer | undefined {
  switch (act.kind) {
    case 'add': {
      const after = player.credits + act.amount;
      if (!fits(act.amount) || !fits(after)) return unknownError;
      if (overdraft === 'refuse' && act.amount < 0 && after < 0) return poor;
      player.credits = after;
      return undefined;
    }
    case 'set':
      if (overdraft === 'refuse' && act.amount < 0) return poor;
      if (!fits(act.amount)) return unknownError;
      player.credits = act.amount;
      return undefined;
    case 'purchase': {
      const wanted = player.store.find(({ id }) => id === act.item);
      if (!wanted) return refusal(404, 'Item not found');
      if (player.owned.includes(wanted)) return refusal(403, 'Already Purchased');
      if (player.credits < wanted.cost) return poor;
      player.credits -= wanted.cost;
      player.owned = [...player.owned, wanted];
      return undefined;
    }
    case 'remove': {
      const given = player.owned.find(({ id }) => id === act.item);
      if (!given) return refusal(404, 'Store item does not exist, or was not purchase');
      const after = player.credits + (act.reimburse.toLowerCase() === 'true' ? given.cost : 0);
      if (!fits(after)) return unknownError;
      player.credits = after;
      player.owned = player.owned.filter((other) => other !== given);
      return undefined;
    }
  }
}

async function send(api: GameFuseApi, { id }: Player, { act, way }: Step): Promise<Answer> {
  if (act.kind === 'remove') {
    const query = `store_item_id=${act.item}&reimburse=${act.reimburse}`;
    return api.call('get', `/users/${id}/remove_game_user_store_item?${query}`);
  }
  const path = `/users/${id}/${act.kind === 'purchase' ? 'purchase_game_user_store_item' : `${act.kind}_credits`}`;
  const [name, value] = act.kind === 'purchase' ? ['store_item_id', act.item] : ['credits', act.amount];
  const fields: Fields = { [name]: String(value) };
  switch (way) {
    case 'form':
      return api.form(path, fields);
    case 'multipart':
      return api.multipart(path, fields);
    case 'query':
      return api.call('post', `${path}?${new URLSearchParams(fields).toString()}`);
    case 'JSON':
      return api.call('post', path, { [name]: value });
  }
}

interface Entry {
  readonly account: string;
  readonly delta: string;
  readonly before: string;
  readonly after: string;
}

/** That every balance follows without a gap from what was seeded, and is what the model holds. */
async function expectRecorded(api: GameFuseApi, players: readonly Player[]): Promise<void> {
  const { entries } = (await api.control('get', '/ledger?limit=1000')) as { entries: Entry[] };
  const { accounts } = (await api.control('get', '/accounts')) as { accounts: { account: string; balance: string }[] };
  expect(Object.fromEntries(accounts.map(({ account, balance }) => [account, balance]))).toEqual({
    ...Object.fromEntries(players.map(({ id, credits }) => [id, String(credits)])),
    [FINN.id]: String(FINN.credits),
    ...Object.fromEntries(listMagic('gamefuse').map(({ subject }) => [subject, '0'])),
  });
  const balances = new Map(OPENING);
  for (const { account, delta, before, after } of entries.reverse()) {
    expect(Number(before)).toBe(balances.get(account));
    expect(Number(after)).toBe(Number(before) + Number(delta));
    expect(delta).not.toBe('0');
    balances.set(account, Number(after));
  }
  expect(balances).toEqual(new Map(players.map(({ id, credits }) => [String(id), credits])));
}

it('matches a plain model of credits and items after any actions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.constantFrom('allow' as const, 'refuse' as const),
      async (steps, overdraft) => {
        const emulator = await startGameFuse({ set: [`gamefuse.overdraft=${overdraft}`] });
        const players = createPlayers();
        for (const taken of steps) {
          const player = players[taken.who];
          if (!player) continue;
          const api = emulator.as(player.token).at(taken.basePath);
          const answer = await send(api, player, taken);
          const refused = happen(player, taken.act, overdraft);
          const held = store(player.credits, ...player.owned);
          if (refused) expect(answer).toEqual(refused);
          else if ('item' in taken.act) expect(answer).toEqual(held);
          else expect([answer.status, fieldOf(answer, 'credits')]).toEqual([200, player.credits]);
          expect(await api.call('get', `/users/${player.id}/game_user_store_items`)).toEqual(held);
        }
        await expectRecorded(emulator, players);
      },
    ),
    { numRuns: propertyRuns(8) },
  );
});
