import type { Credentials } from '../../core/provider/call.ts';
import { type Address, toAddress } from './state.ts';

/** Who says to have signed a request. */
export interface Signer {
  readonly address?: Address;
}

const ADDRESS = /^0x[a-fA-F0-9]{40}$/;

/**
 * FIDELITY: the first link of the chain of a signed request is JSON whose `payload` is the signer's address
 * (library). ASSUMED: it is believed, for nothing is verified, and one that cannot be read names nobody.
 */
export function authenticate({ headers }: Pick<Credentials, 'headers'>): Signer {
  const payload = findPayload(headers['x-identity-auth-chain-0']);
  return typeof payload === 'string' && ADDRESS.test(payload) ? { address: toAddress(payload) } : {};
}

function findPayload(header: unknown): unknown {
  try {
    const link: unknown = JSON.parse(String(header));
    return typeof link === 'object' && link !== null && 'payload' in link ? link.payload : undefined;
  } catch {
    return undefined;
  }
}
