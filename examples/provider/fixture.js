import {
  faultField,
  getReferred,
  loadEach,
  Loading,
  parseFaultField,
  renderInstant,
  schemas,
  toGiven,
} from 'credits-emulator';

import { FAILURES } from './failures.js';

const { credential, instant, text, toListSchema, toObjectSchema } = schemas;

/**
 * The section `giftcard:` of a fixture.
 *
 * @typedef {{ code: string, shop: string, cents: number, issued?: string, fault?: string }} CardEntry
 * @typedef {{ shops?: readonly import('./state.js').Shop[], cards?: readonly CardEntry[] }} Section
 */

/** @type {import('credits-emulator').FixtureFormat<import('./state.js').State, Section>} */
export const fixture = {
  schema: toObjectSchema([], {
    shops: toListSchema(['name', 'key'], { name: text, key: credential }),
    cards: toListSchema(['code', 'shop', 'cents'], {
      code: text,
      shop: text,
      cents: { type: 'integer' },
      issued: instant,
      fault: faultField,
    }),
  }),

  load({ shops, cards }, state, context) {
    const loading = new Loading(state, context);
    loadEach(shops, ['shops'], (shop, at) => {
      loading.assertNew(`shop "${shop.name}"`, [...at, 'name']);
      state.shops.put(shop);
    });
    loadEach(cards, ['cards'], ({ code, shop, cents, issued, fault }, at) => {
      loading.assertNew(`card "${code}"`, [...at, 'code']);
      getReferred(state.shops.find(shop), `shop "${shop}"`, [...at, 'shop']);
      state.cards.put({
        code,
        shop,
        cents,
        issued: loading.parseInstant(issued, [...at, 'issued']),
        fault: parseFaultField(fault, at, { id: 'giftcard', codes: FAILURES }),
      });
    });
  },

  dump(state) {
    return {
      shops: [...state.shops.values()],
      cards: [...state.cards.values()].map(({ issued, fault, ...card }) => ({
        ...card,
        issued: renderInstant(issued),
        ...toGiven({ fault }),
      })),
    };
  },
};
