import { expect } from 'vitest';
import type TestAgent from 'supertest/lib/agent.js';

import type { EmulatorOptions } from '../../src/config/options.ts';
import { startApp } from './emulator.ts';
import type { MagicSubject } from './magic.ts';

/** What of an answer a client sees and a test compares; a body that is no JSON as text. */
export interface Seen {
  readonly status: number;
  /** `X-Emulator-Fault`. */
  readonly fault: string | undefined;
  readonly body: unknown;
}

export interface MagicCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly operation: string;
  /** Without a fault. */
  readonly natural: { readonly status: number; readonly body: unknown };
  /** What the service says with a status. */
  readonly failures: Readonly<Record<number, unknown>>;
}

/** How one provider is asked about a magic subject. */
export interface MagicService {
  readonly id: string;
  readonly headers: (caller: { readonly name: string }) => Readonly<Record<string, string>>;
  readonly read: (subject: string) => MagicCall;
  /** Adds 5 to a balance of 0, unless `changes` says that it changes nothing. */
  readonly change: (subject: string) => MagicCall;
  readonly changes: boolean;
  /** Reads are counted, which changes a record. */
  readonly readsCount: boolean;
}

const LANTERN = '550e8400-e29b-41d4-a716-446655440000';

function plain(...texts: readonly [string, string, string, string]): Readonly<Record<number, string>> {
  return { 401: texts[0], 404: texts[1], 409: texts[2], 500: texts[3] };
}

function wrap(
  texts: Readonly<Record<number, string>>,
  toBody: (text: string, status: number) => object,
): Readonly<Record<number, object>> {
  return Object.fromEntries(Object.entries(texts).map(([status, text]) => [status, toBody(text, Number(status))]));
}

const KLAIM = wrap(
  plain('Unauthorized', 'Can not find user with the given user_id.', 'Conflict', 'Internal Server Error'),
  (message) => ({ message }),
);
const GAMEFUSE = plain('Request missing user authentication token', 'Not Found', 'Conflict', 'unknown server error');
const INVETERATE = wrap(
  plain('Invalid API key', 'Customer not found', 'Conflict', 'Internal server error'),
  (message, status) => ({ message, data: status === 500 ? { error: 'Internal Server Error' } : {} }),
);
const PHRASES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  500: 'Internal Server Error',
};

function openMonetize(...texts: Parameters<typeof plain>): Readonly<Record<number, object>> {
  return wrap(plain(...texts), (message, status) => ({ error: PHRASES[status], message }));
}

export const SERVICES: readonly MagicService[] = [
  {
    id: 'klaim',
    headers: () => ({ Authorization: 'Bearer klaim_test_lantern' }),
    changes: true,
    readsCount: false,
    read: (subject) => ({
      method: 'GET',
      path: `/users/${subject}/credits`,
      operation: 'getUserCredits',
      natural: { status: 200, body: { message: 'fetch resource successfully', credit_balance: 0 } },
      failures: KLAIM,
    }),
    change: (subject) => ({
      method: 'PUT',
      path: `/users/${subject}/credits`,
      body: { credit_delta: 5 },
      operation: 'updateUserCredits',
      natural: { status: 200, body: { message: 'resource updated successfully', credit_balance: 5 } },
      failures: KLAIM,
    }),
  },
  {
    id: 'gamefuse',
    headers: ({ name }) => ({ 'authentication-token': `gamefuse-test-${name}` }),
    changes: true,
    readsCount: true,
    read: (subject) => ({
      method: 'GET',
      path: `/api/v2/users/${subject}/game_user_store_items`,
      operation: 'listUserStoreItems',
      natural: { status: 200, body: { credits: 0, game_user_store_items: [] } },
      failures: { ...GAMEFUSE, 404: 'User not found' },
    }),
    change: (subject) => ({
      method: 'POST',
      path: `/api/v2/users/${subject}/add_credits`,
      body: { credits: 5 },
      operation: 'addCredits',
      natural: { status: 200, body: expect.objectContaining({ id: Number(subject), credits: 5 }) as unknown },
      failures: GAMEFUSE,
    }),
  },
  {
    id: 'decentraland',
    headers: () => ({}),
    changes: false,
    readsCount: false,
    read: (subject) => ({
      method: 'GET',
      path: `/users/${subject}/credits`,
      operation: 'getCredits',
      natural: { status: 200, body: { credits: [], totalCredits: 0 } },
      failures: {
        401: {
          ok: false,
          message: 'User is flagged',
          reason: { message: 'The captcha was not solved too often.' },
          isBlockedForClaiming: true,
        },
        404: { error: 'User not found', code: 'USER_NOT_FOUND' },
        409: { error: 'Conflict' },
        500: { error: 'Internal Server Error', code: 'INTERNAL' },
      },
    }),
    change: (subject) => ({
      method: 'POST',
      path: '/users',
      body: { address: subject },
      operation: 'registerUser',
      natural: { status: 200, body: { ok: true } },
      failures: {
        401: { error: 'Invalid signature', message: 'This endpoint requires a signed fetch request. See ADR-44.' },
        404: { error: 'Not Found', code: 'NOT_FOUND' },
        409: { error: 'Conflict' },
        500: { error: 'Internal Server Error', code: 'INTERNAL' },
      },
    }),
  },
  {
    id: 'inveterate',
    headers: () => ({ 'X-Inveterate-Api-Key': 'inveterate_test_lumen' }),
    changes: true,
    readsCount: false,
    read: (subject) => ({
      method: 'GET',
      path: `/v2.0/admin/members/${subject}/credits`,
      operation: 'CreditsController_findOne',
      natural: { status: 200, body: { message: 'Credits found', data: { credits: [], redemption: null } } },
      failures: INVETERATE,
    }),
    change: (subject) => ({
      method: 'POST',
      path: `/v2.0/admin/members/${subject}/credits`,
      body: { amount: 5 },
      operation: 'CreditsController_create',
      natural: { status: 201, body: { message: 'Credits submitted', data: {} } },
      failures: INVETERATE,
    }),
  },
  {
    id: 'openmonetize',
    headers: () => ({ Authorization: 'Bearer om_dev_test_key' }),
    changes: true,
    readsCount: false,
    read: (subject) => ({
      method: 'GET',
      path: `/v1/customers/${LANTERN}/users/${subject}/credits`,
      operation: 'getUserCredits',
      natural: { status: 200, body: { data: { balance: 0, reserved: 0, available: 0, expiresAt: null } } },
      failures: openMonetize(
        'Invalid or missing API key',
        'Credit wallet not found',
        'Conflict',
        'Failed to fetch credit balance',
      ),
    }),
    change: (subject) => ({
      method: 'POST',
      path: '/v1/credits/grant',
      body: { customerId: LANTERN, userId: subject, amount: 5 },
      operation: 'grantCredits',
      natural: {
        status: 200,
        body: {
          data: {
            transactionId: expect.any(String) as unknown,
            walletId: subject.replace('660', '880'),
            newBalance: '5',
            amount: '5',
          },
        },
      },
      failures: openMonetize(
        'Invalid or missing API key',
        'Not Found',
        'Duplicate grant operation detected',
        'Failed to grant credits',
      ),
    }),
  },
];

type Sent = Pick<MagicCall, 'method' | 'path' | 'body'>;

/** @param headers beside those of the provider */
export async function sendCall(
  agent: TestAgent,
  { id, headers }: MagicService,
  { method, path, body }: Sent,
  caller: { readonly name: string },
  more: Readonly<Record<string, string>> = {},
): Promise<Seen & { readonly id: string }> {
  const verb = method.toLowerCase() as 'get' | 'post' | 'put';
  const answer = await agent[verb](`/${id}${path}`)
    .set({ ...headers(caller), ...more })
    .send(body);
  return {
    id: answer.headers['x-emulator-request-id'] ?? '',
    status: answer.status,
    fault: answer.headers['x-emulator-fault'],
    body: answer.type === 'application/json' ? (answer.body as unknown) : answer.text,
  };
}

/** One sandbox of a fresh emulator of one provider. */
export interface MagicApi {
  readonly agent: TestAgent;
  readonly send: (call: Sent, magic: MagicSubject) => Promise<Seen>;
  /** The body of an answer of the control API. */
  readonly control: (path: string) => Promise<unknown>;
}

export async function startMagic(service: MagicService, options: EmulatorOptions = {}): Promise<MagicApi> {
  const agent = await startApp({ providers: [service.id], ...options });
  return {
    agent,
    send: async (call, magic) => {
      const { id: _, ...seen } = await sendCall(agent, service, call, magic);
      return seen;
    },
    control: async (path) => (await agent.get(`/_emulator${path}`).expect(200)).body as unknown,
  };
}
