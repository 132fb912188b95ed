import { isGiven, toText, toWhole } from './parameters.ts';
import type { Game, State, StoreItem } from './state.ts';

interface GameParameters {
  readonly game_id?: string | number | null;
  readonly game_token?: string | number | null;
}

export function findGame(state: State, { game_id }: GameParameters): Game | undefined {
  return isGiven(game_id) ? state.games.find(String(toWhole(game_id))) : undefined;
}

/** The game, if both its id and its token are right. */
export function findVerifiedGame(state: State, parameters: GameParameters): Game | undefined {
  const game = findGame(state, parameters);
  return game && game.token === toText(parameters.game_token) ? game : undefined;
}

/** ASSUMED: an item of another game counts as none. */
export function findStoreItem(
  state: State,
  { gameId }: Pick<StoreItem, 'gameId'>,
  id: string | number | null | undefined,
): StoreItem | undefined {
  const item = isGiven(id) ? state.storeItems.find(String(toWhole(id))) : undefined;
  return item?.gameId === gameId ? item : undefined;
}
