import { randomBytes } from 'node:crypto';

import { signMessage } from '../../../src/providers/decentraland/ethereum.ts';
import { addressOf } from './ethereum.ts';

/** A key and its address. */
export interface TestWallet {
  readonly key: string;
  readonly address: string;
}

export function createWallet(): TestWallet {
  const key = `0x${randomBytes(32).toString('hex')}`;
  return { key, address: addressOf(key) };
}

/** A key that a wallet has lent for a while, and the signed loan. */
export interface Identity {
  readonly wallet: TestWallet;
  readonly ephemeral: TestWallet;
  readonly login: ChainLink;
}

export interface ChainLink {
  readonly type: string;
  readonly payload: string;
  readonly signature: string;
}

const HOUR = 3_600_000;

export function createIdentity(wallet: TestWallet, until = Date.now() + HOUR): Identity {
  const ephemeral = createWallet();
  const expiration = new Date(until).toISOString();
  const payload = `Decentraland Login\nEphemeral address: ${ephemeral.address}\nExpiration: ${expiration}`;
  return { wallet, ephemeral, login: { type: 'ECDSA_EPHEMERAL', payload, signature: signText(payload, wallet) } };
}

/** Signs a personal message, as a wallet does. */
export function signText(text: string, { key }: TestWallet): string {
  return signMessage(Buffer.from(text), Buffer.from(key.slice(2), 'hex'));
}

export interface Signing {
  readonly method: string;
  /** With its query, which is not signed. */
  readonly path: string;
  readonly time?: number;
  readonly metadata?: string;
}

/** The chain of a signed request: the signer, the key that it lent, and what that key signed. */
export function createChain(identity: Identity, { method, path, time = Date.now(), metadata = '{}' }: Signing) {
  const [pathname = ''] = path.split('?');
  const payload = `${method}:${pathname}:${time}:${metadata}`.toLowerCase();
  return [
    { type: 'SIGNER', payload: identity.wallet.address, signature: '' },
    identity.login,
    { type: 'ECDSA_SIGNED_ENTITY', payload, signature: signText(payload, identity.ephemeral) },
  ] as const;
}

/** The headers that a client of Decentraland sends with a request (ADR-44). */
export function toSignedHeaders(identity: Identity, signing: Signing): Record<string, string> {
  const { time = Date.now(), metadata = '{}' } = signing;
  return toHeaders(createChain(identity, { ...signing, time, metadata }), time, metadata);
}

export function toHeaders(chain: readonly object[], time: number | string, metadata: string): Record<string, string> {
  return {
    ...Object.fromEntries(chain.map((link, index) => [`x-identity-auth-chain-${index}`, JSON.stringify(link)])),
    'x-identity-timestamp': String(time),
    'x-identity-metadata': metadata,
  };
}
