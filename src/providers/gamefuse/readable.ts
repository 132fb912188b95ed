import { assert } from './errors.ts';
import type { State, User } from './state.ts';

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
