import type { IncomingHttpHeaders } from 'node:http';

/** A host as a URL has it, in lower case. */
export interface Authority {
  readonly host: string;
  readonly port: number | undefined;
}

/** What a proxy says of the URL that its client asked for, as far as it makes sense. */
export interface Forwarded {
  readonly scheme: 'http' | 'https' | undefined;
  readonly authority: Authority | undefined;
  readonly port: number | undefined;
  /** Without a slash at its end; "" for none. */
  readonly prefix: string;
}

const AUTHORITY = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/i;
const PREFIX = /^(?:\/[a-z0-9_~-][a-z0-9._~-]*)+$/i;
const LONGEST_PREFIX = 200;

/** Of proxies in a row each adds a value behind those before it; the first is the client's own. */
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

/** `undefined` for what names no host and port. */
export function parseAuthority(text: string): Authority | undefined {
  const [, host, port] = AUTHORITY.exec(text) ?? [];
  if (host === undefined) return undefined;
  if (port === undefined) return { host: host.toLowerCase(), port };
  const number = parsePort(port);
  return number === undefined ? undefined : { host: host.toLowerCase(), port: number };
}

/** What can stand in front of a path as it is; "" for anything else. */
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
