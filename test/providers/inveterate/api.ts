import type { Response, Test } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { expect } from 'vitest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import { START, startApp } from '../../support/emulator.ts';
import { createFiles } from '../../support/folder.ts';
import { listMagic } from '../../support/magic.ts';

/** The keys of the seed's merchants. What is added at the second one expires after 30 days. */
export const LUMEN_KEY = 'inveterate_test_lumen';
export const RIDGE_KEY = 'inveterate_test_ridge';
export const LUMEN = 'lumen-tea';
export const RIDGE = 'ridge-outdoor';

/** Members of Lumen Tea: with 42.5 and twelve entries, with a code of 10 of 30, with 12 of which 8 expire, with nothing. */
export const ADA = '6100000000001';
export const BENOIT = '6100000000002';
export const CHIYO = '6100000000003';
export const DMITRI = '6100000000004';
/** The member of Ridge Outdoor, with 50. */
export const FINN = '7200000000001';
/** The magic subjects of Lumen Tea, which are listed last. */
export const MAGIC = listMagic('inveterate').map(({ subject }) => subject);
/** A member of nobody. */
export const NOBODY = '6100000000042';

/** Benoît's. */
export const CODE = 'REDEEM+9f2c41d07be35a68';

/** What a redemption code looks like that is made up. */
export const anyCode = expect.stringMatching(/^REDEEM\+[0-9a-f]{16}$/) as string;

export type Method = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options';

/** What of an answer a client sees and a test compares. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** To the letter, with its question mark, or parameters that are encoded as they should be. */
export type Query = string | Readonly<Record<string, string | number>>;

/** An entry as the ledger shows it. */
export interface ShownEntry {
  readonly merchantId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly previousBalance: number;
  readonly newBalance: number;
  readonly reason: string;
  readonly note: string | null;
  readonly appliedBy: string | null;
  readonly orderId: string | null;
  readonly expirationDate: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ShownRedemption {
  readonly code: string;
  readonly value: number;
}

/** The `data` of a ledger. */
export interface ShownLedger {
  readonly credits: readonly ShownEntry[];
  readonly redemption: ShownRedemption | null;
  readonly lastCreditEntry?: string;
}

/** Of `GET /_emulator/ledger`. */
export interface LedgerEntry {
  readonly tenant: string;
  readonly account: string;
  readonly delta: string;
  readonly before: string;
  readonly after: string;
  readonly operation: string;
  readonly memo: string | null;
}

/** What fixtures and `GET /_emulator/state` call these. */
export interface Section {
  readonly merchants: readonly object[];
  readonly members: readonly {
    readonly merchantId: string;
    readonly customerId: string;
    readonly credit: string;
    readonly credits: readonly object[];
    readonly redemption: object | null;
  }[];
  readonly pending: readonly object[];
}

export interface InveterateApi {
  /** For what is not a call of a merchant. */
  readonly app: TestAgent;
  /** With a body of JSON, if any. */
  call(method: Method, path: string, body?: object): Promise<Answer>;
  /** With a body to the letter; its type may be left out by "". */
  send(method: Method, path: string, body: string, type?: string): Promise<Answer>;
  ledger(id: string, query?: Query): Promise<Answer>;
  storefrontLedger(id: string, query?: Query): Promise<Answer>;
  add(id: string, body: object): Promise<Answer>;
  redeem(id: string, body?: object): Promise<Answer>;
  member(id: string): Promise<Answer>;
  members(query?: Query): Promise<Answer>;
  /** Makes a customer a member by the merchant's API. */
  enrol(body: object): Promise<Answer>;
  merchant(): Promise<Answer>;
  /** The same emulator for another key, or without one. */
  as(key: string | undefined): InveterateApi;
  /** What a control of the provider answers. */
  control(name: string, args?: object): Promise<unknown>;
  /** Fields of an answer of `/_emulator`. */
  emulator(method: 'get' | 'post' | 'put', path: string, body?: object): Promise<unknown>;
  /** The provider's section of the state. */
  state(): Promise<Section>;
  /** The emulator's own ledger, newest first. What was seeded is not in it. */
  emulatorLedger(): Promise<readonly LedgerEntry[]>;
  /** All that a refused change must not touch. */
  everything(): Promise<object>;
  /** Moves the clock on, by a duration such as `PT5S`. */
  advance(by: string): Promise<void>;
}

/** Inveterate on a fresh emulator with a clock that stands at START, called with the key of Lumen Tea. */
export async function startInveterate(options: EmulatorOptions = {}): Promise<InveterateApi> {
  const agent = await startApp({ providers: ['inveterate'], ...options });
  const emulator: InveterateApi['emulator'] = async (method, path, body) => {
    const response = await agent[method](`/_emulator${path}`).send(body);
    return response.body as unknown;
  };
  const state = async (): Promise<Section> =>
    ((await emulator('get', '/state')) as { readonly inveterate: Section }).inveterate;
  const emulatorLedger = async (): Promise<readonly LedgerEntry[]> =>
    ((await emulator('get', '/ledger?limit=1000')) as { readonly entries: readonly LedgerEntry[] }).entries;

  const createApi = (key: string | undefined): InveterateApi => {
    const request = (method: Method, path: string): Test => {
      const begun = agent[method](`/inveterate${path}`);
      return key === undefined ? begun : begun.set('X-Inveterate-Api-Key', key);
    };
    const call: InveterateApi['call'] = async (method, path, body) => {
      const begun = request(method, path);
      return toAnswer(await (body === undefined ? begun : begun.send(body)));
    };
    return {
      app: agent,
      call,
      async send(method, path, body, type = 'application/json') {
        const begun = request(method, path);
        // Whatever is not a text is sent as it is, and without a type.
        return toAnswer(
          await (type === ''
            ? begun.send(Buffer.from(body)).unset('Content-Type')
            : begun.set('Content-Type', type).send(body)),
        );
      },
      ledger: (id, query) => call('get', `${creditsOf(id)}${toQuery(query)}`),
      storefrontLedger: (id, query) => call('get', `${storefrontCreditsOf(id)}${toQuery(query)}`),
      add: (id, body) => call('post', creditsOf(id), body),
      redeem: (id, body) => call('post', redemptionOf(id), body),
      member: (id) => call('get', `${MEMBERS}/${id}`),
      members: (query) => call('get', `${MEMBERS}${toQuery(query)}`),
      enrol: (body) => call('post', MEMBERS, body),
      merchant: () => call('get', '/v2.0/merchant'),
      as: createApi,
      control: (name, args = {}) => emulator('post', `/controls/inveterate/${name}`, args),
      emulator,
      state,
      emulatorLedger,
      everything: async () => ({
        state: await emulator('get', '/state'),
        entries: await emulatorLedger(),
        accounts: await emulator('get', '/accounts?limit=1000'),
      }),
      async advance(by) {
        await emulator('post', '/clock/advance', { by });
      },
    };
  };
  return createApi(LUMEN_KEY);
}

export const MEMBERS = '/v2.0/admin/members';

export function creditsOf(id: string): string {
  return `${MEMBERS}/${id}/credits`;
}

export function storefrontCreditsOf(id: string): string {
  return `/v2.0/storefront/members/${id}/credits`;
}

export function redemptionOf(id: string): string {
  return `${storefrontCreditsOf(id)}/redemption`;
}

/** The two operations that show a ledger. */
export const LEDGERS = [
  ['admin', 'ledger'],
  ['storefront', 'storefrontLedger'],
] as const;

export function toQuery(query: Query = ''): string {
  if (typeof query === 'string') return query;
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A seed that is this section and nothing else, or comes on top of the default one. */
export function toFixtures(section: object, base: readonly string[] = []): readonly string[] {
  const { 'own.json': file } = createFiles({ 'own.json': JSON.stringify({ inveterate: section }) });
  return [...base, file];
}

/** Every answer of this service is an object with `message` and `data`, and says that it is JSON; that of a HEAD is none. */
function toAnswer(response: Response): Answer {
  const { status, text } = response;
  if (!text) return { status, body: undefined };
  const type = response.get('Content-Type');
  if (type !== 'application/json; charset=utf-8')
    throw new TypeError(`An answer of the type ${type ?? 'none'}: ${text}`);
  return { status, body: JSON.parse(text) as unknown };
}

/** A refusal that nothing of the vendor's inner service has to do with. */
export function refusal(message: string): Answer {
  return { status: 400, body: { message, data: {} } };
}

export const invalidKey = refusal('Invalid API key');
export const unknownCustomer = refusal('Customer not found');
export const notEnough = refusal('Not enough credits');
export const codeInTheWay = refusal('An active redemption code holds these credits');
export const nothingToRedeem = refusal('No credits to redeem');
export const invalidToken = refusal('Invalid lastCreditEntry');
export const badBody = refusal('Invalid request body');

function taken(message: string): Answer {
  return { status: 201, body: { message, data: {} } };
}

export const submitted = taken('Credits submitted');
export const redeemed = taken('Redemption submitted');
export const enrolled = taken('Member submitted');

/** The answer of a ledger. */
export function ledgerOf(credits: readonly unknown[], redemption: unknown = null, lastCreditEntry?: unknown): Answer {
  const data = { credits, redemption, ...(lastCreditEntry === undefined ? undefined : { lastCreditEntry }) };
  return { status: 200, body: { message: 'Credits found', data } };
}

/** An entry of Lumen Tea that was written just now. */
export function entry(customerId: string, amount: number, previousBalance: number, other: object = {}): object {
  return {
    merchantId: LUMEN,
    customerId,
    amount,
    previousBalance,
    newBalance: previousBalance + amount,
    reason: 'MANUAL',
    note: null,
    appliedBy: null,
    orderId: null,
    expirationDate: null,
    createdAt: START,
    updatedAt: START,
    ...other,
  };
}

/** The `data` of an answer. */
export function dataOf({ body }: Answer): unknown {
  return (body as { readonly data: unknown }).data;
}

/** The `data` of a ledger that was found. */
export function shownIn(answer: Answer): ShownLedger {
  expect(answer.status).toBe(200);
  return dataOf(answer) as ShownLedger;
}

/** The balance that a member shows. */
export async function balanceOf(api: InveterateApi, id: string): Promise<number> {
  return (dataOf(await api.member(id)) as { readonly credit: number }).credit;
}

/** The code that a ledger shows. */
export async function codeOf(api: InveterateApi, id: string): Promise<ShownRedemption | null> {
  return shownIn(await api.ledger(id, { limit: 1 })).redemption;
}

/** What a control says that the provider refuses. */
export function refusedByControl(status: number, message: string): object {
  return {
    type: 'about:blank',
    title: 'Refused by the provider',
    status,
    detail: JSON.stringify({ message, data: {} }),
    hint: 'Nothing was changed.',
  };
}
