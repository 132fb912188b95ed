import { describeProvider } from 'credits-emulator/conformance';

import { giftcard } from './giftcard.js';

describeProvider(giftcard, {
  requests: {
    headers: { Authorization: 'Bearer corner_test_key' },
    operations: {
      issueCard: { method: 'POST', path: '/cards', body: { cents: 2500 } },
      getCard: { method: 'GET', path: '/cards/RICH-1' },
      chargeCard: { method: 'POST', path: '/cards/RICH-1/charges', body: { cents: 1200, order: 'A-7' } },
    },
  },
});
