import { scryptSync, timingSafeEqual } from 'node:crypto';

/** A stored password: hashed, or plain if a fixture wrote it so. */
export type Password = Hashed | { readonly salt: string; readonly plain: string };

export interface Hashed {
  readonly salt: string;
  /** Hexadecimal. */
  readonly hash: string;
}

/** Deliberately cheap, about half a millisecond: these passwords protect nothing, and tests sign in often. */
const COST = { N: 256, r: 8, p: 1 };
const BYTES = 32;
const WRITTEN = /^\$scrypt\$ln=8,r=8,p=1\$([0-9a-f]+)\$([0-9a-f]{64})$/;

export function hashPassword(plain: string, salt: string): Hashed {
  return { salt, hash: scryptSync(plain, salt, BYTES, COST).toString('hex') };
}

/** The hashes of plain passwords. Sandboxes share a seed's records, so each password is hashed only once. */
const hashes = new WeakMap<Password, Hashed>();

export function toHashed(password: Password): Hashed {
  if ('hash' in password) return password;
  const hashed = hashes.get(password) ?? hashPassword(password.plain, password.salt);
  hashes.set(password, hashed);
  return hashed;
}

export function isPassword(password: Password, attempt: string): boolean {
  if ('plain' in password) return password.plain === attempt;
  const { hash } = hashPassword(attempt, password.salt);
  return timingSafeEqual(Buffer.from(hash), Buffer.from(password.hash));
}

/** Renders a hashed password as one line, which `parsePassword` reads. */
export function renderPassword(password: Password): string {
  const { salt, hash } = toHashed(password);
  return `$scrypt$ln=8,r=8,p=1$${salt}$${hash}`;
}

/** @param salt for a plain password */
export function parsePassword(written: string, salt: string): Password {
  const [, ownSalt, hash] = WRITTEN.exec(written) ?? [];
  if (ownSalt === undefined || hash === undefined) return { salt, plain: written };
  return { salt: ownSalt, hash };
}
