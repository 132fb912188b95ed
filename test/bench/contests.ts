import { toAdd, toBalance, toCredit, toGet, toGrant, toLedger, toPlayer, toPut, toWallet, type Ask } from './client.ts';
import type { Contest } from './contest.ts';
import { secondRing } from './second-ring.ts';
import type { Server } from './servers.ts';

const GET = { most: 1.15, least: 2 };
const REFUSAL = { most: 1.25, least: 1 };
const ADD = { most: 1.8, least: 1 };

/** With a key that nobody has. */
function asStranger(ask: Ask, status: number): Ask {
  const names = /^(authorization|authentication-token|x-inveterate-api-key)$/i;
  const headers = Object.entries(ask.headers).map(([name, value]) => [
    name,
    names.test(name) ? 'Bearer nobody' : value,
  ]);
  return { ...ask, headers: Object.fromEntries(headers) as Ask['headers'], status };
}

function withBody(ask: Ask, body: object, status: number): Ask {
  return { ...ask, body: JSON.stringify(body), status };
}

const toDelta = ({ url }: Server): Ask => toPut(url, 'ada');

/** What clients do most, by provider: its main read, its main write and its refusals. */
export const contests: readonly Contest[] = [
  { id: 'klaim-get', title: 'Klaim: a balance', toAsk: ({ url }) => toGet(url, 'ada'), ...GET },
  { id: 'klaim-put', title: 'Klaim: PUT of a delta', toAsk: toDelta, most: 1.4, least: 1.8 },
  {
    id: 'klaim-404',
    title: 'Klaim: a balance of nobody, 404',
    toAsk: ({ url }) => toGet(url, 'nobody', 404),
    ...REFUSAL,
  },
  {
    id: 'klaim-401',
    title: 'Klaim: an unknown key, 401',
    toAsk: ({ url }) => asStranger(toGet(url, 'ada'), 401),
    ...REFUSAL,
  },
  {
    id: 'klaim-400',
    title: 'Klaim: a delta that is no number, 400',
    toAsk: ({ url }) => withBody(toPut(url, 'ada'), { credit_delta: 'x' }, 400),
    ...REFUSAL,
  },
  {
    id: 'gamefuse-read',
    title: 'GameFuse: attributes of a player',
    toAsk: ({ gamefuse }) => toPlayer(gamefuse),
    ...GET,
  },
  {
    id: 'gamefuse-add',
    title: 'GameFuse: add_credits, JSON',
    toAsk: ({ gamefuse }) => toAdd(gamefuse, 'json'),
    ...ADD,
  },
  {
    id: 'gamefuse-401',
    title: 'GameFuse: an unknown token, 401',
    toAsk: ({ gamefuse }) => asStranger(toPlayer(gamefuse), 401),
    ...REFUSAL,
  },
  {
    id: 'decentraland-get',
    title: 'Decentraland: a wallet',
    toAsk: ({ decentraland }) => toWallet(decentraland),
    ...GET,
  },
  {
    id: 'decentraland-400',
    title: 'Decentraland: no address, 400',
    toAsk: ({ decentraland }) => toWallet(decentraland, 'nobody', 400),
    ...REFUSAL,
  },
  {
    id: 'inveterate-ledger',
    title: 'Inveterate: ledger, a page of 10',
    toAsk: ({ inveterate }) => toLedger(inveterate),
    least: 1,
  },
  { id: 'inveterate-add', title: 'Inveterate: add credits', toAsk: ({ inveterate }) => toCredit(inveterate), ...ADD },
  {
    id: 'inveterate-400',
    title: 'Inveterate: an unknown key, 400',
    toAsk: ({ inveterate }) => asStranger(toLedger(inveterate), 400),
    ...REFUSAL,
  },
  {
    id: 'openmonetize-get',
    title: 'OpenMonetize: a balance',
    toAsk: ({ openmonetize }) => toBalance(openmonetize),
    ...GET,
  },
  {
    id: 'openmonetize-grant',
    title: 'OpenMonetize: a grant, new key',
    toAsk: ({ openmonetize }) => toGrant(openmonetize, '{n}'),
    most: 2.5,
    least: 1,
  },
  {
    id: 'openmonetize-again',
    title: 'OpenMonetize: a grant, known key',
    toAsk: ({ openmonetize }) => toGrant(openmonetize, 'bench'),
    least: 1,
  },
  {
    id: 'openmonetize-401',
    title: 'OpenMonetize: an unknown key, 401',
    toAsk: ({ openmonetize }) => asStranger(toBalance(openmonetize), 401),
    ...REFUSAL,
  },
  {
    id: 'openmonetize-400',
    title: 'OpenMonetize: a grant to nobody, 400',
    toAsk: ({ openmonetize }) => withBody(toGrant(openmonetize), { amount: 1 }, 400),
    ...REFUSAL,
  },
  ...secondRing,
  ...(['os', 'fsync'] as const).map((durability): Contest => ({
    id: `klaim-put-${durability}`,
    title: `Klaim: PUT, --durability ${durability}`,
    toAsk: toDelta,
    start: (servers, id) => servers.onDisk(id, 1000, durability),
    least: durability === 'os' ? 1.5 : 0.9,
  })),
];
