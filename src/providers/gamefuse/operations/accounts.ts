import { assert } from '../errors.ts';
import { findGame, findVerifiedGame } from '../games.ts';
import type { GameFuseOperation, OpenOperation } from '../operation.ts';
import { toText, toWhole } from '../parameters.ts';
import { isPassword, toHashed } from '../passwords.ts';
import { presentNewUser, presentOwnProfile, presentProfile, presentSession } from '../present.ts';
import type { User } from '../state.ts';
import { countLogin, createToken, createUser, getUser } from '../users.ts';

// FIDELITY: credits, score and every count start at 0, and the token works at once (REST docs, v2, checked
// against the live service). ASSUMED: in v2, too, a disabled game takes no new users, as the SDK docs, v3, say.
export const signUp: OpenOperation<'signUp'> = ({ params, state, now, random, ids, basePath }) => {
  const game = findVerifiedGame(state, params);
  assert(game, 'NO_SUCH_GAME');
  assert(!game.disabled, 'GAME_DISABLED');
  const [email, username, password] = [toText(params.email), toText(params.username), toText(params.password)];
  assert(email !== undefined, 'NO_EMAIL');
  assert(username !== undefined, 'NO_USERNAME');
  assert(password !== undefined, 'NO_PASSWORD');
  // ASSUMED: like Rails, the server compares the confirmation only if it is sent.
  assert((toText(params.password_confirmation) ?? password) === password, 'PASSWORDS_DIFFER');
  const user = createUser({ state, now, random, ids }, game, { username, email, password });
  return { status: 200, body: presentNewUser(user, basePath) };
};

// FIDELITY: users sign in by e-mail, never by username (REST docs, v2). Most clients send no `game_token`, although it
// is documented as required (JavaScript and C# clients). ASSUMED: if it is sent, it must be right, and the new
// token replaces the old one, as the hint on stale tokens suggests.
export const signIn: OpenOperation<'signIn'> = ({ params, state, now, random, basePath }) => {
  const game = toText(params.game_token) === undefined ? findGame(state, params) : findVerifiedGame(state, params);
  assert(game, 'NO_SUCH_GAME');
  assert(!game.disabled, 'GAME_DISABLED');
  const known = state.users.findBy('email', game.id, toText(params.email) ?? '');
  assert(known, 'NO_SUCH_USER');
  assert(isPassword(known.password, toText(params.password) ?? ''), 'WRONG_PASSWORD');
  const user: User = {
    ...countLogin(known, now),
    password: toHashed(known.password),
    token: createToken(state, random),
  };
  state.users.put(user);
  return { status: 200, body: presentSession(user, state, basePath) };
};

export const showUser: GameFuseOperation<'showUser'> = ({ params, state, principal }) => {
  const user = getUser(state, toWhole(params.id));
  return { status: 200, body: user.id === principal.id ? presentOwnProfile(state, user) : presentProfile(state, user) };
};
