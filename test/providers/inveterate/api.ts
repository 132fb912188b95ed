import type TestAgent from 'supertest/lib/agent.js';
import type { Response } from 'supertest';
import { expect, test } from 'vitest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import type { components } from '../../../src/generated/inveterate.ts';
import { START, startApp } from '../../support/emulator.ts';
import { createFiles } from '../../support/folder.ts';
import { listMagic } from '../../support/magic.ts';

type Schemas = components['schemas'];
export type ShownLedger = Schemas['Ledger']['data'];

/** The keys of the seed's merchants. Credits that are added at the second one expire after 30 days. */
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
/** A customer who is not a member. */
export const NOBODY = '6100000000042';
export const MEMBER = { merchantId: LUMEN, customerId: NOBODY };
export const MERCHANT = { merchantId: LUMEN, name: 'Lumen Tea', apiKey: LUMEN_KEY };
export const FREE_TIER = '9b2f60d4';
export const GOLD_TIER = '3a636361';

/** Benoît's. */
export const CODE = 'REDEEM+9f2c41d07be35a68';
/** A generated redemption code. */
export const anyCode = expect.stringMatching(/^REDEEM\+[0-9a-f]{16}$/) as string;
export const anyId = expect.stringMatching(/^[0-9a-f]{32}$/) as string;

export const MEMBERS = '/v2.0/admin/members';
export const SUBSCRIPTIONS = '/v2.0/admin/webhook-subscriptions';
export const creditsOf = (id: string): string => `${MEMBERS}/${id}/credits`;
export const storefrontCreditsOf = (id: string): string => `/v2.0/storefront/members/${id}/credits`;
export const redemptionOf = (id: string): string => `${storefrontCreditsOf(id)}/redemption`;
export const cancellationOf = (id: string): string => `/v2.0/storefront/members/${id}/cancellation`;

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The parts of a response that a client sees and a test compares. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Literal text with its question mark, or parameters to encode. */
export type Query = string | Readonly<Record<string, string | number>>;

/** An entry of `GET /_emulator/ledger`. */
export interface LedgerEntry {
  readonly account: string;
  readonly delta: string;
}

/** The provider's section of fixtures and of `GET /_emulator/state`. */
export interface Section {
  readonly merchants: readonly object[];
  readonly members: readonly { readonly customerId: string }[];
  readonly pending: readonly object[];
  readonly subscriptions: readonly object[];
}

/** A test that gets Inveterate as it starts. */
export const it = test.extend('api', () => startInveterate());

/** Inveterate on a fresh emulator whose clock stands at START, called with the key of Lumen Tea. */
export async function startInveterate(options: EmulatorOptions = {}): Promise<InveterateApi> {
  return new InveterateApi(await startApp({ providers: ['inveterate'], ...options }), LUMEN_KEY);
}

/** The default seed, with changes that have their effect this long after their 201. */
export function startLate(settleAfter = 'PT5S', ...set: readonly string[]): Promise<InveterateApi> {
  return startInveterate({ set: [`inveterate.settleAfter=${settleAfter}`, ...set] });
}

/** Lumen Tea with one member, who has these fields. */
export function startWithMember(fields: object, set: readonly string[] = []): Promise<InveterateApi> {
  const fixtures = toFixtures({ merchants: [MERCHANT], members: [{ ...MEMBER, ...fields }] });
  return startInveterate({ fixtures, set });
}

export class InveterateApi {
  readonly app: TestAgent;
  readonly #key: string | undefined;

  constructor(app: TestAgent, key: string | undefined) {
    this.app = app;
    this.#key = key;
  }

  /** The same emulator with another key, or without one. */
  as(key: string | undefined): InveterateApi {
    return new InveterateApi(this.app, key);
  }

  async call(method: Method, path: string, body?: object): Promise<Answer> {
    return this.send(method, path, body);
  }

  /** Sends text unchanged, and an object as JSON. */
  async send(method: Method, path: string, body?: string | object, type = 'application/json'): Promise<Answer> {
    const request = this.app[method](`/inveterate${path}`);
    if (this.#key !== undefined) request.set('X-Inveterate-Api-Key', this.#key);
    if (body === undefined) return toAnswer(await request);
    // Bytes have no type of their own.
    if (type === '' && typeof body === 'string') return toAnswer(await request.send(Buffer.from(body)));
    return toAnswer(await request.set('Content-Type', type).send(body));
  }

  ledger(id: string, query?: Query): Promise<Answer> {
    return this.call('get', `${creditsOf(id)}${toQuery(query)}`);
  }

  storefrontLedger(id: string, query?: Query): Promise<Answer> {
    return this.call('get', `${storefrontCreditsOf(id)}${toQuery(query)}`);
  }

  add(id: string, body: object): Promise<Answer> {
    return this.call('post', creditsOf(id), body);
  }

  redeem(id: string, body?: object): Promise<Answer> {
    return this.call('post', redemptionOf(id), body);
  }

  member(id: string): Promise<Answer> {
    return this.call('get', `${MEMBERS}/${id}`);
  }

  members(query?: Query): Promise<Answer> {
    return this.call('get', `${MEMBERS}${toQuery(query)}`);
  }

  enrol(body: object): Promise<Answer> {
    return this.call('post', MEMBERS, body);
  }

  cancel(id: string, body?: object): Promise<Answer> {
    return this.call('post', cancellationOf(id), body);
  }

  /** Subscribes to a topic and returns the id. */
  async subscribe(topic: string, url: string): Promise<string> {
    const made = await this.call('post', SUBSCRIPTIONS, { topic, callbackUrl: url, name: 'test' });
    return (dataOf(made) as { readonly id: string }).id;
  }

  /** Returns the body of the control API's response. */
  async emulator(method: 'get' | 'post' | 'put', path: string, body?: object): Promise<unknown> {
    const response = await this.app[method](`/_emulator${path}`).send(body);
    return response.body as unknown;
  }

  control(name: string, args: object = {}): Promise<unknown> {
    return this.emulator('post', `/controls/inveterate/${name}`, args);
  }

  /** Uses the active code of a member. */
  async useCodeOf(id: string, args: object = {}): Promise<unknown> {
    return this.control('useCode', { code: (await codeOf(this, id))?.code, ...args });
  }

  async advance(by: string): Promise<void> {
    await this.emulator('post', '/clock/advance', { by });
  }

  async state(): Promise<Section> {
    return ((await this.emulator('get', '/state')) as { readonly inveterate: Section }).inveterate;
  }

  /** Puts the state of another emulator in, or this one's own, after which both are the same. */
  async copy(other: InveterateApi = this): Promise<InveterateApi> {
    const state = (await other.emulator('get', '/state')) as object;
    const { status, text } = await this.app.put('/_emulator/state').send(state);
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(await this.emulator('get', '/state')).toEqual(state);
    return this;
  }

  /** The pending changes in order, without ids. */
  async pending(): Promise<readonly unknown[]> {
    return (await this.state()).pending.map((change) => ({ ...change, id: undefined }));
  }

  /** The emulator's own ledger, newest first, without seeded entries. */
  async emulatorLedger(): Promise<readonly LedgerEntry[]> {
    const { entries } = (await this.emulator('get', '/ledger?limit=1000')) as { readonly entries: LedgerEntry[] };
    return entries;
  }

  /** Everything that a refused change must leave as it was. */
  async everything(): Promise<object> {
    return {
      state: await this.emulator('get', '/state'),
      entries: await this.emulatorLedger(),
      accounts: await this.emulator('get', '/accounts?limit=1000'),
    };
  }

  /** Checks that each of these is answered so, and that nothing changes. */
  async refuses(answer: unknown, ...acts: readonly ((api: this) => Promise<unknown>)[]): Promise<void> {
    const before = await this.everything();
    for (const act of acts) expect(await act(this)).toStrictEqual(answer);
    expect(await this.everything()).toEqual(before);
  }
}

export function toQuery(query: Query = ''): string {
  if (typeof query === 'string') return query;
  return `?${Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`;
}

/** A seed that is this section alone, or in addition to the default one. */
export function toFixtures(section: object, base: readonly string[] = []): readonly string[] {
  const { 'own.json': file } = createFiles({ 'own.json': JSON.stringify({ inveterate: section }) });
  return [...base, file];
}

/** Each response of this service is JSON, and says so. */
function toAnswer(response: Response): Answer {
  expect(response.get('Content-Type')).toBe('application/json; charset=utf-8');
  return { status: response.status, body: JSON.parse(response.text) as unknown };
}

/** A success with data. */
export const ok = (message: string, data: unknown): Answer => ({ status: 200, body: { message, data } });

/** A refusal without an error of the vendor's inner service. */
export const refusal = (message: string): Answer => ({ status: 400, body: { message, data: {} } });

export const invalidKey = refusal('Invalid API key');
export const unknownCustomer = refusal('Customer not found');
export const notEnough = refusal('Not enough credits');
export const codeInTheWay = refusal('An active redemption code holds these credits');
export const nothingToRedeem = refusal('No credits to redeem');
export const overdrawnInside: Answer = {
  status: 500,
  body: { message: 'Not enough credits', data: { error: 'INSUFFICIENT_CREDITS' } },
};

const taken = (message: string): Answer => ({ status: 201, body: { message, data: {} } });

export const submitted = taken('Credits submitted');
export const redeemed = taken('Redemption submitted');
export const enrolled = taken('Member submitted');
export const cancelled = taken('Cancellation submitted');

/** The response with a ledger. */
export function ledgerOf(credits: readonly unknown[], redemption: unknown = null): Answer {
  return ok('Credits found', { credits, redemption });
}

/** An entry of Lumen Tea, written at START unless `other` says when. */
export function entry(customerId: string, amount: number, previousBalance: number, other: object = {}): object {
  return {
    ...{ merchantId: LUMEN, customerId, amount, previousBalance, newBalance: previousBalance + amount },
    ...{ reason: 'MANUAL', note: null, appliedBy: null, orderId: null, expirationDate: null },
    ...{ createdAt: START, updatedAt: START, ...other },
  };
}

/** Both times of an entry. */
export const at = (time: string): object => ({ createdAt: time, updatedAt: time });

/** An entry of the emulator's own ledger, by a request at START unless `other` says otherwise. */
export function movement(
  account: string,
  [delta, before, after]: readonly [string, string, string],
  other: object,
): object {
  return {
    ...{ id: '1', at: START, provider: 'inveterate', tenant: LUMEN, account, unit: 'credits', delta, before, after },
    ...{ cause: 'request', requestId: null, key: null, memo: null, ...other },
  };
}

/** A member of Lumen Tea who has just joined, of whom only the number is known. */
export function stranger(customerId: string, other: object = {}): object {
  return {
    ...{ merchantId: LUMEN, customerId, accountState: 'ENABLED', anonymized: false, status: 'ACTIVE' },
    ...{ email: null, firstName: null, lastName: null, notes: null, phoneNumber: null, referrals: 0, referredBy: null },
    ...{ createdAt: START, joinedAt: START, updatedAt: START, contractId: null, paymentId: null },
    ...{ credit: 0, creditsEarned: 0, numberOfCreditRedemptions: 0, lastCreditRedemptionAt: null },
    ...{ lastPurchaseAt: null, orderCount: 0, orderIds: [], revenue: 0, totalSpend: 0 },
    ...{ tierId: null, tierName: null, trigger: null, currencyCode: 'USD', freeTrialActive: false, ...other },
  };
}

/** The `data` of a response. */
export function dataOf({ body }: Answer): object {
  return (body as { readonly data: object }).data;
}

/** The `data` of a ledger that was found. */
export function shownIn(answer: Answer): ShownLedger {
  expect(answer.status).toBe(200);
  return dataOf(answer) as ShownLedger;
}

/** The amounts of a ledger, newest first. */
export async function amountsOf(api: InveterateApi, id: string): Promise<readonly number[]> {
  return shownIn(await api.ledger(id)).credits.map(({ amount }) => amount);
}

/** The balance of a member. */
export async function balanceOf(api: InveterateApi, id: string): Promise<number> {
  return (dataOf(await api.member(id)) as Schemas['Member']).credit;
}

/** The active code of a member. */
export async function codeOf(api: InveterateApi, id: string): Promise<Schemas['Redemption']> {
  return shownIn(await api.ledger(id, { limit: 1 })).redemption;
}

/** The response of a control that the provider refuses. */
export function refusedByControl(message: string): object {
  return {
    type: 'about:blank',
    title: 'Refused by the provider',
    status: 409,
    detail: JSON.stringify({ message, data: {} }),
    hint: 'Nothing was changed.',
  };
}

/** The response of a control to wrong arguments. */
export function wrongArguments(detail: string): object {
  return {
    type: 'about:blank',
    title: 'Invalid arguments',
    status: 400,
    detail,
    hint: 'GET /_emulator/controls shows their schema.',
  };
}
