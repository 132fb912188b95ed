import { FixtureMistake, type FixturePath } from '../../core/provider/fixture.ts';
import { getReferred, type Loading } from '../../core/provider/loading.ts';
import type { GameId } from './ids.ts';
import type { State, User } from './state.ts';

export function getGameId({ state }: Loading<State>, id: number, at: FixturePath): GameId {
  return getReferred(state.games.find(String(id)), `game ${id}`, at).id;
}

/** Returns a player. @param gameId the game that the player must belong to */
export function getPlayer({ state }: Loading<State>, id: number, at: FixturePath, gameId?: GameId): User {
  const user = getReferred(state.users.find(String(id)), `user ${id}`, at);
  if (gameId !== undefined && user.gameId !== gameId) {
    throw new FixtureMistake(at, `The user ${id} belongs to the game ${user.gameId}.`);
  }
  return user;
}

/** Refuses an id that a record has. */
export function assertFree(
  id: number | undefined,
  collection: { find(key: string): object | undefined },
  at: FixturePath,
): void {
  if (id !== undefined && collection.find(String(id))) throw new FixtureMistake(at, `The id ${id} is taken.`);
}

export function sortById<R extends { readonly id: number }>(records: Iterable<R>): readonly R[] {
  return [...records].sort((one, other) => one.id - other.id);
}
