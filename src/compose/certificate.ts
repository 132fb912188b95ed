import { X509Certificate } from 'node:crypto';
import { link, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError, type Config } from '../config/config.ts';
import { toInstant, RealTime, type Instant } from '../core/values/clock.ts';
import type { Logger } from '../core/values/logger.ts';
import { toMessage } from '../core/values/message.ts';
import type { Credentials } from '../http/certificate-authority.ts';
import { isAddress } from '../http/trusted-host.ts';
import { bundled } from '../providers/index.ts';

/** Key, certificate and authority in one file, so that they are replaced together; readable by its owner only. */
const SECRET_FILE = 'certificate.pem';
/** The certificate that clients must trust. */
const CA_FILE = 'ca.pem';
/** A certificate that expires within this many milliseconds is replaced. */
const REST = 30 * 86_400_000;
/** Addresses that stand for every interface. */
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/**
 * The certificate and key for HTTPS: those of the folder if they cover all names, else new ones. `undefined` without
 * `--https`.
 *
 * @throws {ConfigError} if the folder cannot be used, or holds another certificate
 */
export async function getCredentials(config: Config, logger: Logger): Promise<Credentials | undefined> {
  const { https, httpsFolder: folder } = config;
  if (!https) return undefined;
  const names = listNames(config);
  const now = toInstant(Math.floor(new RealTime().now()));
  if (folder === undefined) return create(names, now);
  try {
    const kept = await readCredentials(folder);
    if (kept && fits(kept, names, now)) return kept;
    const made = await create(names, now);
    const first = await keep(made, folder, kept !== undefined);
    if (kept)
      logger.warn(
        { folder },
        'the certificate was replaced for other names or another year: trust its authority again',
      );
    return first;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${folder} cannot be used for certificates: ${toMessage(error)}`);
  }
}

/**
 * The names in the certificate: those of this machine, and of every known provider, so that another choice of providers
 * needs no other certificate.
 */
function listNames({ providers, host, allowHost, publicUrl }: Config): readonly string[] {
  const known = new Map([...bundled.map(({ provider }) => provider), ...providers].map((one) => [one.id, one]));
  const names = [
    ...['localhost', '127.0.0.1', '::1', 'host.docker.internal'],
    ...[...known.values()].flatMap(({ id, hosts }) => [`${id}.localhost`, ...hosts]),
    ...(EVERYWHERE.has(host) ? [] : [host]),
    ...allowHost,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ];
  return [...new Set(names.map((name) => name.toLowerCase().replace(/^\[|\]$/g, '')))];
}

/** Makes a certificate. Its libraries are loaded here, because that takes longer than the rest of a start. */
async function create(names: readonly string[], now: Instant): Promise<Credentials> {
  const { createCredentials } = await import('../http/certificate-authority.ts');
  return createCredentials(names, now);
}

const BLOCK = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----\n?/g;

/** @returns `undefined` if the folder has none yet */
async function readCredentials(folder: string): Promise<Credentials | undefined> {
  const file = join(folder, SECRET_FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const [key, certificate, ca] = [...text.matchAll(BLOCK)].map(([block]) => block);
  if (key === undefined || certificate === undefined || ca === undefined || !isOurs(ca)) {
    throw new ConfigError(
      `${file} is not a certificate of this emulator and was not overwritten. Name another folder.`,
    );
  }
  return { key, certificate, ca };
}

function isOurs(ca: string): boolean {
  try {
    return new X509Certificate(ca).subject.split('\n').includes('O=credits-emulator');
  } catch {
    return false;
  }
}

function fits({ certificate }: Credentials, names: readonly string[], now: Instant): boolean {
  const parsed = new X509Certificate(certificate);
  const covers = (name: string): boolean =>
    (isAddress(name) ? parsed.checkIP(name) : parsed.checkHost(name, { subject: 'never' })) !== undefined;
  return new Date(parsed.validTo).getTime() - now > REST && names.every(covers);
}

/** @returns the stored credentials; if two emulators store the first ones at once, both use those of one */
async function keep(made: Credentials, folder: string, replaces: boolean): Promise<Credentials> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, SECRET_FILE);
  const aside = await mkdtemp(join(folder, 'new-'));
  const own = join(aside, SECRET_FILE);
  await writeFile(own, `${made.key}${made.certificate}${made.ca}`, { mode: 0o600 });
  let kept = made;
  try {
    if (replaces) await rename(own, file);
    else await link(own, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    kept = (await readCredentials(folder)) ?? made;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  await writeFile(join(folder, CA_FILE), kept.ca);
  return kept;
}
