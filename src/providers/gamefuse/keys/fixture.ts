import { defineList } from '../../../core/provider/fixture-list.ts';
import { getGameId } from '../references.ts';
import type { State } from '../state.ts';
import { routeSwitchFields, serviceKeyFields } from './record.ts';

export const serviceKeys = defineList({
  fields: serviceKeyFields,
  load(entry, at, loading) {
    loading.assertNew(`service key "${entry.token}"`, [...at, 'token']);
    if (entry.gameId !== null) getGameId(loading, entry.gameId, [...at, 'game_id']);
    loading.state.serviceKeys.put(entry);
  },
  dump: (state: State) => state.serviceKeys.values(),
});

export const routeSwitches = defineList({
  fields: routeSwitchFields,
  load(entry, at, loading) {
    loading.assertNew(`switch of ${entry.route} of the game ${entry.gameId}`, [...at, 'operation']);
    getGameId(loading, entry.gameId, [...at, 'game_id']);
    loading.state.routeSwitches.put(entry);
  },
  dump: (state: State) => state.routeSwitches.values(),
});
