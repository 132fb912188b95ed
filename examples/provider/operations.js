import { renderInstant } from 'credits-emulator';

import { assert } from './failures.js';

/**
 * The types that make an operation one of this provider's.
 *
 * @typedef {{
 *   spec: import('./types.js').operations,
 *   collections: typeof import('./state.js').collections,
 *   principal: import('./state.js').Shop,
 *   options: typeof import('./giftcard.js').options,
 *   code: import('./failures.js').Code,
 * }} Giftcard
 */
/**
 * @template {keyof Giftcard['spec']} Id
 * @typedef {import('credits-emulator').Operation<Giftcard['spec'][Id], Giftcard>} GiftcardOperation
 */

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** @type {GiftcardOperation<'issueCard'>} */
export const issueCard = ({ body, state, principal, now, random }) => {
  const card = { code: random.text('code', ALPHABET, 8), shop: principal.name, cents: body.cents, issued: now };
  state.cards.put(card);
  return { status: 201, body: present(card) };
};

/** @type {GiftcardOperation<'getCard'>} */
export const getCard = ({ path, state, principal }) => {
  return { status: 200, body: present(getOwn(state, path.code, principal)) };
};

/** @type {GiftcardOperation<'chargeCard'>} */
export const chargeCard = ({ path, body, state, principal, options, note }) => {
  const card = getOwn(state, path.code, principal);
  const charged = { ...card, cents: card.cents - body.cents };
  assert(charged.cents >= (options.overdraft ? -1000 : 0), 'NOT_ENOUGH');
  state.cards.put(charged);
  note({ memo: body.order });
  return { status: 200, body: present(charged) };
};

/**
 * @param {import('./state.js').State} state
 * @param {string} code
 * @param {import('./state.js').Shop} shop
 */
function getOwn(state, code, shop) {
  const card = state.cards.find(code);
  assert(card?.shop === shop.name, 'NO_SUCH_CARD');
  return card;
}

/** @param {import('./state.js').Card} card */
function present({ code, cents, issued }) {
  return { code, cents, issued: renderInstant(issued) };
}
