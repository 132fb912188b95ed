import { renderInstant } from '../../../core/values/clock.ts';
import { assert } from '../errors.ts';
import { findVerifiedGame } from '../games.ts';
import type { OpenOperation } from '../operation.ts';
import { toText } from '../parameters.ts';
import { presentGame, presentStoreItem } from '../present.ts';
import { assertV3 } from '../versions.ts';

// ASSUMED: `seed_store`, which some clients send, has no effect; it is not documented.
export const verifyGame: OpenOperation<'verifyGame'> = ({ params, state }) => {
  const game = findVerifiedGame(state, params);
  assert(game, 'VERIFY_FAILED');
  return { status: 200, body: presentGame(game, state) };
};

// FIDELITY: the same response; the docs first gave 404 for its refusal, later 401 (REST docs, v2).
export const fetchGameVariables: OpenOperation<'fetchGameVariables'> = (call) => verifyGame(call);

export const listStoreItems: OpenOperation<'listStoreItems'> = ({ params, state }) => {
  const game = findVerifiedGame(state, params);
  assert(game, 'STORE_OF_NO_GAME');
  const items = [...state.storeItems.list('game', { within: [game.id] })];
  return { status: 200, body: { store_items: items.map(presentStoreItem) } };
};

/** ASSUMED: an address has text on both sides of one @. */
const EMAIL = /^[^\s@]+@[^\s@]+$/;

// FIDELITY: exactly this response (REST docs, v2, checked against the live service). No mail is sent.
export const forgetPassword: OpenOperation<'forgetPassword'> = ({ params, state }) => {
  const game = findVerifiedGame(state, params);
  assert(game, 'FORGET_AT_NO_GAME');
  const email = toText(params.email) ?? '';
  assert(EMAIL.test(email), 'BAD_EMAIL');
  assert(state.users.findBy('email', game.id, email), 'NO_USER_WITH_EMAIL');
  return { status: 200, body: { mailer_response: null, message: `Email sent to ${email}` } };
};

// FIDELITY: in UTC, without milliseconds; the example has a token (REST docs, v3). ASSUMED: no token is needed.
export const getServerTime: OpenOperation<'getServerTime'> = ({ now, basePath }) => {
  assertV3(basePath);
  return { status: 200, body: { server_time: renderInstant(now).replace(/\.\d+Z$/, 'Z') } };
};
