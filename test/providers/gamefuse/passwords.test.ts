import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  hashPassword,
  isPassword,
  parsePassword,
  renderPassword,
  toHashed,
} from '../../../src/providers/gamefuse/passwords.ts';
import { propertyRuns } from '../../support/property.ts';

const SALT = '0123456789abcdef';
const PLAIN = { salt: SALT, plain: 'lamp' };

describe('a password', () => {
  it('that is hashed shows nothing of what it was', () => {
    const hashed = hashPassword('lamp', SALT);
    expect(Object.keys(hashed)).toEqual(['salt', 'hash']);
    expect(hashed.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has another hash with another salt, and the same with the same', () => {
    expect(hashPassword('lamp', SALT)).toEqual(hashPassword('lamp', SALT));
    expect(hashPassword('lamp', 'ab').hash).not.toBe(hashPassword('lamp', 'cd').hash);
  });

  it('that a fixture wrote is hashed when it is asked to be, and no second time', () => {
    const hashed = toHashed(PLAIN);
    expect(hashed).toEqual(hashPassword('lamp', SALT));
    expect(toHashed(hashed)).toBe(hashed);
    expect(toHashed(PLAIN)).toBe(hashed);
  });

  it.each(['Lamp', 'lamp ', ' lamp', 'lam', ''])('is not %j, plain or hashed', (attempt) => {
    expect(isPassword(PLAIN, attempt)).toBe(false);
    expect(isPassword(toHashed(PLAIN), attempt)).toBe(false);
  });

  it('is not its own hash', () => {
    const hashed = toHashed(PLAIN);
    expect(isPassword(hashed, hashed.hash)).toBe(false);
    expect(isPassword(hashed, renderPassword(hashed))).toBe(false);
  });

  it('is one line of text that names how it was hashed', () => {
    expect(renderPassword(PLAIN)).toBe(`$scrypt$ln=8,r=8,p=1$${SALT}$${hashPassword('lamp', SALT).hash}`);
    expect(renderPassword(toHashed(PLAIN))).toBe(renderPassword(PLAIN));
  });

  it.each([
    'lamp',
    '$scrypt$',
    '$scrypt$ln=8,r=8,p=1$0123$abc',
    `$scrypt$ln=9,r=8,p=1$0123$${'0'.repeat(64)}`,
    `$scrypt$ln=8,r=8,p=1$0123$${'0'.repeat(65)}`,
    `$scrypt$ln=8,r=8,p=1$$${'0'.repeat(64)}`,
    `x$scrypt$ln=8,r=8,p=1$0123$${'0'.repeat(64)}`,
  ])('that is written as %s is plain', (written) => {
    expect(parsePassword(written, SALT)).toEqual({ salt: SALT, plain: written });
  });

  it('comes back from its line with its own salt, and is still the password', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, other) => {
        const hashed = hashPassword(plain, SALT);
        const read = parsePassword(renderPassword(hashed), 'another');
        expect(read).toEqual(hashed);
        expect(isPassword(read, plain)).toBe(true);
        expect(isPassword(read, other)).toBe(plain === other);
        expect(isPassword({ salt: SALT, plain }, other)).toBe(plain === other);
      }),
      { numRuns: propertyRuns(50) },
    );
  });
});
