import { assertOr } from '../../../core/wire/failure.ts';
import type { Address } from '../state.ts';

/** The signer of a request; if signatures are not checked, the claimed one. */
export interface Signer {
  readonly address?: Address;
}

/** FIDELITY: operations about the signer refuse an unsigned request (shared library). */
export function getSigner({ address }: Signer): Address {
  assertOr(address !== undefined, 'INVALID_AUTH_CHAIN');
  return address;
}
