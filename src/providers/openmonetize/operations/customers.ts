import { assert } from '../errors.ts';
import { createApiKey, createId } from '../identifiers.ts';
import type { HeadOperation, SeedOperation } from '../operation.ts';
import { presentCustomer, presentNewCustomer } from '../present.ts';
import type { Customer, CustomerId, State } from '../state.ts';

function isTaken(state: State): (apiKey: string) => boolean {
  return (apiKey) => state.customers.findBy('apiKey', apiKey) !== undefined;
}

// FIDELITY: without a wallet, so the first request for the balance finds none (real server).
export const registerCustomer: SeedOperation<'registerCustomer'> & HeadOperation<'registerCustomer'> = (call) => {
  const { body, state, now, random, ids } = call;
  assert(!state.customers.findBy('email', body.email), 'EMAIL_TAKEN');
  const customer: Customer = {
    id: createId(random, 'customer', state.customers) as CustomerId,
    name: body.name,
    email: body.email,
    apiKey: createApiKey(random, isTaken(state)),
    tier: body.tier ?? 'STARTER',
    status: 'ACTIVE',
    createdAt: now,
    place: ids.next('customer'),
  };
  state.customers.put(customer);
  return { status: 201, body: presentNewCustomer(customer) };
};

export const getCurrentCustomer: SeedOperation<'getCurrentCustomer'> & HeadOperation<'getCurrentCustomer'> = ({
  principal,
}) => ({ status: 200, body: presentCustomer(principal) });

// FIDELITY: the old key is refused at once (server source).
export const rotateKey: HeadOperation<'rotateKey'> = ({ state, random, principal }) => {
  const apiKey = createApiKey(random, isTaken(state));
  state.customers.put({ ...principal, apiKey });
  return { status: 200, body: { data: { apiKey } } };
};
