import type { webcrypto } from 'node:crypto';

// What the library asks for has to be there before it.
import 'reflect-metadata';

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  AuthorityKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

import type { Instant } from '../core/values/clock.ts';
import { isAddress } from './trusted-host.ts';

/** What a server proves itself with, each as PEM. */
export interface Credentials {
  /** The authority's certificate, which clients are to trust. */
  readonly ca: string;
  /** The server's own certificate. */
  readonly certificate: string;
  readonly key: string;
}

/** By which it is known as one of ours. */
export const ISSUER = 'credits-emulator';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;
/** No browser takes a server's certificate that holds for longer. */
const DAYS = 397;

/**
 * A new authority, and the one certificate that it signs. Its key is dropped with that: nothing on the disk can make a
 * certificate for another name, so whoever trusts the authority trusts it for these names alone.
 *
 * @param names hosts and addresses of the server
 * @param now the real time; it holds from the day before, for machines whose clock is behind
 */
export async function createCredentials(names: readonly string[], now: Instant): Promise<Credentials> {
  const [authority, server] = await Promise.all([generateKeys(), generateKeys()]);
  const period = { notBefore: new Date(now - DAY), notAfter: new Date(now + (DAYS - 1) * DAY) };
  const issuer = `CN=${ISSUER} ${new Date(now).toISOString().slice(0, 16)}Z, O=${ISSUER}`;
  const ca = await X509CertificateGenerator.create({
    subject: issuer,
    issuer,
    ...period,
    publicKey: authority.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${names[0] ?? 'localhost'}, O=${ISSUER}`,
    issuer,
    ...period,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((name) => ({ type: isAddress(name) ? 'ip' : 'dns', value: name }))),
      await SubjectKeyIdentifierExtension.create(server.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  return {
    ca: `${ca.toString('pem')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
    key: toPem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', server.privateKey)),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function toPem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
