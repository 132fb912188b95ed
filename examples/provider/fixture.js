import { defineFixture, defineList, getReferred } from 'credits-emulator';

import { cardFields, shopFields } from './state.js';

const shops = defineList({
  fields: shopFields,
  load(shop, at, loading) {
    loading.assertNew(`shop "${shop.name}"`, [...at, 'name']);
    loading.state.shops.put(shop);
  },
  dump: (/** @type {import('./state.js').State} */ state) => state.shops.values(),
});

const cards = defineList({
  fields: cardFields,
  load(card, at, loading) {
    const { shops, cards } = loading.state;
    loading.assertNew(`card "${card.code}"`, [...at, 'code']);
    getReferred(shops.find(card.shop), `shop "${card.shop}"`, [...at, 'shop']);
    cards.put(card);
  },
  dump: (/** @type {import('./state.js').State} */ state) => state.cards.values(),
});

export const fixture = defineFixture({ lists: { shops, cards } });
