import { readFileSync } from 'node:fs';

import { toBundledUrl } from '../core/values/bundled-file.ts';
import { Failure } from '../core/wire/failure.ts';
import type { Reply } from '../core/wire/reply.ts';
import type { RequestHead } from '../core/wire/request.ts';
import { createGuard, type GuardOptions } from './guard.ts';

/** The files of `dist/page`, by path below the control API. */
const DOCUMENTS: Readonly<Record<string, string>> = { '/': 'index.html', '/docs': 'docs.html' };
const PART = /^\/page\/([a-z0-9-]+\.(?:js|css|svg))$/i;
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];
/** The policy of the page: it shows texts of clients, which must not become code. */
const OF_PAGE = [...POLICY, "style-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"];
/** The document viewer brings its own styles, and calls the providers, which have their own ports and hosts. */
const OF_DOCS = [...POLICY, "style-src 'self' 'unsafe-inline'", 'connect-src http: https:'];

const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * Serves the page for people. Its files hold no data, so they need no token, and other sites may link to it; it fetches
 * all data from the control API. No file is read before a browser opens the page.
 *
 * @returns a function that replies to a request for one of its files, and gives `undefined` for any other request
 */
export function createSite(options: GuardOptions): (head: RequestHead, asked: string) => Reply | undefined {
  const guard = createGuard({ ...options, token: undefined });
  return (head, asked) => {
    const { method, headers } = head;
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    const [path = '', query] = head.url.split('?', 2);
    const document = DOCUMENTS[path === '/docs/' ? '/docs' : path];
    const file = document ?? PART.exec(path)?.[1];
    if (file === undefined) return undefined;
    if (document !== undefined && headers.accept?.includes('text/html') !== true) return undefined;
    try {
      guard(document !== undefined && isOpened(headers) ? { ...head, headers: toDirect(headers) } : head);
    } catch (error) {
      // The control API refuses the request itself.
      if (error instanceof Failure) return undefined;
      throw error;
    }
    const rest = query === undefined ? '' : `?${query}`;
    if (path === '/docs/') return toElsewhere(`../docs${rest}`);
    // The links to the files are relative to the folder.
    if (path === '/' && asked.split('?', 1)[0]?.endsWith('/') !== true) return toElsewhere(`_emulator/${rest}`);
    return readPart(file);
  };
}

function readPart(file: string): Reply | undefined {
  const body = tryRead(file);
  if (body === undefined) return undefined;
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'text/plain';
  const policy = (file === 'docs.html' ? OF_DOCS : OF_PAGE).join('; ');
  return { status: 200, headers: { ...HEADERS, 'Content-Type': type, 'Content-Security-Policy': policy }, body };
}

/** The page exists only after a build. */
function tryRead(file: string): string | undefined {
  try {
    return readFileSync(toBundledUrl(`dist/page/${file}`), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function toElsewhere(location: string): Reply {
  return { status: 308, headers: { ...HEADERS, Location: location } };
}

/** Whether a browser window opens it, and not another page as a part of itself. */
function isOpened(headers: RequestHead['headers']): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

function toDirect({ 'sec-fetch-site': _site, ...others }: RequestHead['headers']): RequestHead['headers'] {
  return others;
}
