import type { Response } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { test } from 'vitest';

import type { EmulatorOptions } from '../../src/config/options.ts';
import { startApp } from '../support/emulator.ts';

export const LANTERN = { Authorization: 'Bearer klaim_test_lantern' };
export const HARBOR = { Authorization: 'Bearer klaim_test_harbor' };

/** The fields of a response that a test compares; `undefined` for no body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Headers = Readonly<Record<string, string>>;

/** One sandbox of a fresh emulator, seen through the control API and through Klaim. */
export interface ControlApi {
  readonly agent: TestAgent;
  readonly get: (path: string, headers?: Headers) => Promise<Answer>;
  readonly put: (path: string, body: unknown) => Promise<Answer>;
  readonly post: (path: string, body?: unknown) => Promise<Answer>;
  readonly delete: (path: string) => Promise<Answer>;
  /** A call of a provider's operation; the path begins with its id. */
  readonly call: (method: 'get' | 'post' | 'put', path: string, body?: object, headers?: Headers) => Promise<Called>;
  /** Adds to the credits of one of Lantern's users; returns the id of the exchange. */
  readonly change: (user: string, delta: number, description?: string) => Promise<string>;
  /** The credits of one of Lantern's users, as Klaim returns them. */
  readonly credits: (user: string) => Promise<unknown>;
  /** The same emulator, another sandbox. */
  readonly in: (sandbox: string) => ControlApi;
}

export interface Called extends Answer {
  /** The X-Emulator-Request-Id. */
  readonly id: string;
}

/** A test that gets the control API as it starts. */
export const it = test.extend('api', () => startControl());

/** With Klaim as its only provider, unless the test names others. */
export async function startControl(options: EmulatorOptions = {}): Promise<ControlApi> {
  return createControl(await startApp({ providers: ['klaim'], ...options }), {});
}

function createControl(agent: TestAgent, sandbox: Headers): ControlApi {
  const send = async (method: 'put' | 'post', path: string, body: unknown): Promise<Answer> => {
    const request = agent[method](`/_emulator${path}`).set(sandbox);
    if (body === undefined) return toAnswer(await request);
    return toAnswer(await request.set('Content-Type', 'application/json').send(JSON.stringify(body)));
  };
  const api: ControlApi = {
    agent,
    get: async (path, headers = {}) => toAnswer(await agent.get(`/_emulator${path}`).set({ ...sandbox, ...headers })),
    put: (path, body) => send('put', path, body),
    post: (path, body) => send('post', path, body),
    delete: async (path) => toAnswer(await agent.delete(`/_emulator${path}`).set(sandbox)),
    call: async (method, path, body, headers = LANTERN) => {
      const response = await agent[method](path)
        .set({ ...sandbox, ...headers })
        .send(body);
      return { ...toAnswer(response), id: response.headers['x-emulator-request-id'] ?? '' };
    },
    change: async (user, delta, description) => {
      const body = { credit_delta: delta, ...(description === undefined ? undefined : { description }) };
      return (await api.call('put', `/klaim/users/${user}/credits`, body)).id;
    },
    credits: async (user) => {
      const { body } = await api.call('get', `/klaim/users/${user}/credits`);
      return typeof body === 'object' && body !== null && 'credit_balance' in body ? body.credit_balance : body;
    },
    in: (name) => createControl(agent, { 'X-Emulator-Sandbox': name }),
  };
  return api;
}

export function toAnswer({ status, text, body }: Response): Answer {
  return { status, body: text === '' ? undefined : (body as unknown) };
}

export const done: Answer = { status: 204, body: undefined };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** RFC 9457 with a hint. */
export function problem(status: number, title: string, detail: unknown, hint: unknown): Answer {
  return { status, body: { type: 'about:blank', title, status, detail, hint } };
}

export const DOCUMENT_HINT = 'GET /_emulator/specs/emulator.yaml describes the control API.';
