import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

import { compose } from '../compose/compose.ts';
import { toConfig } from '../config/config.ts';
import type { EmulatorOptions } from '../config/options.ts';
import { DEFAULT_SANDBOX } from '../core/sandbox/sandboxes.ts';
import { OwnServer } from '../http/own-server.ts';
import { bundled } from '../providers/index.ts';
import { readFirstEvent } from './first-event.ts';
import { expectNone } from './sentences.ts';
import type { ProviderRequests, SampleRequest, Subject } from './subject.ts';

const START = '2026-01-01T00:00:00.000Z';
const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive']);

export type Fields = Readonly<Record<string, string>>;

export interface Answered {
  readonly status: number;
  readonly headers: Fields;
  readonly text: string;
}

export type Sent = Omit<SampleRequest, 'method'> & { readonly method: SampleRequest['method'] | 'HEAD' };

/** Records by the name of the collection, then by key. */
export type Records = Readonly<Record<string, ReadonlyMap<string, object>>>;

/** Values that represent all records and counters. */
export type Stored = readonly unknown[];

/** Whether nothing was stored between the two. */
export function isSame(stored: Stored, later: Stored): boolean {
  return stored.length === later.length && stored.every((value, place) => value === later[place]);
}

interface Given {
  readonly sandbox?: string;
  readonly headers?: Fields;
}

/** A fresh emulator of one subject on a port, with its clock frozen. */
export interface Bench {
  readonly send: (sample: Sent, given?: Given) => Promise<Answered>;
  /** Sends any text to any path. */
  readonly ask: (path: string, method: string, headers: Fields, body?: string) => Promise<Answered>;
  /** Calls the control API, and fails unless it succeeds. */
  readonly act: (method: 'GET' | 'POST' | 'PUT', path: string, body?: object, sandbox?: string) => Promise<unknown>;
  /** The records of the provider's collections, by their keys. */
  readonly records: (sandbox?: string) => Records;
  /** Returns the same values again if nothing has been stored since. */
  readonly stored: () => Stored;
  /** Counts waiting exchanges and open streams. */
  readonly countOpen: () => number;
}

/**
 * Opens a bench, which is closed when the test ends. The test fails if an error was logged: a bug, or a reply that does
 * not match its document.
 */
export async function openBench({ defined, requests, set }: Subject, options: EmulatorOptions = {}): Promise<Bench> {
  const logged: string[] = [];
  // A bundled provider may be tested in a form that the emulator does not know.
  const known = bundled.filter(({ provider }) => provider === defined || provider.id !== defined.id);
  const composition = await compose(toConfig({ clock: START, providers: [defined], set, ...options }, known), {
    error: (fields, message) => logged.push(`An error was logged: ${message} ${JSON.stringify(fields)}`),
    warn: () => undefined,
    info: () => undefined,
  });
  const { sandboxes, streams } = composition;
  const server = new OwnServer(composition);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    sandboxes.close();
    expectNone(logged);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  // A server that listens on a host and port has an address of this kind.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...createSender(url, defined.id, requests),
    records: (sandbox = DEFAULT_SANDBOX) => {
      const state = sandboxes.get(sandbox).stateOf(defined.id);
      return Object.fromEntries(
        Object.entries(defined.collections).map(([name, definition]) => [
          name,
          // The records of a collection are what its key is made of.
          new Map(
            [...(state[name]?.values() ?? [])].map((record: object) => [definition.key(record as never), record]),
          ),
        ]),
      );
    },
    stored: () => {
      const { collections, counters } = sandboxes.get(DEFAULT_SANDBOX).roots;
      return [...collections, counters];
    },
    countOpen: () => sandboxes.get(DEFAULT_SANDBOX).waits.size + streams.size,
  };
}

/** Leaves a stream after its first event. */
function readText(response: Response): Promise<string> {
  return response.headers.get('content-type') === 'text/event-stream' ? readFirstEvent(response) : response.text();
}

/** Creates a sender of requests to an emulator with a port. */
export function createSender(
  url: string,
  provider: string,
  requests: Pick<ProviderRequests, 'headers'>,
): Pick<Bench, 'send' | 'act' | 'ask'> {
  const call = (path: string, method: string, headers: Fields, body: object | undefined): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      body: body ? JSON.stringify(body) : null,
    });
  return {
    ask: async (path, method, headers, body) => {
      const response = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) });
      return { status: response.status, headers: Object.fromEntries(response.headers), text: await readText(response) };
    },
    send: async ({ method, path, headers, body }, { sandbox = DEFAULT_SANDBOX, headers: more } = {}) => {
      const all = { ...requests.headers, ...headers, ...more, 'X-Emulator-Sandbox': sandbox };
      const response = await call(`/${provider}${path}`, method, all, body);
      const text = await readText(response);
      const kept = [...response.headers].filter(([name]) => !OF_THE_CONNECTION.has(name));
      return { status: response.status, headers: Object.fromEntries(kept), text };
    },
    act: async (method, path, body, sandbox = DEFAULT_SANDBOX) => {
      const response = await call(`/_emulator${path}`, method, { 'X-Emulator-Sandbox': sandbox }, body);
      const text = await response.text();
      if (!response.ok) expectNone([`${method} /_emulator${path} is refused with ${response.status}: ${text}`]);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
  };
}
