import type { webcrypto } from 'node:crypto';

// The library requires this import before it.
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

/** A server's certificates and key, each as PEM. */
export interface Credentials {
  /** The authority's certificate, for clients to trust. */
  readonly ca: string;
  /** The server's own certificate. */
  readonly certificate: string;
  readonly key: string;
}

/** The name that marks its certificates. */
export const ISSUER = 'credits-emulator';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;
/** No browser accepts a server certificate that is valid for longer. */
const DAYS = 397;

/**
 * Creates a new authority and the one certificate that it signs. The authority's key is then dropped: nothing on disk
 * can make a certificate for another name, so a client that trusts the authority trusts it for these names only.
 *
 * @param names hosts and addresses of the server
 * @param now the real time; the certificate is valid from the day before, for machines whose clock is slow
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
