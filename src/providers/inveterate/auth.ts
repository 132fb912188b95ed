import type { AccountOwner } from '../../core/provider/provider.ts';
import type { Request } from '../../core/wire/request.ts';
import { unauthenticated, type Failed } from '../../core/wire/failure.ts';
import type { ParsedRequest } from '../../core/provider/call.ts';
import type { ErrorCode } from './errors.ts';
import { toOwnerKey, type CustomerId, type Merchant, type MerchantId, type State } from './state.ts';

/** FIDELITY: one header, on admin and storefront operations alike (published document). */
export function findApiKey({ 'x-inveterate-api-key': header }: Request['headers']): string | undefined {
  return typeof header === 'string' && header !== '' ? header : undefined;
}

export function authenticate(apiKey: string | undefined, state: State): Merchant | Failed<ErrorCode> {
  const merchant = apiKey === undefined ? undefined : state.merchants.findBy('apiKey', apiKey);
  return merchant ?? unauthenticated();
}

/** Returns the customer that the path or the body names. */
export function findSubject({ path, body }: ParsedRequest): string | undefined {
  if ('id' in path) return String(path.id);
  if (typeof body !== 'object' || body === null || !('customerId' in body)) return undefined;
  return typeof body.customerId === 'string' ? body.customerId : undefined;
}

/** Returns the fault of a magic subject. It also affects calls of other merchants about the same customer. */
export function findFault(state: State, subject: string): string | undefined {
  return state.members.findBy('fault', subject)?.fault;
}

export function findName(state: State, { tenant, account }: AccountOwner): string | undefined {
  const owner = { merchantId: tenant as MerchantId, customerId: account as CustomerId };
  const member = state.members.find(toOwnerKey(owner));
  const parts = [member?.firstName, member?.lastName].filter((part) => part != null && part !== '');
  return parts.length === 0 ? undefined : parts.join(' ');
}
