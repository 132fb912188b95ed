import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { checkServerIdentity } from 'node:tls';

interface Asked {
  readonly ca: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Told {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks as a client would for whom the host of the URL leads to `port` of this machine: that host has to be in the
 * certificate, and the authority has to have signed it.
 *
 * @throws what the connection ended with
 */
export async function askHttps(url: string, port: number, asked: Asked): Promise<Told> {
  const response = await openHttps(url, port, asked);
  return { status: response.statusCode ?? 0, text: await text(response) };
}

/** The same, as soon as the head of the answer is there. */
export async function openHttps(
  url: string,
  port: number,
  { ca, method = 'GET', headers = {}, body }: Asked,
): Promise<IncomingMessage> {
  const { hostname, host, pathname, search } = new URL(url);
  const sent = request({
    ...{ host: '127.0.0.1', port, method, path: `${pathname}${search}`, ca, agent: false },
    servername: /^[\d.]+$|:/.test(hostname) ? '' : hostname,
    checkServerIdentity: (_, certificate) => checkServerIdentity(hostname, certificate),
    headers: { Host: host, ...headers },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}
