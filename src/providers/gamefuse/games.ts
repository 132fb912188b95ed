import type { Context } from '../../core/provider/call.ts';
import { assert } from './errors.ts';
import type { GameFuse } from './operation.ts';
import { isGiven, toText, toWhole } from './parameters.ts';
import type { Game, GameId, State, StoreItem } from './state.ts';
import { drawGameToken } from './tokens.ts';

interface GameParameters {
  readonly game_id?: string | number | null;
  readonly game_token?: string | number | null;
}

export function findGame(state: State, { game_id }: GameParameters): Game | undefined {
  return isGiven(game_id) ? state.games.find(String(toWhole(game_id))) : undefined;
}

/** Finds the game if both its id and its token are right. */
export function findVerifiedGame(state: State, parameters: GameParameters): Game | undefined {
  const game = findGame(state, parameters);
  return game && game.token === toText(parameters.game_token) ? game : undefined;
}

/** ASSUMED: an item of another game is not found. */
export function findStoreItem(
  state: State,
  { gameId }: Pick<StoreItem, 'gameId'>,
  id: string | number | null | undefined,
): StoreItem | undefined {
  const item = isGiven(id) ? state.storeItems.find(String(toWhole(id))) : undefined;
  return item?.gameId === gameId ? item : undefined;
}

/** Returns the game that a control names. @throws CONTROL_WITHOUT_GAME */
export function getNamedGame(state: State, gameId: number): Game {
  const game = state.games.find(String(gameId));
  assert(game, 'CONTROL_WITHOUT_GAME');
  return game;
}

/** Creates a game with a random token. */
export function createGame(
  { state, random, ids }: Pick<Context<GameFuse>, 'state' | 'random' | 'ids'>,
  { name, description }: Pick<Game, 'name' | 'description'>,
): Game {
  const id = ids.next('game') as GameId;
  const game: Game = { id, name, token: drawGameToken(random), description, disabled: false };
  state.games.put(game);
  return game;
}
