import type { Brand } from '../../core/values/brand.ts';

/** In lower case. */
export type Address = Brand<string, 'Address'>;

export type CreditId = Brand<string, 'CreditId'>;

/** FIDELITY: an address in a path may have any case; it is stored in lower case (published document; libraries). */
export function toAddress(written: string): Address {
  return written.toLowerCase() as Address;
}
