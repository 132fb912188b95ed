import type { IncomingMessage } from 'node:http';

import type { Service } from '../core/exchange/exchange.ts';
import { DEFAULT_SANDBOX, isSandboxName } from '../core/sandbox/sandboxes.ts';

/** What is behind one port: a provider, the control API alone, or everything. */
export type Entry = { readonly provider: string } | { readonly only: 'control' } | { readonly only: 'everything' };

/** A provider's service and the hosts that it has in reality. */
export interface Reachable {
  readonly service: Service;
  readonly hosts: readonly string[];
}

export interface Directory {
  readonly providers: ReadonlyMap<string, Reachable>;
  /** `undefined` where the control API is switched off. */
  readonly control: Service | undefined;
  /** Whether the control API has a port of its own, and so is nowhere else. */
  readonly controlApart: boolean;
}

export type Target =
  | {
      readonly kind: 'service';
      readonly service: Service;
      /** As the request names it; `undefined` leaves it to the credential. */
      readonly sandbox: string | undefined;
      /** What the real service would have seen. */
      readonly url: string;
    }
  | { readonly kind: 'welcome' }
  | { readonly kind: 'nowhere'; readonly path: string };

const SANDBOX_HEADER = 'x-emulator-sandbox';
const SANDBOX_PREFIX = /^\/_sandbox\/([^/?]*)(?=[/?]|$)/;
const CONTROL_PREFIX = /^\/_emulator(?=[/?]|$)/;
const FIRST_SEGMENT = /^\/([^/?]*)(?=[/?]|$)/;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
const LOCAL_HOST = /^(?:(.+)--)?([^.]+)\.localhost$/;

/** Finds what a request is meant for. The URL is taken apart by hand: `new URL` takes `//users` for a host. */
export function findTarget(request: IncomingMessage, entry: Entry, directory: Directory): Target {
  let url = toPath(request.url ?? '/');
  const host = toHostName(request.headers.host);
  const local = host.endsWith('.localhost') ? LOCAL_HOST.exec(host) : undefined;
  // Most requests have no prefix of ours, and a look at two characters tells.
  const prefix = url.startsWith('/_') ? SANDBOX_PREFIX.exec(url) : undefined;
  if (prefix) url = toPath(url.slice(prefix[0].length));
  const header = request.headers[SANDBOX_HEADER];
  const named = (typeof header === 'string' ? header : header?.[0]) ?? prefix?.[1] ?? local?.[1];

  const inControl = url.startsWith('/_') ? CONTROL_PREFIX.exec(url) : undefined;
  if (inControl && directory.control && isControlEntry(entry, directory)) {
    return {
      kind: 'service',
      service: directory.control,
      sandbox: named ?? DEFAULT_SANDBOX,
      url: toPath(url.slice(inControl[0].length)),
    };
  }
  const byHost = findByHost(host, local?.[2], directory);
  const direct = byHost ?? ('provider' in entry ? directory.providers.get(entry.provider) : undefined);
  if (direct) return { kind: 'service', service: direct.service, sandbox: named, url };

  const segment = FIRST_SEGMENT.exec(url);
  const byPath =
    'only' in entry && entry.only === 'everything' ? directory.providers.get(segment?.[1] ?? '') : undefined;
  if (byPath && segment) {
    return { kind: 'service', service: byPath.service, sandbox: named, url: toPath(url.slice(segment[0].length)) };
  }
  return segment?.[1] === '' ? { kind: 'welcome' } : { kind: 'nowhere', path: url };
}

function isControlEntry(entry: Entry, { controlApart }: Directory): boolean {
  return controlApart === ('only' in entry && entry.only === 'control');
}

function findByHost(host: string, label: string | undefined, { providers }: Directory): Reachable | undefined {
  if (label !== undefined) return providers.get(label);
  for (const reachable of providers.values()) if (reachable.hosts.includes(host)) return reachable;
  return undefined;
}

/** Also of a request line in absolute form, as clients behind a proxy send it. */
function toPath(url: string): string {
  if (url.startsWith('/')) return url;
  const path = url.replace(ABSOLUTE, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** Lower case, without port. */
export function toHostName(host: string | undefined): string {
  if (host === undefined) return '';
  const colon = host.lastIndexOf(':');
  const named = colon < 0 || host.endsWith(']') ? host : host.slice(0, colon);
  return named.toLowerCase();
}

/** `<key>~<sandbox>` as a client sends it, taken apart. A `~` that no sandbox name follows belongs to the key. */
export function splitCredential(credential: string | undefined): {
  readonly credential: string | undefined;
  readonly sandbox: string | undefined;
} {
  const at = credential?.lastIndexOf('~') ?? -1;
  if (credential === undefined || at < 0) return { credential, sandbox: undefined };
  const sandbox = credential.slice(at + 1);
  return isSandboxName(sandbox) ? { credential: credential.slice(0, at), sandbox } : { credential, sandbox: undefined };
}
