import { it } from 'vitest';

import { compareReaders } from '../support/two-readers.ts';

/** Of the conversations: the same in each run, on each version of Node. */
const SEED = 20_320;

it('our own reader answers 2,000 shapes and cuts as the node:http of this Node does', { timeout: 60_000 }, async () => {
  await compareReaders({ numRuns: 2000, seed: SEED });
});
