import type { State } from './state.ts';

/** Where a client finds the emulated service, and the game that has the lowest id. */
export function toEnvironment(state: State, url: string): Readonly<Record<string, string>> {
  const base = { GAMEFUSE_BASE_URL: `${url}/api/v2` };
  for (const { id, token } of state.games.list('id')) {
    return { ...base, GAMEFUSE_GAME_ID: String(id), GAMEFUSE_GAME_TOKEN: token };
  }
  return base;
}
