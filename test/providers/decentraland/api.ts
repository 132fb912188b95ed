import type { Response } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { expect, test } from 'vitest';

import type { EmulatorOptions } from '../../../src/config/options.ts';
import { startApp } from '../../support/emulator.ts';
import { takeFirstEvent } from '../../support/first-event.ts';
import { createFiles } from '../../support/folder.ts';

/** The wallets of the seed. */
export const RICH = '0x1111111111111111111111111111111111111111';
export const PARTLY = '0x2222222222222222222222222222222222222222';
export const SOON = '0x3333333333333333333333333333333333333333';
export const EMPTY = '0x4444444444444444444444444444444444444444';
export const FLAGGED = '0x5555555555555555555555555555555555555555';
export const LASTING = '0x6666666666666666666666666666666666666666';
/** An unregistered wallet, written in both cases. */
export const NOBODY = '0xabcdefABCDEFabcdefABCDEFabcdefABCDEFabcd';

export const CONTRACT = '0x8b3a40ca1b6f5cafc99d112a4d02e897d1fd8cc5';

/** The id of the n-th credit of the seed. */
export function creditId(n: number): string {
  return `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface DecentralandApi {
  readonly app: TestAgent;
  /** With a body of JSON, if any. */
  call(method: Method, path: string, body?: object): Promise<Answer>;
  /** The list of a wallet. */
  credits(address: string, query?: string): Promise<Answer>;
  /** The first event of its stream, or the refusal. */
  firstEvent(address: string): Promise<Answer>;
  /** Runs a control and returns its result. */
  run(name: string, args?: object): Promise<unknown>;
  /** Returns the body of the control API's response. */
  control(method: 'get' | 'post' | 'put', path: string, body?: object): Promise<unknown>;
  /** Advances the clock. */
  advance(by: string): Promise<void>;
  /** Sets the clock. */
  moveTo(now: string): Promise<void>;
}

/** A test that gets Decentraland as it starts. */
export const it = test.extend('api', () => startDecentraland());

/** Starts an emulator with the format of the published document. */
export async function startDecentraland(options: EmulatorOptions = {}): Promise<DecentralandApi> {
  const app = await startApp({ providers: ['decentraland'], ...options });
  const control: DecentralandApi['control'] = async (method, path, body) => {
    const response = await app[method](`/_emulator${path}`).send(body);
    return response.body as unknown;
  };
  return {
    app,
    async call(method, path, body) {
      const begun = app[method](`/decentraland${path}`);
      return toAnswer(await (body === undefined ? begun : begun.send(body)));
    },
    async credits(address, query = '') {
      return toAnswer(await app.get(`/decentraland/users/${address}/credits${query}`));
    },
    async firstEvent(address) {
      const request = app.get(`/decentraland/users/${address}/credits/stream`);
      const response = await request.buffer(true).parse(takeFirstEvent);
      return response.status === 200 ? toEvent(response) : toAnswer(response);
    },
    run: (name, args = {}) => control('post', `/controls/decentraland/${name}`, args),
    control,
    async advance(by) {
      await control('post', '/clock/advance', { by });
    },
    async moveTo(now) {
      await control('put', '/clock', { now });
    },
  };
}

/** Starts an emulator with the format that real clients read. */
export async function startWire(options: EmulatorOptions = {}): Promise<DecentralandApi> {
  return startDecentraland({ set: ['decentraland.format=wire'], ...options });
}

/** Makes fixtures of this section only, or of others before it. */
export function toFixtures(section: object, base: readonly string[] = []): readonly string[] {
  const { 'own.json': file } = createFiles({ 'own.json': JSON.stringify({ decentraland: section }) });
  return [...base, file];
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Every response of this service has the type JSON. */
function toAnswer(response: Response): Answer {
  const { status, text } = response;
  const type = response.get('Content-Type');
  if (type !== JSON_TYPE) throw new TypeError(`An answer of the type ${type ?? 'none'}: ${text}`);
  return { status, body: JSON.parse(text) as unknown };
}

function toEvent(response: Response): Answer {
  const [, data] = /^data: (.*)\n\n$/.exec(response.text) ?? [];
  if (response.get('Content-Type') !== 'text/event-stream' || data === undefined) {
    throw new TypeError(`No event: ${response.text}`);
  }
  return { status: response.status, body: JSON.parse(data) as unknown };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** An error of the published document. */
export function refusal(status: number, error: string, code: string): Answer {
  return { status, body: { error, code } };
}

export const invalidAddress = refusal(400, 'Invalid address', 'INVALID_ADDRESS');
export const invalidStatus = refusal(400, 'Invalid status', 'INVALID_STATUS');
export const noSuchUser = refusal(404, 'User not found', 'USER_NOT_FOUND');
export const noSeason = refusal(404, 'Season not found', 'SEASON_NOT_FOUND');

export const anySignature = expect.stringMatching(/^0x[0-9a-f]{130}$/) as unknown;
export const anyHash = expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown;
export const anyUuid = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
) as unknown;

/** The n-th credit of the seed, as a list has it. */
export function listed(n: number): object {
  const [amount, createdAt, seasonId, expiresAt, goalId] = SEEDED[n] ?? [];
  const status = n === 3 ? 'PARTIALLY_USED' : 'AVAILABLE';
  const given = { ...(expiresAt && { expiresAt }), ...(goalId && { goalId }) };
  return { id: creditId(n), amount, status, createdAt, seasonId, ...given, signature: anySignature };
}

/** Two weeks after the end of the season of the seed. */
export const EXPIRY = '2026-03-02T00:00:00.000Z';
export const EXPIRY_SECONDS = 1_772_409_600;

type Seeded = readonly [amount: number, createdAt: string, seasonId: number, expiresAt?: string, goalId?: string];

const SEEDED: Readonly<Record<number, Seeded>> = {
  1: [10, '2025-12-24T00:00:00.000Z', 2, EXPIRY, 'visit-an-event'],
  2: [2.5, '2025-12-29T00:00:00.000Z', 2, EXPIRY, 'take-a-photo'],
  3: [5, '2025-12-26T00:00:00.000Z', 2, EXPIRY],
  4: [4, '2025-12-12T00:00:00.000Z', 1, '2026-01-01T01:00:00.000Z'],
  7: [1500, '2025-12-27T00:00:00.000Z', 2],
};

/** A credit with this UUID in the result of a control, for which a test gives address, amount, creation and goal. */
export function shownCredit(id: unknown): object {
  return { id, spent: '0', status: 'AVAILABLE', expiresAt: EXPIRY, seasonId: 2 };
}

/** The first entry of the ledger, which a control makes at the start. */
export function entryOf(operation: string, account: string, [before, after]: readonly [bigint, bigint]): object {
  const amounts = { delta: String(after - before), before: String(before), after: String(after) };
  const ours = { provider: 'decentraland', tenant: 'decentraland', unit: 'wei', cause: 'control' };
  const none = { requestId: null, key: null, memo: null };
  return { id: '1', at: '2026-01-01T00:00:00.000Z', ...ours, account, ...amounts, operation, ...none };
}

/** The list of a wallet in the format document. */
export function list(totalCredits: number, ...credits: readonly object[]): Answer {
  return ok({ credits, totalCredits });
}

/** The list of a wallet as real clients read it, in wei. */
export function wireList(expiring: string, nonExpiring: string, ...credits: readonly object[]): Answer {
  const totalCredits = Number(BigInt(expiring) + BigInt(nonExpiring));
  const totals = { expiring: Number(expiring), nonExpiring: Number(nonExpiring) };
  return ok({ credits, totalCredits, totals });
}

export const FORMATS = [
  ['document', startDecentraland],
  ['wire', startWire],
] as const;

/** The sum of a wallet's list. */
export async function totalOf(api: DecentralandApi, address: string): Promise<unknown> {
  return fieldOf(await api.credits(address), 'body', 'totalCredits');
}

/** A list of the state document. */
export async function stateOf<T = object>(api: DecentralandApi, list: string): Promise<readonly T[]> {
  return fieldOf(await api.control('get', '/state'), 'decentraland', list) as readonly T[];
}

/** The first link of the chain that a client of this wallet sends. */
export function signedBy(payload: string) {
  return { 'x-identity-auth-chain-0': JSON.stringify({ type: 'SIGNER', payload, signature: '' }) };
}

/** Sends a request with these headers. */
export async function ask(
  { app }: DecentralandApi,
  method: Method,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<Answer> {
  const answer = await app[method](`/decentraland${path}`).set(headers).send(body);
  return { status: answer.status, body: answer.body as unknown };
}

/** The value at a path, or `undefined`. */
export function fieldOf(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, name) => Reflect.get(Object(at) as object, name), value);
}

/** The ids of a list, in its order. */
export function idsOf({ body }: Answer): readonly string[] {
  return (body as { readonly credits: readonly { readonly id: string }[] }).credits.map(({ id }) => id);
}

/** What a control returns if the provider refuses. */
export function refused(error: string, code: string): object {
  return {
    type: 'about:blank',
    title: 'Refused by the provider',
    status: 409,
    detail: JSON.stringify({ error, code }),
    hint: 'Nothing was changed.',
  };
}
