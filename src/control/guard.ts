import { isIP } from 'node:net';
import { timingSafeEqual } from 'node:crypto';

import type { Stage } from '../core/engine.ts';
import { toHostName } from '../http/target.ts';
import { toFailure } from './problems.ts';

export interface GuardOptions {
  /** The providers' real hosts and those allowed by flag. */
  readonly hosts: readonly string[];
  /** Origins allowed by flag. */
  readonly origins: readonly string[];
  /** Ports that this emulator listens on. */
  ports(): readonly number[];
  readonly token: string | undefined;
}

/**
 * Keeps pages of other sites away from the control API: those that a browser sends here
 * across sites, and those that rebind a name of theirs to this machine.
 */
export function createGuard(options: GuardOptions): Stage {
  return ({ request: { headers } }) => {
    const host = toHostName(headers.host);
    if (!isTrustedHost(host, options.hosts)) {
      throw toFailure('UNTRUSTED_HOST', `The control API is not reachable under the host "${host}".`);
    }
    const { origin } = headers;
    const allowed = origin !== undefined && options.origins.includes(origin);
    if (origin !== undefined && !allowed && !isOwnOrigin(origin, options.ports())) {
      throw toFailure('UNTRUSTED_ORIGIN', `Pages of "${origin}" may not use the control API.`);
    }
    const site = headers['sec-fetch-site'];
    if (!allowed && (site === 'cross-site' || site === 'same-site')) {
      throw toFailure('UNTRUSTED_ORIGIN', `A page of another site (${site}) may not use the control API.`);
    }
    if (options.token !== undefined && !isSameToken(headers.authorization, `Bearer ${options.token}`)) {
      throw toFailure('NO_TOKEN', 'The control API asks for a token.');
    }
  };
}

function isTrustedHost(host: string, allowed: readonly string[]): boolean {
  return (
    isIP(host.replace(/^\[|\]$/g, '')) !== 0 ||
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    // A service's name in a compose file. No site of the internet has a name without a dot.
    (host !== '' && !host.includes('.')) ||
    host === 'host.docker.internal' ||
    allowed.includes(host)
  );
}

function isOwnOrigin(origin: string, ports: readonly number[]): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port } = new URL(origin);
  return protocol === 'http:' && isTrustedHost(hostname, []) && ports.includes(Number(port || 80));
}

function isSameToken(sent: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(sent ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
