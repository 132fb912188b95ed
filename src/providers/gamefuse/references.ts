import type { FixturePath } from '../../core/provider/fixture.ts';
import { FixtureMistake } from '../../core/provider/fixture.ts';
import { getReferred, type Loading } from '../../core/provider/loading.ts';
import type { GameId } from './ids.ts';
import type { State, User } from './state.ts';

/** What an entry of a fixture refers to, and the parts of schemas that say how. */

export const reference = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };

export function getGameId({ state }: Loading<State>, id: number, at: FixturePath): GameId {
  return getReferred(state.games.find(String(id)), `game ${id}`, at).id;
}

/** A player, of this game if one is named. */
export function getPlayer({ state }: Loading<State>, id: number, at: FixturePath, gameId?: GameId): User {
  const user = getReferred(state.users.find(String(id)), `user ${id}`, at);
  if (gameId !== undefined && user.gameId !== gameId) {
    throw new FixtureMistake(at, `The user ${id} is one of the game ${user.gameId}.`);
  }
  return user;
}
