import type { Instant } from '../../core/values/clock.ts';
import type { IdSource } from '../../core/store/ids.ts';
import type { Context, RandomSource } from '../../core/provider/call.ts';
import { toEasternMonth } from './eastern.ts';
import { assert } from './errors.ts';
import { isSystemKey, type SystemKey } from './keys/access.ts';
import type { GameFuse } from './operation.ts';
import { hashPassword } from './passwords.ts';
import type { Game, State, Tally, User, UserId } from './state.ts';
import { drawSalt, drawToken } from './tokens.ts';

/** Draws a token that no user has. */
export function createToken(state: State, random: RandomSource): string {
  for (;;) {
    const token = drawToken(random, 'token');
    if (!state.users.findBy('token', token)) return token;
  }
}

/** Returns the next free id. A magic subject can have it, because ids of magic subjects are not claimed. */
function createUserId(state: State, ids: IdSource): UserId {
  for (;;) {
    const id = ids.next('user');
    if (!state.users.find(String(id))) return id as UserId;
  }
}

export const NO_TALLY: Tally = { total: 0, month: 0 };

interface NewUser extends Pick<User, 'username' | 'email'> {
  readonly password: string;
}

/** Adds a player to the game. @throws USERNAME_TAKEN, EMAIL_TAKEN */
export function createUser(
  { state, now, random, ids }: Pick<Context<GameFuse>, 'state' | 'now' | 'random' | 'ids'>,
  { id: gameId }: Game,
  { username, email, password }: NewUser,
): User {
  assert(!state.users.findBy('username', gameId, username), 'USERNAME_TAKEN');
  assert(!state.users.findBy('email', gameId, email), 'EMAIL_TAKEN');
  const user: User = {
    id: createUserId(state, ids),
    gameId,
    username,
    email,
    password: hashPassword(password, drawSalt(random, 'salt')),
    credits: 0,
    score: 0,
    token: createToken(state, random),
    lastLogin: now,
    numberOfLogins: 0,
    events: NO_TALLY,
    gameSessions: NO_TALLY,
    activeMonth: toEasternMonth(now),
  };
  state.users.put(user);
  return user;
}

/** Counts one request. ASSUMED: every request of a signed-in user counts unless it is refused. */
export function countEvent(user: User, now: Instant): User {
  const current = startMonth(user, now);
  return { ...current, events: addOne(current.events) };
}

/**
 * Counts a sign-in.
 *
 * FIDELITY: logins, events and game sessions each grow by one, and the response includes that (REST docs, v2, checked
 * against the live service).
 */
export function countLogin(user: User, now: Instant): User {
  const current = countEvent(user, now);
  return {
    ...current,
    lastLogin: now,
    numberOfLogins: current.numberOfLogins + 1,
    gameSessions: addOne(current.gameSessions),
  };
}

/** Sets the counts of the month to zero if it is a new calendar month for the user. */
function startMonth(user: User, now: Instant): User {
  const activeMonth = toEasternMonth(now);
  if (activeMonth === user.activeMonth) return user;
  return {
    ...user,
    activeMonth,
    events: { ...user.events, month: 0 },
    gameSessions: { ...user.gameSessions, month: 0 },
  };
}

function addOne({ total, month }: Tally): Tally {
  return { total: total + 1, month: month + 1 };
}

/**
 * Counts the request of a signed-in user. Reads the user again, because the principal was found before this
 * transaction, and writing it would undo changes since then.
 */
export function admit({ state, now, principal }: Admission): User | SystemKey {
  if (isSystemKey(principal)) return principal;
  const user = countEvent(getUser(state, principal.id), now);
  state.users.put(user);
  return user;
}

type Admission = Pick<Context<GameFuse>, 'state' | 'now'> & { readonly principal: User | SystemKey };

/** Returns the user with an id that `authenticate` has checked. */
export function getUser(state: State, id: number): User {
  const user = state.users.find(String(id));
  if (!user) throw new RangeError(`No user has the id ${id}.`);
  return user;
}

/**
 * Returns a player whom another player can see.
 *
 * FIDELITY: v3 shows the players of the same game (REST docs, v3). ASSUMED: whether the player exists is checked before
 * the game.
 *
 * @throws NO_SUCH_PLAYER, PLAYER_OF_ANOTHER_GAME
 */
export function getReadable(state: State, { gameId }: Pick<User, 'gameId'>, id: number): User {
  const other = state.users.find(String(id));
  assert(other, 'NO_SUCH_PLAYER');
  assert(other.gameId === gameId, 'PLAYER_OF_ANOTHER_GAME');
  return other;
}
