import { send } from './sending.js';

/**
 * Sells credits of OpenMonetize, and knows what wallets hold at Decentraland.
 *
 * @param settings what `process.env` holds in production
 * @param customer the shop's id at OpenMonetize
 */
export function createShop(settings, customer) {
  const { OPENMONETIZE_BASE_URL: money, OPENMONETIZE_API_KEY: key, DECENTRALAND_CREDITS_URL: mana } = settings;
  return {
    /** Once for each order, however often it is called and whatever becomes of the answers. */
    async deliver({ id, user, credits }) {
      const body = { customerId: customer, userId: user, amount: credits, reason: `Order ${id}`, idempotencyKey: id };
      await send(`${money}/v1/credits/grant`, { method: 'POST', key, body });
    },

    async getBalance(user) {
      const { data } = await send(`${money}/v1/customers/${customer}/users/${user}/credits`, { key });
      return data.balance;
    },

    /** What the wallet can spend now, in MANA. */
    async getMana(wallet) {
      const { totalCredits } = await send(`${mana}/users/${wallet}/credits`);
      return totalCredits;
    },
  };
}
