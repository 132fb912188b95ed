import { ConfigError } from '../../core/values/config-error.ts';
import { quote } from '../../core/values/quotation.ts';

/** The service that is asked. */
export interface RemoteService {
  readonly origin: string;
  /** With its port, if that is not the usual one. */
  readonly host: string;
  /** In front of what the service is asked for, without a slash at its end. */
  readonly prefix: string;
  /** The provider's base path with which it was named. */
  readonly basePath: string | undefined;
}

/**
 * @param written a URL; one of the provider's base paths may stand at its end
 * @throws {ConfigError}
 */
export function parseTarget(written: string, basePaths: readonly string[] = []): RemoteService {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    // It may have a password in it, and a key behind its path.
    const shown = written.includes('@') ? '' : `, got ${quote(written.replace(/[?#].*$/s, ''))}`;
    throw new ConfigError(`--target must be a URL such as https://api.example.com${shown}.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(`--target has no user or password in it: send them with --header 'Authorization: ...'.`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigError('--target ends with a path: what is asked for comes from the bundle or the document.');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const basePath = basePaths.find((one) => path.endsWith(one));
  const prefix = basePath === undefined ? path : path.slice(0, -basePath.length);
  return { origin: url.origin, host: url.host, prefix, basePath };
}

const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that belong to the connection, and those by which some services take a read for another method. */
const RESERVED =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|expect|te|trailer|upgrade|x[-_](?:http[-_])?method(?:[-_]override)?)$/;

/** @param name in lower case */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/**
 * Headers by their names in lower case. What is wrong is told without the value, which may be a key.
 *
 * @param written `Name: value` each
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
