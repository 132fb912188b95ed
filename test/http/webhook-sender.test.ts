import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { parseTarget, Targets } from '../../src/core/values/allowlist.ts';
import type { Outgoing, Received } from '../../src/core/wire/outgoing.ts';
import { createSender, type Resolve } from '../../src/http/webhook-sender.ts';

/** On 127.0.0.1. @returns its port, and what came */
async function listen(
  respond: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ readonly port: number; readonly hosts: (string | undefined)[] }> {
  const hosts: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    hosts.push(request.headers.host);
    request.resume();
    respond(response, request);
  }).unref();
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { port: (server.address() as AddressInfo).port, hosts };
}

function toOutgoing(url: string, patience = 5000): Outgoing {
  return { url, headers: { 'content-type': 'application/json' }, body: Buffer.from('{}'), patience };
}

/** Names lead to these addresses, one list after another. */
function toResolve(...answers: readonly (readonly string[])[]): Resolve & { readonly asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (host) => {
    const addresses = answers[Math.min(asked.push(host), answers.length) - 1] ?? [];
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  return Object.assign(resolve, { asked });
}

async function send(
  url: string,
  resolve?: Resolve,
  allowed: readonly string[] = [],
  patience?: number,
): Promise<Received> {
  const targets = new Targets(allowed.map(parseTarget).filter((target) => target !== undefined));
  return createSender(targets, resolve)(toOutgoing(url, patience), new AbortController().signal);
}

describe('what is sent by itself', () => {
  it('goes to a name that leads to a private address, under that name', async () => {
    const { port, hosts } = await listen((response) => void response.writeHead(202, { 'X-A': 'b' }).end('yes'));
    const resolve = toResolve(['127.0.0.1']);
    expect(await send(`http://hooks.example:${port}/x`, resolve)).toMatchObject({
      status: 202,
      headers: { 'x-a': 'b' },
      body: Buffer.from('yes'),
    });
    expect([resolve.asked, hosts]).toEqual([['hooks.example'], [`hooks.example:${port}`]]);
  });

  it('is connected to what was looked up once, whatever the name means by then', async () => {
    const { port, hosts } = await listen((response) => void response.end());
    const rebinding = toResolve(['203.0.113.7'], ['127.0.0.1']);
    expect(await send(`http://rebind.example:${port}/`, rebinding)).toEqual({
      error:
        'rebind.example (203.0.113.7) is not a loopback or private address, so it was not called; --allow-target permits it.',
      isOutside: true,
    });
    expect([rebinding.asked.length, hosts]).toEqual([1, []]);
  });

  it('goes to none but the allowed ones of several addresses', async () => {
    const { port, hosts } = await listen((response) => void response.end());
    expect(await send(`http://both.example:${port}/`, toResolve(['203.0.113.7', '127.0.0.1']))).toMatchObject({
      status: 200,
    });
    expect(hosts).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    const { port, hosts } = await listen((response) => void response.writeHead(302, { Location: '/y' }).end());
    expect(await send(`http://127.0.0.1:${port}/x`)).toMatchObject({ status: 302 });
    expect(hosts).toHaveLength(1);
  });

  it('is kept of an answer no more than 16 KiB, and waited for no more than 256', async () => {
    const { port } = await listen((response) => {
      const chunk = Buffer.alloc(65_536, 'x');
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', write);
      };
      write();
    });
    const received = await send(`http://127.0.0.1:${port}/`);
    expect([received.status, received.status !== undefined && received.body.length]).toEqual([200, 16_384]);
  });

  it('is given up where the answer takes too long, begun or not', async () => {
    const silent = await listen(() => undefined);
    const slow = await listen((response) => void response.writeHead(200).write('x'));
    for (const { port } of [silent, slow]) {
      const error = 'No answer arrived within 50 ms.';
      expect(await send(`http://127.0.0.1:${port}/`, undefined, [], 50)).toEqual({ error });
    }
    const never: Resolve = () => new Promise(() => undefined);
    expect(await send('http://slow.example/', never, [], 50)).toEqual({ error: 'No answer arrived within 50 ms.' });
  });

  it('ends at once with the emulator', async () => {
    const { port } = await listen(() => undefined);
    const ending = new AbortController();
    const sending = createSender(new Targets())(toOutgoing(`http://127.0.0.1:${port}/`), ending.signal);
    setTimeout(() => {
      ending.abort();
    }, 20);
    expect(await sending).toEqual({ error: 'The emulator aborted the request.' });
  });

  it('says why nobody answered', async () => {
    const { port } = await listen((response) => void response.socket?.destroy());
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ error: 'socket hang up' });
    const unknown: Resolve = () => Promise.reject(new Error('getaddrinfo ENOTFOUND nowhere.example'));
    expect(await send('http://nowhere.example/', unknown)).toEqual({ error: 'getaddrinfo ENOTFOUND nowhere.example' });
  });
});
