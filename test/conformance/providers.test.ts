import { expect, it } from 'vitest';

import { bundled } from '../../src/providers/index.ts';
import { loadRequests } from '../support/requests.ts';
import { describeBehaviour, type Skipped } from '../../src/conformance/behaviour.ts';

const SKIPPED: Readonly<Record<string, readonly Skipped[]>> = {
  decentraland: [{ check: 'credentials', reason: 'it looks at signatures if an option asks for it' }],
};

for (const { provider } of bundled) {
  describeBehaviour(provider, await loadRequests(provider.id), SKIPPED[provider.id]);
}

it('gives every provider an id and a place of its own', () => {
  expect(new Set(bundled.map(({ provider }) => provider.id)).size).toBe(bundled.length);
  expect(new Set(bundled.map(({ place }) => place)).size).toBe(bundled.length);
});
