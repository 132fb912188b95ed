import { text, toObjectSchema } from '../../../core/values/json-schema.ts';
import type { Control } from '../../../core/provider/provider.ts';
import { assert } from '../errors.ts';
import { getNamedGame } from '../games.ts';
import type { GameFuse } from '../operation.ts';
import { idSchema } from '../ids.ts';
import { drawGameToken } from '../tokens.ts';
import { toSwitchKey, type RouteSwitch, type ServiceKey } from './record.ts';
import { ROUTES } from './routes.ts';

// FIDELITY: only the dashboard makes keys and switches routes (REST docs, v3).

export const createServiceKey: Control<GameFuse, { readonly name: string; readonly game_id?: number }> = {
  describe: 'Create a service key of a game or, without game_id, a system key for the test suite.',
  schema: toObjectSchema(['name'], { name: text, game_id: idSchema }),
  run: ({ state, random, args: { name, game_id } }) => {
    const key: ServiceKey = {
      name,
      token: drawGameToken(random),
      gameId: game_id === undefined ? null : getNamedGame(state, game_id).id,
    };
    state.serviceKeys.put(key);
    return { name, token: key.token, game_id: key.gameId };
  },
};

export const deleteServiceKey: Control<GameFuse, { readonly token: string }> = {
  describe: 'Delete a service key; requests with it are refused.',
  schema: toObjectSchema(['token'], { token: text }),
  run: ({ state, args: { token } }) => {
    const key = state.serviceKeys.find(token);
    assert(key, 'CONTROL_WITHOUT_KEY');
    state.serviceKeys.delete(token);
    return { name: key.name, deleted: true };
  },
};

interface Switching {
  readonly game_id: number;
  readonly operation: string;
  readonly users?: boolean;
  readonly keys?: boolean;
}

export const switchRoute: Control<GameFuse, Switching> = {
  describe: 'Switch a route of a game on or off for its users or its service keys.',
  schema: toObjectSchema(['game_id', 'operation'], {
    game_id: idSchema,
    operation: { enum: ROUTES },
    users: { type: 'boolean' },
    keys: { type: 'boolean' },
  }),
  run: ({ state, args: { game_id, operation, users, keys } }) => {
    const gameId = getNamedGame(state, game_id).id;
    const known = state.routeSwitches.find(toSwitchKey(gameId, operation));
    const switched: RouteSwitch = {
      gameId,
      route: operation,
      users: users ?? known?.users ?? true,
      keys: keys ?? known?.keys ?? true,
    };
    state.routeSwitches.put(switched);
    return { game_id, operation, users: switched.users, keys: switched.keys };
  },
};
