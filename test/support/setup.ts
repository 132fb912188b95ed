import { afterEach, expect } from 'vitest';

import { takeLogged } from './log.ts';

// A bug or a reply that does not fit its document is logged as an error. No test may cause one
// unnoticed: a test that means to takes it out of the log itself.
afterEach(() => {
  expect(takeLogged()).toEqual([]);
});
