import { credential, orNull, text, toListSchema } from '../../../core/values/json-schema.ts';
import { loadEach, type Loading } from '../../../core/provider/loading.ts';
import { getGameId, reference } from '../references.ts';
import type { State } from '../state.ts';
import { ROUTES } from './routes.ts';

export interface ServiceKeyEntry {
  readonly name: string;
  readonly token: string;
  readonly game_id: number | null;
}

export interface RouteSwitchEntry {
  readonly game_id: number;
  readonly operation: string;
  readonly users: boolean;
  readonly keys: boolean;
}

export const serviceKeySchema = toListSchema(['name', 'token', 'game_id'], {
  name: text,
  token: credential,
  game_id: { ...orNull(reference), description: 'null for a key of the system, which opens the test suite.' },
});

export const routeSwitchSchema = toListSchema(['game_id', 'operation', 'users', 'keys'], {
  game_id: reference,
  operation: { enum: ROUTES },
  users: { type: 'boolean' },
  keys: { type: 'boolean' },
});

interface KeySection {
  readonly service_keys?: readonly ServiceKeyEntry[];
  readonly route_switches?: readonly RouteSwitchEntry[];
}

export function loadKeys({ service_keys, route_switches }: KeySection, loading: Loading<State>): void {
  const { state } = loading;
  loadEach(service_keys, ['service_keys'], ({ name, token, game_id }, at) => {
    loading.assertNew(`service key "${token}"`, [...at, 'token']);
    const gameId = game_id === null ? null : getGameId(loading, game_id, [...at, 'game_id']);
    state.serviceKeys.put({ name, token, gameId });
  });
  loadEach(route_switches, ['route_switches'], ({ game_id, operation, users, keys }, at) => {
    loading.assertNew(`switch of ${operation} of the game ${game_id}`, [...at, 'operation']);
    state.routeSwitches.put({ gameId: getGameId(loading, game_id, [...at, 'game_id']), route: operation, users, keys });
  });
}

export function dumpKeys({ serviceKeys, routeSwitches }: State): Required<KeySection> {
  return {
    service_keys: [...serviceKeys.values()].map(({ name, token, gameId }) => ({ name, token, game_id: gameId })),
    route_switches: [...routeSwitches.values()].map(({ gameId, route, users, keys }) => ({
      game_id: gameId,
      operation: route,
      users,
      keys,
    })),
  };
}
