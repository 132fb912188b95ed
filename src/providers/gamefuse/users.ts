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

/** A token that nobody has. */
export function createToken(state: State, random: RandomSource): string {
  for (;;) {
    const token = drawToken(random, 'token');
    if (!state.users.findBy('token', token)) return token;
  }
}

/** An id that nobody has: those of magic subjects were chosen and not counted. */
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

/** A player of the game who has nothing yet. @throws USERNAME_TAKEN, EMAIL_TAKEN */
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

/** Counts one hit of the API. ASSUMED: every call of a signed-in user that is not refused. */
export function countEvent(user: User, now: Instant): User {
  const current = startMonth(user, now);
  return { ...current, events: addOne(current.events) };
}

/**
 * Counts a sign-in.
 *
 * FIDELITY: one each to logins, events and game sessions before they are shown (REST docs, v2, checked
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

/** The same user; in a calendar month that is new to it, with nothing counted of the month. */
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
 * What every call of a signed-in user does first. The user is read again: the principal was found before
 * this transaction began, and a user that has changed since would be written back as it was then.
 */
export function admit({ state, now, principal }: Admission): User | SystemKey {
  if (isSystemKey(principal)) return principal;
  const user = countEvent(getUser(state, principal.id), now);
  state.users.put(user);
  return user;
}

type Admission = Pick<Context<GameFuse>, 'state' | 'now'> & { readonly principal: User | SystemKey };

/** Of an id that `authenticate` has let pass. */
export function getUser(state: State, id: number): User {
  const user = state.users.find(String(id));
  if (!user) throw new RangeError(`There is no user ${id}.`);
  return user;
}

/**
 * A player whom another one asks about.
 *
 * FIDELITY: v3 shows the players of the same game (REST docs, v3). ASSUMED: whether there is such a player comes
 * before whose game it is.
 *
 * @throws NO_SUCH_PLAYER, PLAYER_OF_ANOTHER_GAME
 */
export function getReadable(state: State, { gameId }: Pick<User, 'gameId'>, id: number): User {
  const other = state.users.find(String(id));
  assert(other, 'NO_SUCH_PLAYER');
  assert(other.gameId === gameId, 'PLAYER_OF_ANOTHER_GAME');
  return other;
}
