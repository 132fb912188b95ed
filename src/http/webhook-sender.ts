import type { LookupAddress } from 'node:dns';
import { lookup as lookupHost } from 'node:dns/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

import { toMessage } from '../core/values/message.ts';
import type { Targets } from '../core/values/allowlist.ts';
import type { Outgoing, Received, Send } from '../core/wire/outgoing.ts';

/** Limit of requests in progress at once; the others wait. */
const MOST = 256;
/** Limit of the bytes of an answer's body that are read and kept. */
const KEPT = 16_384;
const READ = 262_144;

/** Finds the addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const resolveName: Resolve = (host) => lookupHost(host, { all: true, verbatim: true });

/**
 * Creates a sender over HTTP and HTTPS. It looks a name up once, checks the addresses and connects to one of these, so
 * that a name that later resolves to another machine leads nowhere else. It follows no redirect.
 */
export function createSender(targets: Targets, resolve: Resolve = resolveName): Send {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return async (outgoing, signal) => {
    if (underWay >= MOST) await new Promise<void>((go) => waiting.push(go));
    underWay += 1;
    try {
      return signal.aborted ? ENDED : await send(outgoing, { targets, resolve, signal });
    } catch (error) {
      return { error: toMessage(error) };
    } finally {
      underWay -= 1;
      waiting.shift()?.();
    }
  };
}

const ENDED: Received = { error: 'The emulator aborted the request.' };

interface Means {
  readonly targets: Targets;
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
}

async function send(outgoing: Outgoing, { targets, resolve, signal }: Means): Promise<Received> {
  const url = new URL(outgoing.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  const timer = setTimeout(end, outgoing.patience);
  signal.addEventListener('abort', end);
  try {
    const found = await findAddresses(host, resolve, ending.signal);
    const allowed = found.filter(({ address }) => targets.allows(address, host));
    if (allowed.length === 0) return toOutside(host, found);
    return await exchange(url, outgoing, { lookup: toLookup(allowed), signal: ending.signal });
  } catch (error) {
    if (signal.aborted) return ENDED;
    return { error: ending.signal.aborted ? `No answer arrived within ${outgoing.patience} ms.` : toMessage(error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function toOutside(host: string, found: readonly LookupAddress[]): Received {
  const { address = host } = found[0] ?? {};
  const named = address === host ? host : `${host} (${address})`;
  const error = `${named} is not a loopback or private address, so it was not called; --allow-target permits it.`;
  return { error, isOutside: true };
}

async function findAddresses(host: string, resolve: Resolve, ends: AbortSignal): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  // A lookup cannot be aborted, but nothing has to wait for it.
  return Promise.race([resolve(host), untilAborted(ends)]);
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      reject(new Error('The request was aborted.'));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** Returns a lookup that gives the known addresses. */
function toLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (_, { all }, callback) => {
    if (all === true) callback(null, [...addresses]);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
  };
}

function exchange(
  url: URL,
  { headers, body }: Outgoing,
  { lookup, signal }: { readonly lookup: LookupFunction; readonly signal: AbortSignal },
): Promise<Received> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        ...{ method: 'POST', agent: false, lookup, signal, maxHeaderSize: KEPT },
        headers: { ...headers, 'content-length': body.length },
      },
      (response) => {
        read(response).then(resolve, reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Reads the answer to its end or to the limit. */
async function read(response: IncomingMessage): Promise<Received> {
  const { statusCode: status = 0 } = response;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < KEPT) chunks.push(chunk.subarray(0, KEPT - size));
    size += chunk.length;
    if (size >= READ) break;
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]);
  return { status, headers: Object.fromEntries(headers) as Record<string, string>, body: Buffer.concat(chunks) };
}
