import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 as keccak } from '@noble/hashes/sha3.js';

/** What the wallet of a user, or the contract on Polygon, makes of the fields that an answer has. */
export interface SignedCredit {
  /** Who spends it. */
  readonly sender: string;
  readonly contract: string;
  /** Wei. */
  readonly value: bigint;
  /** Seconds. */
  readonly expiresAt: bigint;
  readonly salt: string;
  readonly signature: string;
}

export const POLYGON = 137n;

/** The name of a credit on the chain, from its UUID. */
export function toSalt(id: string): string {
  return toHex(keccak(Buffer.from(id, 'utf8')));
}

/** The address of whoever signed, as `ecrecover` finds it. */
export function recoverSigner({ sender, contract, value, expiresAt, salt, signature }: SignedCredit): string {
  const hash = keccak(
    Buffer.concat([
      encodeBytes(sender),
      encodeNumber(POLYGON),
      encodeBytes(contract),
      encodeNumber(value),
      encodeNumber(expiresAt),
      encodeBytes(salt),
    ]),
  );
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

/** Right-aligned in 32 bytes: an address, or what has 32 bytes already. */
function encodeBytes(hex: string): Buffer {
  const bytes = toBytes(hex);
  return Buffer.concat([Buffer.alloc(32 - bytes.length), bytes]);
}

function encodeNumber(value: bigint): Buffer {
  return encodeBytes(`0x${value.toString(16).padStart(64, '0')}`);
}
