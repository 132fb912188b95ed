import { bundled } from '../../src/providers/index.ts';
import { ENVELOPES } from '../support/envelopes.ts';
import { loadRequests } from '../support/requests.ts';
import { describeFaults } from '../../src/conformance/faults.ts';

for (const { provider } of bundled) {
  const envelope = ENVELOPES[provider.id];
  if (!envelope) throw new Error(`Nothing is said of the envelope of ${provider.id}.`);
  describeFaults(provider, await loadRequests(provider.id), envelope);
}
