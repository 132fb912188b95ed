import type { Brand } from '../../core/values/brand.ts';

/** In lower case. */
export type Address = Brand<string, 'Address'>;

export type CreditId = Brand<string, 'CreditId'>;

/** FIDELITY: any case in a path is the same address; it is kept in lower case (published document; libraries). */
export function toAddress(written: string): Address {
  return written.toLowerCase() as Address;
}
