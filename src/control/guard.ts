import { timingSafeEqual } from 'node:crypto';

import { DELIVERY_HEADER } from '../core/wire/outgoing.ts';
import type { RequestHead } from '../core/wire/request.ts';
import { listForwardedHosts, parseForwarded } from '../http/forwarded.ts';
import { toHostName } from '../http/request-route.ts';
import { isLoopback, isTrustedHost } from '../http/trusted-host.ts';
import { toFailure } from './problems.ts';
import { quote } from '../core/values/quotation.ts';

export interface GuardOptions {
  /** The providers' real hosts and those allowed by flag. */
  readonly hosts: readonly string[];
  /** Origins allowed by flag, as browsers name them. */
  readonly origins: readonly string[];
  /** Ports that this emulator listens on. */
  ports(): readonly number[];
  readonly token: string | undefined;
  /** Whether the host that a proxy forwards counts; it is then checked as well. */
  readonly trustProxy: boolean;
}

/**
 * Keeps pages of other sites away from the control API: requests that a browser sends
 * across sites, and sites that rebind their own name to this machine.
 */
export function createGuard(options: GuardOptions): (head: RequestHead) => void {
  return ({ headers }) => {
    for (const written of [headers.host, ...(options.trustProxy ? listForwardedHosts(headers) : [])]) {
      const host = toHostName(written);
      if (isTrustedHost(host, options.hosts)) continue;
      throw toFailure('UNTRUSTED_HOST', `The control API is not reachable under the host ${quote(host)}.`);
    }
    const { origin } = headers;
    const allowed = origin !== undefined && options.origins.includes(origin);
    const hosts = [headers.host, ...(options.trustProxy ? [toForwardedHost(headers)] : [])];
    if (origin !== undefined && !allowed && !hosts.some((host) => isOwnOrigin(origin, host, options.ports()))) {
      throw toFailure('UNTRUSTED_ORIGIN', `Pages of ${quote(origin)} may not use the control API.`);
    }
    const site = headers['sec-fetch-site'];
    if (!allowed && (site === 'cross-site' || site === 'same-site')) {
      throw toFailure('UNTRUSTED_ORIGIN', `A page of another site (${site}) may not use the control API.`);
    }
    if (headers[DELIVERY_HEADER] !== undefined) {
      throw toFailure('WEBHOOK', 'A webhook was sent to the control API, which accepts none.');
    }
    if (options.token !== undefined && !isSameToken(headers.authorization, `Bearer ${options.token}`)) {
      throw toFailure('NO_TOKEN', 'The control API requires a token.');
    }
  };
}

/**
 * Whether the emulator served the page: from the address that its request goes to, which also holds for a mapped port
 * and for a proxy, or from another port of ours on this machine. The same port of another machine does not count.
 */
function isOwnOrigin(origin: string, host: string | undefined, ports: readonly number[]): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (origin === `${url.protocol}//${host?.toLowerCase() ?? ''}`) return true;
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return isLoopback(url.hostname) && ports.includes(port);
}

/** The host as the browser in front of the proxy writes it in origins. */
function toForwardedHost(headers: RequestHead['headers']): string | undefined {
  const { scheme, authority, port } = parseForwarded(headers);
  const own = authority?.port ?? port;
  if (!authority || own === undefined || own === (scheme === 'https' ? 443 : 80)) return authority?.host;
  return `${authority.host}:${own}`;
}

function isSameToken(sent: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(sent ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
