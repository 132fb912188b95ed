import type { AccountOwner } from '../../core/provider/provider.ts';
import { unauthenticated, type Failed } from '../../core/wire/failure.ts';
import type { Request } from '../../core/wire/request.ts';
import type { Credentials, ParsedRequest } from '../../core/provider/call.ts';
import type { OptionValues } from '../../core/provider/options.ts';
import { assert, type ErrorCode } from './errors.ts';
import type { options } from './options.ts';
import type { Customer, State } from './state.ts';

const BEARER = /^Bearer (.+)$/;

/**
 * FIDELITY: `Authorization: Bearer`, case-sensitive; `X-API-Key` only if that yields nothing (real server). So a wrong
 * Bearer fails even with a right `X-API-Key`.
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

/** FIDELITY: the key of a suspended or churned customer is unknown (real server). */
export function authenticate(
  credentials: Credentials,
  { state, options: { profile } }: AuthContext,
): Customer | Failed<ErrorCode> {
  const { credential, operationId, headers } = credentials;
  if (credential === undefined) return unauthenticated('NO_KEY');
  const customer = state.customers.findBy('apiKey', credential);
  if (customer?.status !== 'ACTIVE') return unauthenticated('UNKNOWN_KEY');
  // FIDELITY: in profile seed, events are forwarded to a second service that reads only `X-API-Key` (server source).
  const isForwarding = operationId === 'ingestEvents' && profile === 'seed';
  return isForwarding && !isForwarded(headers, state) ? unauthenticated('KEY_NOT_FORWARDED') : customer;
}

function isForwarded({ authorization, 'x-api-key': header }: Request['headers'], state: State): boolean {
  const key = typeof header === 'string' ? header : '';
  // Without another Bearer, this is the key that was just checked.
  if (key !== '' && (findBearer(authorization) ?? key) === key) return true;
  return state.customers.findBy('apiKey', key)?.status === 'ACTIVE';
}

/** FIDELITY: ids are compared as text, so the same UUID in capitals is another customer (real server). */
export function assertOwn(customer: Customer, customerId: string | undefined): void {
  assert(customerId === customer.id, 'FOREIGN_CUSTOMER');
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

/** Finds the fault of a magic subject. */
export function findFault(state: State, subject: string): string | undefined {
  return state.users.findBy('fault', subject)?.fault;
}

/** Finds the customer's own id of a user, or the name of a team or customer. */
export function findName(state: State, { account }: AccountOwner): string | undefined {
  return (
    state.users.find(account)?.externalUserId ?? (state.teams.find(account) ?? state.customers.find(account))?.name
  );
}
