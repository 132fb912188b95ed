import { expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { Receiver } from '../../support/receiver.ts';
import { ADA } from './api.ts';
import { keepShop } from './clients/storefront-session.ts';

it('a shop that keeps its own ledger by webhooks goes through the whole second ring', async () => {
  const emulator = await startEmulator({ providers: ['inveterate'] });
  const receiver = await Receiver.start();
  const { answers, id } = await keepShop(emulator.urls.inveterate, `${receiver.url}/hook`);
  await emulator.sandbox('default').clock.advance('PT0S');
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(answers).toEqual([
    ['GET /admin/members?limit=&lastCustomerId=', 200, 'Members found'],
    [`GET /storefront/members/${ADA}/credits?limit=&lastCreditEntry=`, 200, 'Credits found'],
    ['POST /admin/webhook-subscriptions', 201, 'Webhook subscription created'],
    ['GET /admin/webhook-subscriptions', 200, 'Webhook subscriptions found'],
    ['PUT /admin/webhook-subscriptions', 200, 'Webhook subscription updated'],
    [`GET /storefront/members/${ADA}`, 200, 'Member found'],
    [`POST /admin/members/${ADA}/credits`, 201, 'Credits submitted'],
    [`POST /storefront/members/${ADA}/credits/redemption`, 201, 'Redemption submitted'],
    [`POST /admin/members/${ADA}/credits`, 201, 'Credits submitted'],
    ['GET /admin/tiers?includeBenefits=true', 200, 'Tiers found'],
    ['GET /admin/tiers/3a636361?includeBenefits=false', 200, 'Tier found'],
    ['GET /admin/tiers/3a636361/benefits', 200, 'Benefits found'],
    ['GET /admin/tiers/3a636361/benefits/FREE_SHIPPING', 200, 'Benefit found'],
    [`GET /storefront/tiers/${ADA}?includeBenefits=true`, 200, 'Tier found'],
    [`GET /storefront/tiers/${ADA}/benefits`, 200, 'Benefits found'],
    ['GET /admin/benefits', 400, 'Merchant has tiers'],
    ['GET /admin/benefits/FREE_SHIPPING', 400, 'Merchant has tiers'],
    ['GET /storefront/benefits', 400, 'Merchant has tiers'],
    ['GET /storefront/benefits/FREE_SHIPPING', 400, 'Merchant has tiers'],
    [`PUT /admin/members/${ADA}`, 200, 'Member updated'],
    [`PATCH /admin/members/${ADA}`, 200, 'Member updated'],
    [`POST /storefront/members/${ADA}/cancellation`, 201, 'Cancellation submitted'],
    ['DELETE /admin/webhook-subscriptions', 200, 'Webhook subscription deleted'],
    ['DELETE /admin/webhook-subscriptions', 400, 'Webhook subscription not found'],
  ]);
  const told = receiver.payloads.map(({ amount, previousBalance, newBalance }) => [
    amount,
    previousBalance,
    newBalance,
  ]);
  expect(told).toEqual([
    [12.5, 42.5, 55],
    [-5, 55, 50],
  ]);
});
