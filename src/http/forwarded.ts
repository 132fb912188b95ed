import type { IncomingHttpHeaders } from 'node:http';

/** A host as in a URL, in lower case. */
export interface Authority {
  readonly host: string;
  readonly port: number | undefined;
}

/** The valid parts of the URL that a client requested of a proxy. */
export interface Forwarded {
  readonly scheme: 'http' | 'https' | undefined;
  readonly authority: Authority | undefined;
  readonly port: number | undefined;
  /** Without a trailing slash; "" for none. */
  readonly prefix: string;
}

const AUTHORITY = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/i;
const PREFIX = /^(?:\/[a-z0-9_~-][a-z0-9._~-]*)+$/i;
const LONGEST_PREFIX = 200;

/** Parses forwarding headers. Each proxy in a chain appends a value; the first is that of the client's own proxy. */
export function parseForwarded(headers: IncomingHttpHeaders): Forwarded {
  const [scheme = ''] = listValues(headers['x-forwarded-proto']);
  const [host = ''] = listForwardedHosts(headers);
  const [port = ''] = listValues(headers['x-forwarded-port']);
  const [prefix = ''] = listValues(headers['x-forwarded-prefix']);
  const named = scheme.toLowerCase();
  return {
    scheme: named === 'http' || named === 'https' ? named : undefined,
    authority: parseAuthority(host),
    port: parsePort(port),
    prefix: parsePrefix(prefix),
  };
}

export function listForwardedHosts(headers: IncomingHttpHeaders): readonly string[] {
  return listValues(headers['x-forwarded-host']);
}

/** Returns `undefined` if the text is not a host and port. */
export function parseAuthority(text: string): Authority | undefined {
  const [, host, port] = AUTHORITY.exec(text) ?? [];
  if (host === undefined) return undefined;
  if (port === undefined) return { host: host.toLowerCase(), port };
  const number = parsePort(port);
  return number === undefined ? undefined : { host: host.toLowerCase(), port: number };
}

/** Returns a valid path prefix unchanged, and "" for anything else. */
export function parsePrefix(text: string): string {
  const bare = text.endsWith('/') ? text.slice(0, -1) : text;
  return bare.length <= LONGEST_PREFIX && PREFIX.test(bare) ? bare : '';
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function listValues(header: string | readonly string[] | undefined): readonly string[] {
  return [header ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}
