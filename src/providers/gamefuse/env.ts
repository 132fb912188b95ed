import type { State } from './state.ts';

/** Where a client finds the emulated service, and the game that has the lowest id. */
export function toEnvironment(state: State, url: string): Readonly<Record<string, string>> {
  const [game] = state.games.list('id');
  return {
    GAMEFUSE_BASE_URL: `${url}/api/v2`,
    ...(game && { GAMEFUSE_GAME_ID: String(game.id), GAMEFUSE_GAME_TOKEN: game.token }),
  };
}
