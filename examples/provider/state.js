import { defineCollection } from 'credits-emulator';

/**
 * @typedef {{ readonly name: string, readonly key: string }} Shop
 * @typedef {{
 *   readonly code: string,
 *   readonly shop: string,
 *   readonly cents: number,
 *   readonly issued: import('credits-emulator').Instant,
 *   readonly fault?: string | undefined,
 * }} Card
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
