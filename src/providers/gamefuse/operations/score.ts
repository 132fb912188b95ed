import type { GameFuseOperation } from '../operation.ts';
import { assert } from '../errors.ts';
import { isGiven, toWhole } from '../parameters.ts';
import { presentUser } from '../present.ts';
import { toCount } from '../rules.ts';

// FIDELITY: `add` is relative, `set` is absolute, and neither changes the credits (REST docs, v2).
export const addScore: GameFuseOperation<'addScore'> = ({ params, state, principal, basePath }) => {
  assert(isGiven(params.score), 'NO_SCORE');
  const user = { ...principal, score: toCount(principal.score + toCount(toWhole(params.score))) };
  state.users.put(user);
  return { status: 200, body: presentUser(user, basePath) };
};

export const setScore: GameFuseOperation<'setScore'> = ({ params, state, principal, basePath }) => {
  assert(isGiven(params.score), 'NO_SCORE');
  const user = { ...principal, score: toCount(toWhole(params.score)) };
  state.users.put(user);
  return { status: 200, body: presentUser(user, basePath) };
};
