import { toStranger, UnreachableError } from './failures.ts';
import { Steering } from './steering.ts';
import type { ControlResponse, ControlRequest, Transport } from '../http/control-transport.ts';

export interface ConnectOptions {
  /** The token that the emulator was started with (`--control-token`). */
  readonly token?: string | undefined;
  /** Milliseconds to wait for an answer; without a limit if left out. */
  readonly timeout?: number | undefined;
  /** Used if a call names no sandbox; that of the URL, or `default`, if left out. */
  readonly sandbox?: string | undefined;
}

/** The path of a proxy, the path of a sandbox, and a slash. */
const BASE_PATH = /^(.*?)(?:\/_sandbox\/([^/]+))?\/?$/;

/**
 * Connects to nothing yet: the first call finds out whether an emulator answers.
 *
 * @param url of the shared port, or of the control API's own port, such as `http://127.0.0.1:4620`; it may name the
 *   sandbox for calls that name none (`/_sandbox/NAME`, as in `CREDITS_EMULATOR_URL`)
 * @throws {TypeError} if it is not an HTTP or HTTPS URL
 */
export function connect(url: string, options: ConnectOptions = {}): Connection {
  const { protocol, origin, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`"${url}" is not an HTTP or HTTPS URL.`);
  const [, prefix = '', named] = BASE_PATH.exec(pathname) ?? [];
  return new Connection(`${origin}${prefix}`, { ...options, sandbox: options.sandbox ?? named });
}

/** A running emulator, called over HTTP. */
export class Connection extends Steering {
  /** URL of the emulator, without a slash at its end. */
  readonly url: string;

  constructor(url: string, options: ConnectOptions) {
    super(createFetchTransport(url, options), options.sandbox);
    this.url = url;
  }
}

/** The control API over HTTP. */
function createFetchTransport(url: string, { token, timeout }: ConnectOptions): Transport {
  return {
    send: async ({
      method,
      path,
      sandbox,
      body,
      headers,
      signal,
      goesOn,
    }: ControlRequest): Promise<ControlResponse> => {
      const own = {
        ...(body === undefined ? undefined : { 'Content-Type': 'application/json' }),
        ...(sandbox === undefined ? undefined : { 'X-Emulator-Sandbox': sandbox }),
        ...(token === undefined ? undefined : { Authorization: `Bearer ${token}` }),
      };
      const limits = [signal, timeout === undefined || goesOn ? undefined : AbortSignal.timeout(Math.ceil(timeout))];
      const given = limits.filter((limit) => limit !== undefined);
      const init: RequestInit = {
        method,
        headers: { ...own, ...headers },
        ...(given.length > 0 && { signal: AbortSignal.any(given) }),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      };
      const response = await reach(url, signal, () => fetch(`${url}/_emulator${path}`, init));
      return {
        status: response.status,
        text: () => reach(url, signal, () => response.text()),
        chunks: () => readChunks(response),
      };
    },
    toStranger: () => toStranger(url),
  };
}

async function reach<T>(url: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw error;
    const hint = 'Start one with: credits-emulator start';
    const message = `No emulator answers on ${new URL(url).origin} (${describeCause(error)}). ${hint}`;
    throw new UnreachableError(message, { cause: error });
  }
}

/** The error inside that of fetch, which only says "fetch failed". */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}

/** Not every browser can iterate over a stream. */
async function* readChunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const chunk = (await reader.read()) as { readonly done: boolean; readonly value?: Uint8Array };
      if (!chunk.value) return;
      yield chunk.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
