import { isIP } from 'node:net';
import { timingSafeEqual } from 'node:crypto';

import type { RequestHead } from '../core/wire/request.ts';
import { toHostName } from '../http/target.ts';
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
}

/**
 * Keeps pages of other sites away from the control API: those that a browser sends here
 * across sites, and those that rebind a name of theirs to this machine.
 */
export function createGuard(options: GuardOptions): (head: RequestHead) => void {
  return ({ headers }) => {
    const host = toHostName(headers.host);
    if (!isTrustedHost(host, options.hosts)) {
      throw toFailure('UNTRUSTED_HOST', `The control API is not reachable under the host ${quote(host)}.`);
    }
    const { origin } = headers;
    const allowed = origin !== undefined && options.origins.includes(origin);
    if (origin !== undefined && !allowed && !isOwnOrigin(origin, headers.host, options.ports())) {
      throw toFailure('UNTRUSTED_ORIGIN', `Pages of ${quote(origin)} may not use the control API.`);
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

/** A service's name in a compose file. No site of the internet has a name without a dot. */
const DOTLESS = /^[a-z0-9_-]+$/;

function isTrustedHost(host: string, allowed: readonly string[]): boolean {
  return (
    isIP(host.replace(/^\[|\]$/g, '')) !== 0 ||
    isLoopback(host) ||
    DOTLESS.test(host) ||
    host === 'host.docker.internal' ||
    allowed.includes(host)
  );
}

const LOCAL_NAME = /^(?:[a-z0-9._-]+\.)?localhost$/;

function isLoopback(host: string): boolean {
  return LOCAL_NAME.test(host) || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Whether a page came from here: from where its request goes, which holds behind a mapped port
 * and a proxy too, or from another port of ours on this machine. A page on the same port of
 * another machine did not.
 */
function isOwnOrigin(origin: string, host: string | undefined, ports: readonly number[]): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (origin === `${url.protocol}//${host?.toLowerCase() ?? ''}`) return true;
  return url.protocol === 'http:' && isLoopback(url.hostname) && ports.includes(Number(url.port || 80));
}

function isSameToken(sent: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(sent ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
