import { defineProvider, Failure } from 'credits-emulator';

import { assert, FAILURES, renderFailure } from './failures.js';
import { fixture } from './fixture.js';
import { chargeCard, getCard, issueCard } from './operations.js';
import { collections } from './state.js';

export const options = /** @type {const} */ ({
  overdraft: { kind: 'boolean', default: false, describe: 'Whether a card may owe up to 10.00.' },
});

/** @type {import('credits-emulator').ProviderDefinition<import('./operations.js').Giftcard>} */
const definition = {
  id: 'giftcard',
  title: 'Giftcard',
  hosts: ['api.giftcard.example'],
  document: new URL('giftcard.yaml', import.meta.url),
  seed: new URL('giftcard-seed.yaml', import.meta.url),
  options,
  env: (state, url) => ({
    GIFTCARD_URL: url,
    GIFTCARD_KEY: [...state.shops.values()][0]?.key ?? '',
  }),
  stages: ['authenticate', 'parse', 'validate'],
  body: { accept: ['application/json'], limit: 100_000, depth: 20, protoKeys: 'data' },
  paths: { doubleSlash: 'refuse', trailingSlash: 'refuse' },
  headers: {},
  credential: ({ headers }) => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1],
  authenticate: ({ credential }, { state }) => {
    const shop = credential === undefined ? undefined : state.shops.findBy('key', credential);
    if (!shop) throw new Failure({ kind: 'unauthenticated' });
    return shop;
  },
  subject: ({ path }) => ('code' in path ? String(path.code) : undefined),
  faultOf: (state, code) => state.cards.find(code)?.fault,
  codes: FAILURES,
  secrets: ['key'],
  collections,
  controls: {
    topUp: {
      describe: 'Put cents on a card, as the cash desk does.',
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['code', 'cents'],
        properties: { code: { type: 'string' }, cents: { type: 'integer', minimum: 1 } },
      },
      run: (
        /** @type {import('credits-emulator').Context<import('./operations.js').Giftcard> & { args: { code: string, cents: number } }} */ {
          state,
          args,
        },
      ) => {
        const card = state.cards.find(args.code);
        assert(card, 'NO_SUCH_CARD');
        state.cards.put({ ...card, cents: card.cents + args.cents });
        return { cents: card.cents + args.cents };
      },
    },
  },
  fixture,
  operations: { issueCard, getCard, chargeCard },
  renderFailure,
};

export const giftcard = defineProvider(definition);
