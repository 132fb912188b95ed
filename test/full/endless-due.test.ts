import { expect, it } from 'vitest';

import type { Provider } from '../../src/core/provider/provider.ts';
import { startControl } from '../control/api.ts';
import { takeLogged } from '../support/log.ts';
import { tally } from '../support/providers.ts';

/** Each time that it comes up, it comes up again at once. */
const endless: Provider = {
  ...tally,
  due: {
    add: (context) => {
      context.schedule(context.now, 'add', {});
    },
  },
};

it('a clock that is moved stays where there is no end of what is due', async () => {
  const api = await startControl({ providers: [endless] });
  const { status } = await api.call('post', '/tally/counters/a/later', { by: 1, in: 60_000 });
  expect(status).toBe(202);
  expect(await api.post('/clock/advance', { by: 'PT1H' })).toEqual({
    status: 200,
    body: { now: '2026-01-01T00:01:00.000Z', frozen: true },
  });
  expect(takeLogged().length).toBeGreaterThan(0);
});
