import { assertOr } from '../../../core/wire/failure.ts';
import type { Address } from '../addresses.ts';

/** Who has signed a request, or says so where signatures are not checked. */
export interface Signer {
  readonly address?: Address;
}

/** FIDELITY: what is about whoever signs is refused where nobody does (shared library). */
export function getSigner({ address }: Signer): Address {
  assertOr(address !== undefined, 'INVALID_AUTH_CHAIN');
  return address;
}
