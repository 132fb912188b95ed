import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 as keccak } from '@noble/hashes/sha3.js';

/** The fields of a response from which a wallet, or the contract on Polygon, recovers the signer. */
interface SignedCredit {
  /** The wallet that spends it. */
  readonly sender: string;
  readonly contract: string;
  /** Wei. */
  readonly value: bigint;
  /** Seconds. */
  readonly expiresAt: bigint;
  readonly salt: string;
  readonly signature: string;
}

const POLYGON = 137n;

/** The id of a credit on the chain, from its UUID. */
export function toSalt(id: string): string {
  return toHex(keccak(Buffer.from(id, 'utf8')));
}

/** Finds the address of the signer, as `ecrecover` does. */
export function recoverSigner({ sender, contract, value, expiresAt, salt, signature }: SignedCredit): string {
  const words = [sender, POLYGON, contract, value, expiresAt, salt];
  const hash = keccak(Buffer.concat(words.map(encode)));
  const message = keccak(Buffer.concat([Buffer.from('\x19Ethereum Signed Message:\n32', 'latin1'), hash]));
  const bytes = toBytes(signature);
  const recovery = (bytes[64] ?? 0) - 27;
  const key = secp256k1.Signature.fromBytes(bytes.subarray(0, 64), 'compact')
    .addRecoveryBit(recovery)
    .recoverPublicKey(message);
  return toAddress(key.toBytes(false));
}

/** The address of a key. */
export function addressOf(secretKey: string): string {
  return toAddress(secp256k1.getPublicKey(toBytes(secretKey), false));
}

function toAddress(publicKey: Uint8Array): string {
  return toHex(keccak(publicKey.subarray(1)).subarray(12));
}

export function toBytes(hex: string): Buffer {
  return Buffer.from(hex.slice(2), 'hex');
}

function toHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** Encodes a number, an address or a hash right-aligned in 32 bytes. */
function encode(value: string | bigint): Buffer {
  const digits = typeof value === 'string' ? value.slice(2) : value.toString(16);
  return toBytes(`0x${digits.padStart(64, '0')}`);
}
