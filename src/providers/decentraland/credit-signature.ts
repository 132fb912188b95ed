import { hashKeccak, signMessage } from './ethereum.ts';
import type { Address, CreditId, Terms } from './state.ts';

/** FIDELITY: the contract on Polygon, and its chain (contract). */
export const CONTRACT = '0x8b3a40ca1b6f5cafc99d112a4d02e897d1fd8cc5';
const CHAIN_ID = 137n;

/** For tests only: this key is public. Its address is in the README. */
const DEVELOPMENT_KEY = Buffer.from('c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00', 'hex');

/** ASSUMED: the wire expiry of a credit that never expires is the largest number that clients are known to hold. */
export const LAST_SECOND = 4_294_967_295;

/** Returns the seconds that the signature covers, as an unsigned number. */
export function toExpirySeconds({ expiresAt }: Terms): number {
  if (expiresAt === null) return LAST_SECOND;
  return Math.max(0, Math.min(Math.floor(expiresAt / 1000), LAST_SECOND));
}

/** FIDELITY: the Keccak hash of the UUID's text (contract). */
export function toSalt(id: CreditId): string {
  return `0x${hashKeccak(Buffer.from(id)).toString('hex')}`;
}

interface Signed {
  readonly salt: string;
  readonly signature: string;
}

/** A cache by all signed data, because signing takes longer than the rest of an exchange. Drops the oldest first. */
const signed = new Map<string, Signed>();
const KEPT = 10_000;

/**
 * FIDELITY: the signature is an Ethereum personal message over the hash of sender, chain, contract, value, expiry and
 * salt (contract).
 */
export function sign(terms: Terms): Signed {
  const expiry = toExpirySeconds(terms);
  const key = `${terms.id} ${terms.address} ${terms.amount} ${expiry}`;
  const known = signed.get(key);
  if (known) return known;
  const salt = toSalt(terms.id);
  const hash = hashKeccak(
    Buffer.concat([
      toWord(terms.address),
      toWord(CHAIN_ID),
      toWord(CONTRACT),
      toWord(BigInt(terms.amount)),
      toWord(BigInt(expiry)),
      toWord(salt),
    ]),
  );
  const result = { salt, signature: signMessage(hash, DEVELOPMENT_KEY) };
  const [oldest] = signed.keys();
  if (oldest !== undefined && signed.size >= KEPT) signed.delete(oldest);
  signed.set(key, result);
  return result;
}

interface ExternalCall {
  readonly chainId: number;
  readonly creditsManagerAddress: string;
  readonly externalCall: {
    readonly target: string;
    readonly selector: string;
    readonly data: string;
    readonly expiresAt: number;
    readonly salt: string;
  };
}

/** ASSUMED: signed like a credit, over the user, the chain, the contract and the whole call, with the hash of its data. */
export function signExternal(user: Address, { chainId, creditsManagerAddress, externalCall }: ExternalCall): string {
  const { target, selector, data, expiresAt, salt } = externalCall;
  const words = [
    user,
    BigInt(chainId),
    creditsManagerAddress,
    target,
    selector,
    `0x${hashKeccak(Buffer.from(data.slice(2), 'hex')).toString('hex')}`,
    BigInt(expiresAt),
    salt,
  ];
  return signMessage(hashKeccak(Buffer.concat(words.map(toWord))), DEVELOPMENT_KEY);
}

/** Encodes a number or address in 32 bytes, as contracts do. */
function toWord(value: bigint | string): Buffer {
  const digits = typeof value === 'string' ? value.slice(2) : value.toString(16);
  return Buffer.from(digits.padStart(64, '0'), 'hex');
}
