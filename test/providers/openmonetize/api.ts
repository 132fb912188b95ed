import type { Response, Test } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { expect, test } from 'vitest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import { START, startApp } from '../../support/emulator.ts';

/** The seed's customers, and their keys. The last one is suspended. */
export const LANTERN = '550e8400-e29b-41d4-a716-446655440000';
export const HARBOR = '550e8400-e29b-41d4-a716-446655440100';
export const LANTERN_KEY = 'om_dev_test_key';
export const HARBOR_KEY = 'om_dev_harbor_key';
export const CLOSED_KEY = 'om_dev_closed_key';

/** Users of the first customer: with 5500 credits, with a long history, with an expired wallet, without a wallet. */
export const ADA = '660e8400-e29b-41d4-a716-446655440001';
export const BENOIT = '660e8400-e29b-41d4-a716-446655440002';
export const CHIYO = '660e8400-e29b-41d4-a716-446655440003';
export const DUNJA = '660e8400-e29b-41d4-a716-446655440004';
/** The user of the second one, without a wallet. */
export const FINN = '660e8400-e29b-41d4-a716-446655440101';
/** Of the first one, with 250 credits. */
export const TEAM = '770e8400-e29b-41d4-a716-446655440001';
/** Neither a customer nor a user nor a team. */
export const NOBODY = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

export const WALLETS = {
  lantern: '880e8400-e29b-41d4-a716-446655440000',
  ada: '880e8400-e29b-41d4-a716-446655440001',
  benoit: '880e8400-e29b-41d4-a716-446655440002',
  chiyo: '880e8400-e29b-41d4-a716-446655440003',
  team: '880e8400-e29b-41d4-a716-446655440004',
  harbor: '880e8400-e29b-41d4-a716-446655440100',
};

export const BALANCE = '/v1/credits/balance';
export const GRANT = '/v1/credits/grant';
export const PURCHASE = '/v1/credits/purchase';

/** In profile seed. */
export function creditsOf(user: string, customer = LANTERN): string {
  return `/v1/customers/${customer}/users/${user}/credits`;
}

/** In profile seed. */
export function historyOf(user: string, customer = LANTERN): string {
  return `/v1/customers/${customer}/users/${user}/transactions`;
}

export type Method = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options';
export type Fields = Readonly<Record<string, string>>;

/** What of an answer a client sees and a test compares: a text, or what JSON it is. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What fixtures and `GET /_emulator/state` call these. */
export interface Section {
  readonly customers: readonly object[];
  readonly users: readonly { readonly id: string; readonly customerId: string }[];
  readonly teams: readonly { readonly id: string }[];
  readonly wallets: readonly { readonly id: string; readonly userId: string | null; readonly balance: string }[];
  readonly transactions: readonly { readonly id: string; readonly walletId: string; readonly metadata: unknown }[];
  readonly events: readonly object[];
}

export interface OpenMonetizeApi {
  /** For what is not a call of a customer. */
  readonly app: TestAgent;
  /** With a body of JSON, if any. */
  call(method: Method, path: string, body?: object): Promise<Answer>;
  /** With a body to the letter. */
  send(method: Method, path: string, body: string, type?: string): Promise<Answer>;
  /** The same emulator for another key, as a Bearer, or without one. */
  as(key: string | undefined): OpenMonetizeApi;
  /** The same emulator with these headers only. */
  with(headers: Fields): OpenMonetizeApi;
  /** Fields of the control API's answer. */
  control(method: 'get' | 'post' | 'put', path: string, body?: object): Promise<unknown>;
  /** The provider's section of the state. */
  state(): Promise<Section>;
}

/** A test that gets OpenMonetize as it starts. */
export const it = test.extend('api', () => startOpenMonetize());

/** OpenMonetize on a fresh emulator, called with the key of the first customer. */
export async function startOpenMonetize(options: EmulatorOptions = {}): Promise<OpenMonetizeApi> {
  const agent = await startApp({ providers: ['openmonetize'], ...options });
  const control: OpenMonetizeApi['control'] = async (method, path, body) => {
    const response = await agent[method](`/_emulator${path}`).send(body);
    return response.body as unknown;
  };
  const createApi = (headers: Fields): OpenMonetizeApi => {
    const request = (method: Method, path: string): Test => agent[method](`/openmonetize${path}`).set(headers);
    return {
      app: agent,
      async call(method, path, body) {
        const begun = request(method, path);
        return toAnswer(await (body === undefined ? begun : begun.send(body)));
      },
      async send(method, path, body, type = 'application/json') {
        return toAnswer(await request(method, path).set('Content-Type', type).send(body));
      },
      as: (key) => createApi(toBearer(key)),
      with: createApi,
      control,
      async state() {
        return ((await control('get', '/state')) as { readonly openmonetize: Section }).openmonetize;
      },
    };
  };
  return createApi(toBearer(LANTERN_KEY));
}

interface Registered {
  readonly id: string;
  readonly user: string;
  readonly own: OpenMonetizeApi;
}

/** A customer of its own, with a user and without wallets: its id, the user's, and the emulator called with its key. */
export async function register(api: OpenMonetizeApi): Promise<Registered> {
  const answer = await api.call('post', '/v1/customers/register', { name: 'Meadow', email: 'dev@meadow.example' });
  const id = String(dataOf(answer, 'customerId'));
  const made = await api.control('post', '/controls/openmonetize/createUser', { customerId: id });
  const user = (made as { readonly result: { readonly id: string } }).result.id;
  return { id, user, own: api.as(String(dataOf(answer, 'apiKey'))) };
}

function toBearer(key: string | undefined): Fields {
  return key === undefined ? {} : { Authorization: `Bearer ${key}` };
}

/** Every answer is an object in JSON, or a text, and says which; that of a HEAD is neither. */
function toAnswer(response: Response): Answer {
  const { status, text } = response;
  const type = response.get('Content-Type');
  if (!text) return { status, body: undefined };
  if (type === 'text/plain; charset=utf-8') return { status, body: text };
  const body = JSON.parse(text) as unknown;
  if (type !== 'application/json; charset=utf-8' || typeof body !== 'object') {
    throw new TypeError(`An answer of the type ${type ?? 'none'}: ${text}`);
  }
  return { status, body };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
};

/** With the two keys of what the service itself raises. */
export function refusal(status: number, message: string): Answer {
  return { status, body: { error: PHRASES[status], message } };
}

/** With the four keys of what the framework below it raises. */
export function rejection(statusCode: number, code: string, message: string): Answer {
  return { status: statusCode, body: { statusCode, code, error: PHRASES[statusCode], message } };
}

export function invalid(message: string): Answer {
  return rejection(400, 'FST_ERR_VALIDATION', message);
}

export const noKey = refusal(401, 'Missing API key. Provide via Authorization: Bearer or X-API-Key header');
export const unknownKey = refusal(401, 'Invalid or missing API key');
export const foreign = refusal(403, 'Access denied to this customer');
export const noWallet = refusal(404, 'Credit wallet not found');
export const grantFailed = refusal(500, 'Failed to grant credits');
export const purchaseFailed = refusal(500, 'Failed to purchase credits');

/** A made id, which nobody knows beforehand. */
export const UUID = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
) as string;

/** The answer of the customer's balance, of its own wallet. */
export function customerBalance(balance: string): Answer {
  return ok({ data: { balance, reservedBalance: '0', availableBalance: balance, currency: 'credits' } });
}

/** The answer of a user's balance. */
export function userBalance(balance: number, expiresAt: string | null = null): Answer {
  return ok({ data: { balance, reserved: 0, available: balance, expiresAt } });
}

/** The answer of a grant, of a wallet that is made if it is not named. */
export function granted(newBalance: string, amount: string, walletId: string = UUID): Answer {
  return ok({ data: { transactionId: UUID, walletId, newBalance, amount } });
}

/** The answer of a purchase. */
export function purchased(newBalance: number): Answer {
  return ok({ data: { transactionId: UUID, newBalance } });
}

/** A transaction that was made just now, as a history shows it. */
export function row(transactionType: string, amount: number, balanceBefore: number, description: string): object {
  const balanceAfter = balanceBefore + amount;
  return { id: UUID, transactionType, amount, balanceBefore, balanceAfter, description, createdAt: START };
}

/** The answer of a history, or of the default page of one. */
export function page(data: readonly unknown[], total = data.length, limit = 50, offset = 0): Answer {
  return ok({ data, pagination: { limit, offset, total } });
}

/** The transactions of a state that another one has not. */
export function transactionsSince(before: Section, after: Section): Section['transactions'] {
  const known = new Set(before.transactions.map(({ id }) => id));
  return after.transactions.filter(({ id }) => !known.has(id));
}

/** A field of the `data` of an answer. */
export function dataOf({ body }: Answer, name: string): unknown {
  return Reflect.get((body as { readonly data: object }).data, name);
}
