import type { GameFuseOperation } from '../operation.ts';
import { assert } from '../errors.ts';
import { isGiven, toWhole } from '../parameters.ts';
import { presentUser } from '../present.ts';
import * as rules from '../rules.ts';

// FIDELITY: `credits` is relative and can be negative; the service has no idempotency key, so a repeated
// call adds again (vendor docs, "using credits").
export const addCredits: GameFuseOperation<'addCredits'> = ({ params, state, principal, options, basePath }) => {
  assert(isGiven(params.credits), 'NO_CREDITS');
  const credits = rules.addCredits(principal.credits, toWhole(params.credits), options.overdraft);
  const user = { ...principal, credits };
  state.users.put(user);
  return { status: 200, body: presentUser(user, basePath) };
};

// FIDELITY: `credits` is the new total (vendor docs, "using credits").
export const setCredits: GameFuseOperation<'setCredits'> = ({ params, state, principal, options, basePath }) => {
  assert(isGiven(params.credits), 'NO_CREDITS');
  const user = { ...principal, credits: rules.setCredits(toWhole(params.credits), options.overdraft) };
  state.users.put(user);
  return { status: 200, body: presentUser(user, basePath) };
};
