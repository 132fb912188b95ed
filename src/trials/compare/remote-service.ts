import { ConfigError } from '../../core/values/config-error.ts';
import { quote } from '../../core/values/quotation.ts';

/** The real service that the requests go to. */
export interface RemoteService {
  readonly origin: string;
  /** The host, with its port unless it is the default. */
  readonly host: string;
  /** The path before the service's own paths, without a trailing slash. */
  readonly prefix: string;
  /** The provider's base path at the end of the given URL. */
  readonly basePath: string | undefined;
}

/**
 * @param written a URL; it may end with one of the provider's base paths
 * @throws {ConfigError}
 */
export function parseTarget(written: string, basePaths: readonly string[] = []): RemoteService {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    // The URL may contain a password, or a key in its query.
    const shown = written.includes('@') ? '' : `, got ${quote(written.replace(/[?#].*$/s, ''))}`;
    throw new ConfigError(`--target must be a URL such as https://api.example.com${shown}.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(
      `--target must not contain a user or password: send them with --header 'Authorization: ...'.`,
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigError('--target must not have a query or fragment: the bundle or the document has the requests.');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const basePath = basePaths.find((one) => path.endsWith(one));
  const prefix = basePath === undefined ? path : path.slice(0, -basePath.length);
  return { origin: url.origin, host: url.host, prefix, basePath };
}

const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers of the connection, and headers that make some services treat a read as another method. */
const RESERVED =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|expect|te|trailer|upgrade|x[-_](?:http[-_])?method(?:[-_]override)?)$/;

/** @param name in lower case */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/**
 * Parses headers, by lower-case name. Errors do not show the value, which may be a key.
 *
 * @param written headers such as `Name: value`
 * @throws {ConfigError}
 */
export function parseHeaders(written: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    written.map((line): [string, string] => {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
      const value = line.slice(colon + 1).trim();
      if (colon < 0 || !NAME.test(name) || !VALUE.test(value)) {
        throw new ConfigError(`--header takes 'Name: value', such as 'Authorization: Bearer KEY'.`);
      }
      if (isReserved(name)) throw new ConfigError(`--header cannot set ${name}.`);
      return [name, value];
    }),
  );
}
