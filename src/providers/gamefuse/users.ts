import type { Instant } from '../../core/clock.ts';
import type { Context, RandomSource } from '../../core/provider.ts';
import { toEasternMonth } from './eastern.ts';
import type { GameFuse } from './operation.ts';
import type { State, Tally, User } from './state.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const HEXADECIMAL = '0123456789abcdef';
const DRAWN_AT_ONCE = 12;

/** A token that nobody has. ASSUMED: 24 letters and digits; its form is not documented. */
export function createToken(state: State, random: RandomSource): string {
  for (;;) {
    const token = drawTwice(random, 'token', BASE58);
    if (!state.users.findBy('token', token)) return token;
  }
}

export function createSalt(random: RandomSource): string {
  return drawTwice(random, 'salt', HEXADECIMAL);
}

function drawTwice(random: RandomSource, stream: string, alphabet: string): string {
  return random.text(stream, alphabet, DRAWN_AT_ONCE) + random.text(stream, alphabet, DRAWN_AT_ONCE);
}

export const NEVER: Tally = { total: 0, month: 0 };

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

/** What every call of a signed-in user does first. */
export function admit({ state, now, principal }: Context<GameFuse> & { readonly principal: User }): User {
  const user = countEvent(principal, now);
  state.users.put(user);
  return user;
}

/** Of an id that `authenticate` has let pass. */
export function getUser(state: State, id: number): User {
  const user = state.users.find(String(id));
  if (!user) throw new RangeError(`There is no user ${id}.`);
  return user;
}
