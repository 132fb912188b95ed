import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { Service } from '../core/exchange/exchange.ts';
import { DEFAULT_SANDBOX, isSandboxName } from '../core/sandbox/sandboxes.ts';

/** The role of a port: a provider, the control API only, or everything. */
export type PortRole =
  | {
      readonly provider: string;
      /** The sandbox whose own port it is. */
      readonly sandbox?: string;
    }
  | { readonly only: 'control' }
  | { readonly only: 'everything' };

export interface Directory {
  readonly providers: ReadonlyMap<string, Service>;
  /** The services by their real hosts. */
  readonly byHost: ReadonlyMap<string, Service>;
  readonly control: Service;
  /** The place of the control API: `apart` means only on its own port, `off` nowhere except for its health checks. */
  readonly controlPlace: 'everywhere' | 'apart' | 'off';
}

export type RequestRoute =
  | {
      readonly kind: 'service';
      readonly service: Service;
      /** The sandbox that the request names; `undefined` leaves it to the credential. */
      readonly sandbox: string | undefined;
      /** The sandbox if the credential names none either. */
      readonly otherwise: string;
      /** The URL as the real service would see it. */
      readonly url: string;
      readonly headers: IncomingHttpHeaders;
    }
  | { readonly kind: 'welcome'; readonly sandbox: string | undefined; readonly headers: IncomingHttpHeaders }
  | { readonly kind: 'nowhere'; readonly path: string };

const SANDBOX_HEADER = 'x-emulator-sandbox';
const SANDBOX_PREFIX = /^\/_sandbox\/([^/?]*)(?=[/?]|$)/;
const CONTROL_PREFIX = /^\/_emulator(?=[/?]|$)/;
/** A request target in absolute form, up to its path, as clients of a proxy send it. */
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;
/** Paths that monitor a process. */
const SIGN_OF_LIFE = /^\/(?:health|ready)\/?(?=\?|$)/;
const LOCAL_HOST = /^(?:(.+)--)?([^.]+)\.localhost$/;

type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** Finds the route of a request. Splits the URL by hand: `new URL` takes `//users` for a host. */
export function findRoute(request: Asked, entry: PortRole, directory: Directory): RequestRoute {
  const { headers, path } = toOriginForm(request);
  const host = toHostName(headers.host);
  const local = host.endsWith('.localhost') ? LOCAL_HOST.exec(host) : undefined;
  const byHost = findByHost(host, local?.[2], directory);
  // If the path begins with a name of the emulator, several leading slashes count as one.
  const toOwn = byHost || 'provider' in entry ? toRooted : toSingleSlash;
  let url = toOwn(path);
  // Most requests have no such prefix, which two characters show.
  const prefix = url.startsWith('/_') ? SANDBOX_PREFIX.exec(url) : undefined;
  if (prefix) url = toOwn(url.slice(prefix[0].length));
  const header = headers[SANDBOX_HEADER];
  const named = (typeof header === 'string' ? header : header?.[0]) ?? prefix?.[1] ?? local?.[1];

  const otherwise = ('provider' in entry ? entry.sandbox : undefined) ?? DEFAULT_SANDBOX;
  const inControl = url.startsWith('/_') ? CONTROL_PREFIX.exec(url) : undefined;
  if (inControl) {
    const act = toRooted(url.slice(inControl[0].length));
    if (isInControl(request.method, act, entry, directory)) {
      const sandbox = named ?? otherwise;
      return { kind: 'service', service: directory.control, sandbox, otherwise, url: act, headers };
    }
  }
  const direct = byHost ?? ('provider' in entry ? directory.providers.get(entry.provider) : undefined);
  if (direct) return { kind: 'service', service: direct, sandbox: named, otherwise, url, headers };

  const end = findSegmentEnd(url);
  const segment = url.slice(1, end);
  const byPath = 'only' in entry && entry.only === 'everything' ? directory.providers.get(segment) : undefined;
  if (byPath) {
    const rest = toRooted(url.slice(end));
    return { kind: 'service', service: byPath, sandbox: named, otherwise, url: rest, headers };
  }
  return segment === '' ? { kind: 'welcome', sandbox: named, headers } : { kind: 'nowhere', path: url };
}

/** Finds the end of the first segment. It runs for each request, and a regular expression would allocate a list. */
function findSegmentEnd(path: string): number {
  let end = 1;
  while (end < path.length && path[end] !== '/' && path[end] !== '?') end += 1;
  return end;
}

/** Returns path and headers; the authority of an absolute URL replaces the Host (RFC 9112, 3.2.2). */
function toOriginForm({ url = '/', headers }: Asked): {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
} {
  const absolute = url.startsWith('/') ? undefined : ABSOLUTE.exec(url);
  if (!absolute) return { path: url, headers };
  return { path: url.slice(absolute[0].length), headers: { ...headers, host: absolute[1] } };
}

function isInControl(method: string | undefined, act: string, entry: PortRole, { controlPlace }: Directory): boolean {
  switch (controlPlace) {
    case 'everywhere':
      return !('only' in entry && entry.only === 'control');
    case 'apart':
      return 'only' in entry && entry.only === 'control';
    case 'off':
      return (method === 'GET' || method === 'HEAD') && SIGN_OF_LIFE.test(act);
  }
}

function findByHost(host: string, label: string | undefined, { providers, byHost }: Directory): Service | undefined {
  return label === undefined ? byHost.get(host) : providers.get(label);
}

/** Returns the host without the label that selects a provider or a sandbox. `undefined` for a provider's real host. */
export function toWholeHost(host: string, { providers, byHost }: Directory): string | undefined {
  const [, sandbox, id = ''] = LOCAL_HOST.exec(host) ?? [];
  if (sandbox !== undefined || providers.has(id)) return 'localhost';
  return byHost.has(host) ? undefined : host;
}

function toRooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function toSingleSlash(path: string): string {
  const rooted = toRooted(path);
  return rooted.startsWith('//') ? rooted.replace(/^\/+/, '/') : rooted;
}

/** Returns the host in lower case, without port. */
export function toHostName(host: string | undefined): string {
  if (host === undefined) return '';
  const colon = host.lastIndexOf(':');
  const named = colon < 0 || host.endsWith(']') ? host : host.slice(0, colon);
  return named.toLowerCase();
}

/** Splits `<key>~<sandbox>`. A `~` that no sandbox name follows belongs to the key. */
export function splitCredential(credential: string | undefined): {
  readonly credential: string | undefined;
  readonly sandbox: string | undefined;
} {
  const at = credential?.lastIndexOf('~') ?? -1;
  if (credential === undefined || at < 0) return { credential, sandbox: undefined };
  const sandbox = credential.slice(at + 1);
  return isSandboxName(sandbox) ? { credential: credential.slice(0, at), sandbox } : { credential, sandbox: undefined };
}
