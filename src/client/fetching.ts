import { toStranger, UnreachableError } from './failures.ts';
import type { ControlResponse, ControlRequest, Transport } from '../http/control-transport.ts';

export interface FetchOptions {
  /** Of the emulator, without a slash at its end. */
  readonly url: string;
  /** What the emulator was started with as `--control-token`. */
  readonly token?: string | undefined;
  /** Milliseconds after which an emulator that does not answer is none; for ever if left out. */
  readonly timeout?: number | undefined;
}

/** The control API over HTTP. */
export function createFetchTransport({ url, token, timeout }: FetchOptions): Transport {
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

/** What fetch wraps: "fetch failed" says nothing. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}

/** Not every browser has streams that can be iterated. */
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
