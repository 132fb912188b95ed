import type { Envelope } from '../../src/conformance/faults.ts';
import { bundled } from '../../src/providers/index.ts';
import { loadRequests } from '../support/requests.ts';
import { describeFaults } from '../../src/conformance/faults.ts';

/** An object with these fields and no others. */
function isObjectOf(body: unknown, types: Readonly<Record<string, string>>): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const found = Object.entries(body).map(([name, value]) => [name, typeof value] as const);
  return JSON.stringify(found.sort()) === JSON.stringify(Object.entries(types).sort());
}

/** What failures look like of which a document says nothing, by the id of the provider. */
const ENVELOPES: Readonly<Record<string, Envelope>> = {
  decentraland: {
    mediaType: 'application/json',
    fits: (body) => isObjectOf(body, { error: 'string' }) || isObjectOf(body, { error: 'string', code: 'string' }),
  },
  gamefuse: { mediaType: 'text/plain', fits: (body) => typeof body === 'string' && /^[A-Za-z][^{}<>]+$/.test(body) },
  inveterate: {
    mediaType: 'application/json',
    fits: (body) => isObjectOf(body, { message: 'string', data: 'object' }),
  },
  klaim: { mediaType: 'application/json', fits: (body) => isObjectOf(body, { message: 'string' }) },
  openmonetize: {
    mediaType: 'application/json',
    fits: (body, status) =>
      isObjectOf(body, { error: 'string', message: 'string', ...(status === 429 && { statusCode: 'number' }) }),
  },
};

for (const { provider } of bundled) {
  const envelope = ENVELOPES[provider.id];
  if (!envelope) throw new Error(`Nothing is said of the envelope of ${provider.id}.`);
  describeFaults(provider, await loadRequests(provider.id), envelope);
}
