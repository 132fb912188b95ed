import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';

import { describe, expect, it, onTestFinished } from 'vitest';

import { readFirstEvent } from '../../src/conformance/first-event.ts';
import type { SampleRequest } from '../../src/conformance/subject.ts';
import { createApp } from '../../src/compose/emulator.ts';
import { bundled } from '../../src/providers/index.ts';
import { START, startEmulator } from '../support/emulator.ts';
import { testLogger } from '../support/log.ts';
import { loadRequests } from '../support/requests.ts';

/** Of the connection, and not of the answer. */
const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive']);

interface Sent extends Pick<SampleRequest, 'path' | 'headers'> {
  readonly method: string;
  readonly body?: string;
}

/** What Express is mounted on, and what listens on a port of the provider's own. */
async function openWays(id: string): Promise<readonly [mounted: string, own: string]> {
  const server = createServer(await createApp({ clock: START, providers: [id] }, testLogger));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const emulator = await startEmulator({ providers: [id] });
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}/${id}`, emulator.urls[id] ?? ''];
}

async function send(base: string, { method, path, headers = {}, body }: Sent): Promise<object> {
  const response = await fetch(`${base}${path}`, { method, headers, body: body ?? null });
  const kept = [...response.headers].filter(([name]) => !OF_THE_CONNECTION.has(name));
  const isStream = method !== 'HEAD' && response.headers.get('content-type') === 'text/event-stream';
  const text = await (isStream ? readFirstEvent(response) : response.text());
  return { status: response.status, headers: Object.fromEntries(kept), text };
}

describe('a request', () => {
  it.each(bundled.map(({ provider }) => provider.id))(
    'to %s is answered the same on a port of its own as behind Express',
    async (id) => {
      const { headers, operations } = await loadRequests(id);
      const json = { 'Content-Type': 'application/json' };
      const samples = Object.values(operations).map(({ method, path, body, ...sample }): Sent => {
        const all = { ...headers, ...sample.headers };
        return body
          ? { method, path, headers: { ...all, ...json }, body: JSON.stringify(body) }
          : { method, path, headers: all };
      });
      const written = samples.filter(({ body }) => body !== undefined);
      const sent: readonly Sent[] = [
        ...samples,
        ...samples.filter(({ method }) => method === 'GET').map((one) => ({ ...one, method: 'HEAD' })),
        ...samples.map((one) => ({ ...one, headers: {} })),
        ...written.map((one) => ({ ...one, body: '{' })),
        // Longer than what is taken as it is pushed, and longer than what is taken at all.
        ...written.map((one) => ({ ...one, body: `${one.body ?? ''}${' '.repeat(100_000)}` })),
        ...written.slice(0, 1).map((one) => ({ ...one, body: ' '.repeat(1_100_000) })),
        { method: 'GET', path: '/no/such/route', headers },
        {
          method: 'OPTIONS',
          path: '/',
          headers: { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'GET' },
        },
      ];
      const [mounted, own] = await openWays(id);
      for (const one of sent)
        expect(await send(own, one), `${one.method} ${one.path}`).toEqual(await send(mounted, one));
    },
  );
});
