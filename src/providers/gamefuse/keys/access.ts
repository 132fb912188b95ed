import type { Request } from '../../../core/wire/request.ts';
import { assert } from '../errors.ts';
import type { GameId } from '../ids.ts';
import { toWhole } from '../parameters.ts';
import type { State, User } from '../state.ts';
import { toSwitchKey, type ServiceKey } from './record.ts';

type Headers = Request['headers'];

const KEY_NAME = 'service-key-name';
export const KEY_TOKEN = 'service-key-token';
const KEY_USER = 'current-user-id';

/** A system key, which gives access to the test suite. */
export interface SystemKey extends ServiceKey {
  readonly gameId: null;
}

/** FIDELITY: system keys give access to these (REST docs, v3). ASSUMED: and to nothing else. */
export const TEST_SUITE: ReadonlySet<string> = new Set([
  'createTestGame',
  'createTestUser',
  'createTestStoreItem',
  'cleanUpTest',
]);

export function isSystemKey(principal: User | SystemKey): principal is SystemKey {
  return principal.gameId === null;
}

/** ASSUMED: one of the two headers is enough to check a key, even if a user's token is sent, too. */
export function hasServiceKey(headers: Headers): boolean {
  return headers[KEY_NAME] !== undefined || headers[KEY_TOKEN] !== undefined;
}

/**
 * Returns the player for whom a game's key acts.
 *
 * FIDELITY: a separate header names the player (REST docs, v3). ASSUMED: name and token must belong to one key, and the
 * player to its game.
 *
 * @throws ACCESS_REFUSED
 */
export function getKeyUser(state: State, headers: Headers, token: string | undefined): User {
  const key = getKey(state, headers, token);
  const user = state.users.find(String(toWhole(String(headers[KEY_USER] ?? ''))));
  assert(key.gameId !== null && user?.gameId === key.gameId, 'ACCESS_REFUSED');
  return user;
}

/** @throws ACCESS_REFUSED */
export function getSystemKey(state: State, headers: Headers, token: string | undefined): SystemKey {
  const { gameId, ...key } = getKey(state, headers, token);
  assert(gameId === null, 'ACCESS_REFUSED');
  return { ...key, gameId };
}

function getKey({ serviceKeys }: State, headers: Headers, token: string | undefined): ServiceKey {
  const key = token === undefined ? undefined : serviceKeys.find(token);
  assert(key && key.name === headers[KEY_NAME], 'ACCESS_REFUSED');
  return key;
}

/** @throws ACCESS_REFUSED if the game has switched the route off for these callers */
export function assertRoute({ routeSwitches }: State, gameId: GameId, route: string, callers: 'users' | 'keys'): void {
  if (routeSwitches.size === 0) return;
  assert(routeSwitches.find(toSwitchKey(gameId, route))?.[callers] ?? true, 'ACCESS_REFUSED');
}
