import type { AccountOwner } from '../../core/provider/provider.ts';
import { unauthenticated, type Failed } from '../../core/wire/failure.ts';
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
export function authenticate(
  credentials: Credentials,
  { state, options: { profile } }: AuthContext,
): Customer | Failed<ErrorCode> {
  const { credential, operationId, headers } = credentials;
  if (credential === undefined) return unauthenticated('NO_KEY');
  const customer = state.customers.findBy('apiKey', credential);
  if (customer?.status !== 'ACTIVE') return unauthenticated('UNKNOWN_KEY');
  // FIDELITY: in profile seed events go to a second service, which reads this header only (server source).
  const isForwarding = operationId === 'ingestEvents' && profile === 'seed';
  return isForwarding && !isForwarded(headers, state) ? unauthenticated('KEY_NOT_FORWARDED') : customer;
}

function isForwarded({ authorization, 'x-api-key': header }: Request['headers'], state: State): boolean {
  const key = typeof header === 'string' ? header : '';
  // The key that was found to be good is this one, unless there is a Bearer, too.
  if (key !== '' && (findBearer(authorization) ?? key) === key) return true;
  return state.customers.findBy('apiKey', key)?.status === 'ACTIVE';
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
