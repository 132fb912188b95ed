import type { AccountOwner } from '../../core/provider/provider.ts';
import { Failure } from '../../core/wire/failure.ts';
import type { Request } from '../../core/wire/request.ts';
import type { Credentials, ParsedRequest } from '../../core/provider/call.ts';
import type { OptionValues } from '../../core/provider/options.ts';
import type { ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { Customer, State } from './state.ts';

const BEARER = /^Bearer (.+)$/;

/**
 * FIDELITY: `Authorization: Bearer`, in that case; only where that yields nothing, `X-API-Key` (real
 * server). A wrong Bearer is not rescued by the other.
 */
export function findApiKey({ authorization, 'x-api-key': header }: Request['headers']): string | undefined {
  return findBearer(authorization) ?? (typeof header === 'string' && header !== '' ? header : undefined);
}

function findBearer(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}

interface AuthContext {
  readonly state: State;
  readonly options: OptionValues<typeof options>;
}

/** FIDELITY: the key of a customer who is suspended or gone is an unknown one (real server). */
export function authenticate(credentials: Credentials, { state, options: { profile } }: AuthContext): Customer {
  const { credential, operationId, headers } = credentials;
  assertKnown(credential !== undefined, 'NO_KEY');
  const customer = state.customers.findBy('apiKey', credential);
  assertKnown(customer?.status === 'ACTIVE', 'UNKNOWN_KEY');
  // FIDELITY: in profile seed events go to a second service, which reads this header only (server source).
  if (operationId === 'ingestEvents' && profile === 'seed') assertForwarded(headers, state);
  return customer;
}

function assertForwarded({ authorization, 'x-api-key': header }: Request['headers'], state: State): void {
  const key = typeof header === 'string' ? header : '';
  // The key that was found to be good is this one, unless there is a Bearer, too.
  if (key !== '' && (findBearer(authorization) ?? key) === key) return;
  assertKnown(state.customers.findBy('apiKey', key)?.status === 'ACTIVE', 'KEY_NOT_FORWARDED');
}

function assertKnown(condition: unknown, code: ErrorCode): asserts condition {
  if (!condition) throw new Failure({ kind: 'unauthenticated', code });
}

/** The user that the request names, or else the customer. */
export function findSubject({ path, query, body }: ParsedRequest): string | undefined {
  for (const part of [path, query, body]) {
    if (typeof part !== 'object' || part === null) continue;
    const id: unknown = Reflect.get(part, 'userId') ?? Reflect.get(part, 'teamId') ?? Reflect.get(part, 'customerId');
    if (typeof id === 'string') return id;
  }
  return undefined;
}

/** Of a magic subject. */
export function findFault(state: State, subject: string): string | undefined {
  return state.users.findBy('fault', subject)?.fault;
}

/** Of a user what its customer calls it. */
export function findName(state: State, { account }: AccountOwner): string | undefined {
  return (
    state.users.find(account)?.externalUserId ?? (state.teams.find(account) ?? state.customers.find(account))?.name
  );
}
