import { createRequire } from 'node:module';

import type * as Curves from '@noble/curves/secp256k1.js';
import type * as Hashes from '@noble/hashes/sha3.js';

import type { Terms } from './state.ts';

/** FIDELITY: the contract on Polygon, and its chain (contract). */
export const CONTRACT = '0x8b3a40ca1b6f5cafc99d112a4d02e897d1fd8cc5';
const CHAIN_ID = 137n;

/** For tests only: everybody knows it. Its address is in the README. */
const DEVELOPMENT_KEY = Buffer.from('c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00', 'hex');

/** ASSUMED: on the wire a credit that never expires has the largest number that clients are known to hold. */
export const LAST_SECOND = 4_294_967_295;

interface Noble {
  readonly secp256k1: typeof Curves.secp256k1;
  readonly keccak: typeof Hashes.keccak_256;
}

let loaded: Noble | undefined;

/** Loaded when first used, for it takes as long as half a start; and at once, for operations do not wait. */
function load(): Noble {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const { secp256k1 } = require('@noble/curves/secp256k1.js') as typeof Curves;
  const { keccak_256: keccak } = require('@noble/hashes/sha3.js') as typeof Hashes;
  return (loaded = { secp256k1, keccak });
}

/** Seconds, as the signature covers them. */
export function toExpirySeconds({ expiresAt }: Terms): number {
  return expiresAt === null ? LAST_SECOND : Math.min(Math.floor(expiresAt / 1000), LAST_SECOND);
}

interface Signed {
  readonly salt: string;
  readonly signature: string;
}

/** Signing takes longer than the rest of an exchange, and what is signed never changes. */
const signed = new WeakMap<Terms, Signed>();

/**
 * FIDELITY: the salt is the Keccak hash of the UUID's text; the signature is that of an Ethereum
 * personal message over the hash of sender, chain, contract, value, expiry and salt (contract).
 */
export function sign(terms: Terms): Signed {
  const known = signed.get(terms);
  if (known) return known;
  const { secp256k1, keccak } = load();
  const salt = Buffer.from(keccak(Buffer.from(terms.id)));
  const hash = keccak(
    Buffer.concat([
      toWord(terms.address),
      toWord(CHAIN_ID),
      toWord(CONTRACT),
      toWord(BigInt(terms.amount)),
      toWord(BigInt(toExpirySeconds(terms))),
      salt,
    ]),
  );
  const message = keccak(Buffer.concat([Buffer.from('\u0019Ethereum Signed Message:\n32'), hash]));
  const recovered = Buffer.from(secp256k1.sign(message, DEVELOPMENT_KEY, { prehash: false, format: 'recovered' }));
  // The library puts the recovery bit first, Ethereum last and behind 27.
  const bytes = Buffer.concat([recovered.subarray(1), Buffer.from([27 + (recovered[0] ?? 0)])]);
  const result = { salt: `0x${salt.toString('hex')}`, signature: `0x${bytes.toString('hex')}` };
  signed.set(terms, result);
  return result;
}

/** 32 bytes, as contracts encode numbers and addresses. */
function toWord(value: bigint | string): Buffer {
  const digits = typeof value === 'string' ? value.slice(2) : value.toString(16);
  return Buffer.from(digits.padStart(64, '0'), 'hex');
}
