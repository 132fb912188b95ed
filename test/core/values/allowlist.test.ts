import { describe, expect, it } from 'vitest';

import { parseTarget, Targets } from '../../../src/core/values/allowlist.ts';

function allows(address: string, allowed: readonly string[] = [], host = address): boolean {
  return new Targets(allowed.map(parseTarget).filter((target) => target !== undefined)).allows(address, host);
}

describe('a target', () => {
  it.each(['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '::1', 'fd12::1'])(
    'is allowed that is this machine or a private address: %s',
    (address) => {
      expect(allows(address)).toBe(true);
    },
  );

  it('is allowed in the notation of the other family', () => {
    expect(allows('::ffff:7f00:1')).toBe(true);
    expect(allows('::ffff:cb00:7107')).toBe(false);
  });

  it.each([
    ...['203.0.113.7', '8.8.8.8', '172.32.0.1', '169.254.169.254', '0.0.0.0', '100.64.0.1', '224.0.0.1'],
    ...['fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '::', '2001:db8::1', '::ffff:a9fe:a9fe', 'localhost', ''],
  ])('is refused that is anything else: %s', (address) => {
    expect(allows(address)).toBe(false);
  });

  it('is allowed by address, by range and by name', () => {
    expect(allows('203.0.113.7', ['203.0.113.7'])).toBe(true);
    expect(allows('203.0.113.8', ['203.0.113.7'])).toBe(false);
    expect(allows('203.0.113.8', ['203.0.113.0/24'])).toBe(true);
    expect(allows('2001:db8::8', ['2001:db8::/32'])).toBe(true);
    expect(allows('203.0.113.8', ['hooks.example'], 'Hooks.Example')).toBe(true);
    expect(allows('203.0.113.8', ['hooks.example'], 'other.example')).toBe(false);
  });

  it('is link-local only if its address is allowed, and not by a name', () => {
    expect(allows('169.254.1.1', ['hooks.example'], 'hooks.example')).toBe(false);
    expect(allows('fd00:ec2::254', ['hooks.example'], 'hooks.example')).toBe(false);
    expect(allows('169.254.1.1', ['169.254.1.1'])).toBe(true);
  });

  it.each(['', '203.0.113.0/33', '203.0.113.0/x', '1.2.3.4/8/9', 'http://x', 'a b', 'a..b', '::1/129'])(
    'is not written like this: %s',
    (text) => {
      expect(parseTarget(text)).toBeUndefined();
    },
  );
});
