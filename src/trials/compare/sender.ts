import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';

import { toMessage } from '../../core/values/message.ts';
import type { Seen } from './answers.ts';
import type { RemoteService } from './remote-service.ts';

/** A request to a service. */
export interface Outgoing {
  readonly method: string;
  /** The path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** The reason why there is no response to compare. */
export interface Unanswered {
  readonly reason: string;
}

/** Maximum bytes of a response body. */
const MOST = 8 * 1024 * 1024;

export const MISREAD = 'its URL leads to another path than it says';

/** The URL, unless parsing changes it: a path that was checked as `/a/%2e%2e/b` must not be sent as `/b`. */
export function parseWritten(origin: string, url: string): URL | undefined {
  const written = `${origin}${url}`;
  if (!URL.canParse(written)) return undefined;
  const parsed = new URL(written);
  return parsed.origin === origin && parsed.href === written && parsed.hash === '' ? parsed : undefined;
}

/**
 * Sends a request to a real service; nothing else does. It follows no redirect, so credentials reach the given host only.
 *
 * @param patience maximum milliseconds of one exchange
 * @throws before sending, for any method that may change something
 */
export async function askService(
  { origin, prefix, host }: RemoteService,
  { method, url, headers, body }: Outgoing,
  patience: number,
): Promise<Seen | Unanswered> {
  if (method !== 'GET' && method !== 'HEAD') throw new Error(`A comparison only reads; ${method} was not sent.`);
  const written = url.startsWith('/') ? parseWritten(origin, `${prefix}${url}`) : undefined;
  if (!written) return { reason: MISREAD };
  const ending = new AbortController();
  const timer = setTimeout(() => {
    ending.abort();
  }, patience);
  try {
    const own = body ? { 'content-length': String(body.length) } : {};
    const options = { method, headers: { ...headers, ...own, 'accept-encoding': 'identity' } };
    const response = await open(written, { ...options, signal: ending.signal }, body);
    return await read(response);
  } catch (error) {
    return { reason: ending.signal.aborted ? `there was no answer within ${patience} ms` : describe(error, host) };
  } finally {
    clearTimeout(timer);
  }
}

function open(url: URL, options: RequestOptions, body: Buffer | undefined): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent: false }, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

async function read(response: IncomingMessage): Promise<Seen | Unanswered> {
  const { statusCode: status = 0, headers } = response;
  if (headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return { reason: 'it answers with a stream' };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST) {
      response.destroy();
      return { reason: `its answer has more than ${MOST} bytes` };
    }
    chunks.push(chunk);
  }
  const texts = Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]);
  return { status, headers: Object.fromEntries(texts) as Record<string, string>, body: Buffer.concat(chunks) };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNRESET: 'the connection ended before the answer did',
  EPIPE: 'the connection ended before the answer did',
  ETIMEDOUT: 'the connection could not be made in time',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
};
const UNTRUSTED = /CERT|UNABLE_TO_/;
const NO_TLS = /^EPROTO$|^ERR_SSL_/;

function describe(error: unknown, host: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = REASONS[code];
  if (known !== undefined) return `${host}: ${known} (${code})`;
  if (UNTRUSTED.test(code)) {
    return `${host}: its certificate is not trusted (${code}); NODE_EXTRA_CA_CERTS names an authority of your own`;
  }
  if (NO_TLS.test(code)) return `${host}: it speaks no TLS (${code})`;
  if (code.startsWith('HPE_')) return `${host}: what it answers is no HTTP (${code})`;
  return `${host}: ${toMessage(error)}`;
}
