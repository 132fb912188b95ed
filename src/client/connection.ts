import { createFetchTransport } from './fetching.ts';
import { Steering } from './steering.ts';

export interface ConnectOptions {
  /** What the emulator was started with as `--control-token`. */
  readonly token?: string | undefined;
  /** Milliseconds after which an emulator that does not answer is none; for ever if left out. */
  readonly timeout?: number | undefined;
  /** The one that is meant where none is named; that of the URL, or the default one, if left out. */
  readonly sandbox?: string | undefined;
}

/** A path of a proxy's, the sandbox's, and a slash. */
const BASE_PATH = /^(.*?)(?:\/_sandbox\/([^/]+))?\/?$/;

/**
 * Does not wait for anything: the first act finds out whether an emulator is there.
 *
 * @param url of the shared port, or of the control API's own, such as `http://127.0.0.1:4620`; one that names a sandbox
 *   by `/_sandbox/NAME`, as `CREDITS_EMULATOR_URL` may, means that one where none is named
 * @throws {TypeError} for what is no such URL
 */
export function connect(url: string, options: ConnectOptions = {}): Connection {
  const { protocol, origin, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`"${url}" is no URL of HTTP.`);
  const [, prefix = '', named] = BASE_PATH.exec(pathname) ?? [];
  return new Connection(`${origin}${prefix}`, { ...options, sandbox: options.sandbox ?? named });
}

/** A running emulator, reached over HTTP. */
export class Connection extends Steering {
  /** Of the emulator, without a slash at its end. */
  readonly url: string;

  constructor(url: string, { token, timeout, sandbox }: ConnectOptions) {
    super(createFetchTransport({ url, token, timeout }), sandbox);
    this.url = url;
  }
}
