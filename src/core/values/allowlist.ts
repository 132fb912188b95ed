import { BlockList, isIP } from 'node:net';

/** A target that webhooks may go to: an address, a range, or a host name. */
export type AllowlistEntry =
  | { readonly kind: 'range'; readonly address: string; readonly prefix: number; readonly family: Family }
  | { readonly kind: 'host'; readonly name: string };

type Family = 'ipv4' | 'ipv6';

const HOST = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** Parses `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32` or `hooks.example`; returns `undefined` for anything else. */
export function parseTarget(text: string): AllowlistEntry | undefined {
  const [address = '', length, more] = text.split('/');
  const family = toFamily(address);
  if (family === undefined) {
    const name = text.toLowerCase();
    return HOST.test(name) ? { kind: 'host', name } : undefined;
  }
  const most = family === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : most + 1;
  return more === undefined && prefix <= most ? { kind: 'range', address, prefix, family } : undefined;
}

function toFamily(address: string): Family | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}

type Range = readonly [address: string, prefix: number, family: Family];

/** Loopback and private addresses. */
const INSIDE: readonly Range[] = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
];
/** Metadata addresses of clouds, which hold secrets. A host name never leads there, even if it is allowed. */
const NEVER_BY_NAME: readonly Range[] = [
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
];

/** Decides which addresses webhooks may go to. */
export class Targets {
  readonly #inside = toList(INSIDE);
  readonly #secret = toList(NEVER_BY_NAME);
  readonly #allowed: BlockList;
  readonly #hosts: ReadonlySet<string>;

  constructor(allowed: readonly AllowlistEntry[] = []) {
    this.#allowed = toList(
      allowed.flatMap((one): Range[] => (one.kind === 'range' ? [[one.address, one.prefix, one.family]] : [])),
    );
    this.#hosts = new Set(allowed.flatMap((one) => (one.kind === 'host' ? [one.name] : [])));
  }

  /** @param host the host as written, which resolved to this address */
  allows(address: string, host: string): boolean {
    const family = toFamily(address);
    if (family === undefined || address.includes('%')) return false;
    if (this.#allowed.check(address, family)) return true;
    if (this.#secret.check(address, family)) return false;
    return this.#inside.check(address, family) || this.#hosts.has(host.toLowerCase());
  }
}

function toList(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix, family] of ranges) list.addSubnet(address, prefix, family);
  return list;
}
