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
  it('that is hashed does not reveal its text', () => {
    const hashed = hashPassword('lamp', SALT);
    expect(Object.keys(hashed)).toEqual(['salt', 'hash']);
    expect(hashed.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has a different hash with a different salt, and the same hash with the same salt', () => {
    expect(hashPassword('lamp', SALT)).toEqual(hashPassword('lamp', SALT));
    expect(hashPassword('lamp', 'ab').hash).not.toBe(hashPassword('lamp', 'cd').hash);
  });

  it('of a fixture is hashed on demand, and only once', () => {
    const hashed = toHashed(PLAIN);
    expect(hashed).toEqual(hashPassword('lamp', SALT));
    expect(toHashed(hashed)).toBe(hashed);
    expect(toHashed(PLAIN)).toBe(hashed);
  });

  it.each(['Lamp', 'lamp ', ' lamp', 'lam', ''])('is not %j, plain or hashed', (attempt) => {
    expect(isPassword(PLAIN, attempt)).toBe(false);
    expect(isPassword(toHashed(PLAIN), attempt)).toBe(false);
  });

  it('does not match its hash', () => {
    const hashed = toHashed(PLAIN);
    expect(isPassword(hashed, hashed.hash)).toBe(false);
    expect(isPassword(hashed, renderPassword(hashed))).toBe(false);
  });

  it('is rendered as one line that names the algorithm', () => {
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
  ])('written as %s is plain', (written) => {
    expect(parsePassword(written, SALT)).toEqual({ salt: SALT, plain: written });
  });

  it('is parsed from its line with its salt, and still matches', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, other) => {
        const hashed = hashPassword(plain, SALT);
        const read = parsePassword(renderPassword(hashed), 'another');
        expect(read).toEqual(hashed);
        expect(isPassword(read, plain)).toBe(true);
        expect(isPassword(read, other)).toBe(plain === other);
        expect(isPassword({ salt: SALT, plain }, other)).toBe(plain === other);
      }),
      { numRuns: propertyRuns(10) },
    );
  });
});
