import { it } from 'vitest';

import { propertyRuns } from '../support/property.ts';
import { compareReaders } from '../support/two-readers.ts';

it('a connection is answered as by node:http, whatever comes on it and in whatever pieces', async () => {
  await compareReaders({ numRuns: propertyRuns(300) });
});
