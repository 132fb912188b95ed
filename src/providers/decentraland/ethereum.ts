import { createRequire } from 'node:module';

import type * as Curves from '@noble/curves/secp256k1.js';
import type * as Hashes from '@noble/hashes/sha3.js';

interface Noble {
  readonly secp256k1: typeof Curves.secp256k1;
  readonly keccak: typeof Hashes.keccak_256;
}

let loaded: Noble | undefined;

/** Loads the library on first use, because it takes half as long as a start; and synchronously, because operations are. */
function load(): Noble {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const { secp256k1 } = require('@noble/curves/secp256k1.js') as typeof Curves;
  const { keccak_256: keccak } = require('@noble/hashes/sha3.js') as typeof Hashes;
  return (loaded = { secp256k1, keccak });
}

export function hashKeccak(bytes: Uint8Array): Buffer {
  return Buffer.from(load().keccak(bytes));
}

/** Returns the hash that a wallet signs for a message. */
function hashMessage(message: Uint8Array): Buffer {
  return hashKeccak(Buffer.concat([Buffer.from(`\u0019Ethereum Signed Message:\n${message.length}`), message]));
}

/** Signs an Ethereum personal message: 65 bytes, and the last is 27 or 28. */
export function signMessage(message: Uint8Array, key: Uint8Array): string {
  const { secp256k1 } = load();
  const hash = hashMessage(message);
  const recovered = Buffer.from(secp256k1.sign(hash, key, { prehash: false, format: 'recovered' }));
  // The library puts the recovery bit first. Ethereum puts it last and adds 27.
  const bytes = Buffer.concat([recovered.subarray(1), Buffer.from([27 + (recovered[0] ?? 0)])]);
  return `0x${bytes.toString('hex')}`;
}

const SIGNATURE = /^0x[a-f0-9]{130}$/i;

/** Returns the lower-case address whose key signed a message; `undefined` for an invalid signature. */
export function findMessageSigner(message: Uint8Array, signature: string): string | undefined {
  if (!SIGNATURE.test(signature)) return undefined;
  const bytes = Buffer.from(signature.slice(2), 'hex');
  // Some wallets leave out the 27.
  const recovery = (bytes[64] ?? 0) % 27;
  try {
    const point = load()
      .secp256k1.Signature.fromBytes(bytes.subarray(0, 64), 'compact')
      .addRecoveryBit(recovery)
      .recoverPublicKey(hashMessage(message));
    return `0x${hashKeccak(point.toBytes(false).subarray(1)).subarray(12).toString('hex')}`;
  } catch {
    return undefined;
  }
}
