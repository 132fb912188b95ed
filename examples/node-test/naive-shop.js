import { send } from './sending.js';
import { createShop } from './shop.js';

/**
 * The shop as it was first written. Its tests pass. OpenMonetize knows no key for a purchase, so one that is sent
 * again after a lost answer is a second one: `npm test` shows it, because credits.test.js loses an answer.
 */
export function createNaiveShop(settings, customer) {
  const { OPENMONETIZE_BASE_URL: money, OPENMONETIZE_API_KEY: key } = settings;
  return {
    ...createShop(settings, customer),

    async deliver({ user, credits }) {
      const body = { customerId: customer, userId: user, amount: credits, purchasePrice: credits / 1000 };
      await send(`${money}/v1/credits/purchase`, { method: 'POST', key, body });
    },
  };
}
