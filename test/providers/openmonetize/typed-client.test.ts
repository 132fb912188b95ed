import { describe, expect, it } from 'vitest';

import { startEmulator } from '../../support/emulator.ts';
import { converse, type Session } from './clients/typed-session.ts';

const expected: Session = {
  unmade: [404, 'Credit wallet not found'],
  balance: '10000',
  granted: '5000',
  replayed: true,
  bought: 6000,
  credits: [6000, 6000, '2030-01-01T00:00:00.000Z'],
  history: [
    ['PURCHASE', 1000, 6000, 'Credit purchase: 1000 credits'],
    ['GRANT', 5000, 5000, 'Spring gift'],
  ],
  total: 2,
  refusals: [
    [400, 'Bad Request', 'body/amount must be >= 1'],
    [500, 'Internal Server Error', 'Failed to grant credits'],
    [401, 'Unauthorized', 'Missing API key. Provide via Authorization: Bearer or X-API-Key header'],
    [403, 'Forbidden', 'Access denied to this customer'],
  ],
};

describe('a client with types that are made from the document', () => {
  it('makes the five calls about credits', async () => {
    const { urls } = await startEmulator({ providers: ['openmonetize'] });
    expect(await converse(urls.openmonetize)).toEqual(expected);
  });
});
