import { defineCollection, fields } from 'credits-emulator';

import { FAILURES } from './failures.js';

export const shopFields = { name: fields.text(), key: fields.credential() };

export const cardFields = {
  code: fields.text(),
  shop: fields.text(),
  cents: fields.integer(),
  issued: fields.instant(),
  fault: fields.fault({ id: 'giftcard', codes: FAILURES }),
};

/**
 * @typedef {import('credits-emulator').RecordOf<typeof shopFields>} Shop
 * @typedef {import('credits-emulator').RecordOf<typeof cardFields>} Card
 * @typedef {import('credits-emulator').StateOf<typeof collections>} State
 */

export const collections = {
  shops: defineCollection({
    key: (/** @type {Shop} */ shop) => shop.name,
    unique: { key: (shop) => [shop.key] },
  }),
  cards: defineCollection({
    key: (/** @type {Card} */ card) => card.code,
    balances: [{ field: 'cents', unit: 'cents', tenant: (card) => card.shop, account: (card) => card.code }],
  }),
};
