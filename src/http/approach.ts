import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { AskedUrl } from '../core/wire/request.ts';
import { parseAuthority, parseForwarded, parsePrefix, type Forwarded } from './forwarded.ts';
import { toWholeHost, type Directory } from './request-route.ts';

export interface ApproachPolicy {
  /** Whether X-Forwarded-Proto, -Host, -Port and -Prefix give the requested URL. */
  readonly trustProxy: boolean;
  /** Whether answers may contain a host. */
  readonly isTrusted: (host: string) => boolean;
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const;
const NOTHING_FORWARDED: Forwarded = { scheme: undefined, authority: undefined, port: undefined, prefix: '' };

/**
 * Finds the URL of the emulator as a whole that a client requested.
 *
 * @param headers with the host of an absolute request target
 * @returns `undefined` if the host is invalid, not trusted or leads to one provider only
 */
export function findAskedUrl(
  request: Pick<IncomingMessage, 'socket'>,
  headers: IncomingHttpHeaders,
  directory: Directory,
  { trustProxy, isTrusted }: ApproachPolicy,
): AskedUrl | undefined {
  const forwarded = trustProxy ? parseForwarded(headers) : NOTHING_FORWARDED;
  const authority = forwarded.authority ?? parseAuthority(headers.host ?? '');
  if (!authority || !isTrusted(authority.host)) return undefined;
  const host = toWholeHost(authority.host, directory);
  if (host === undefined) return undefined;
  const scheme = forwarded.scheme ?? (isEncrypted(request) ? 'https' : 'http');
  // The proxy's own port is not the emulator's, so the port in its host is more exact.
  const port = forwarded.authority?.port ?? forwarded.port ?? authority.port ?? DEFAULT_PORTS[scheme];
  return {
    scheme,
    host,
    port,
    prefix: `${forwarded.prefix}${toMount(request)}`,
    localPort: request.socket.localPort ?? 0,
    isForwarded: forwarded.authority !== undefined || forwarded.port !== undefined,
  };
}

function isEncrypted({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

/** Returns the path under which the handler is mounted in an Express app. */
function toMount(request: object): string {
  return 'baseUrl' in request && typeof request.baseUrl === 'string' ? parsePrefix(request.baseUrl) : '';
}
