import { defineList } from '../../../core/provider/fixture-list.ts';
import { FixtureMistake } from '../../../core/provider/fixture.ts';
import { renderInstant } from '../../../core/values/clock.ts';
import { getPlayer, sortById } from '../references.ts';
import type { State } from '../state.ts';
import { gameRoundFields } from './record.ts';

export const gameRounds = defineList({
  fields: gameRoundFields,
  begin(entries, { state }) {
    for (const { id } of entries) state.gameRounds.delete(String(id));
  },
  load({ id, ...entry }, at, loading) {
    const { state, context } = loading;
    const { multiplayerId, createdAt, startTime = renderInstant(createdAt), updatedAt = createdAt } = entry;
    loading.assertNew(`game round ${id}`, [...at, 'id']);
    context.ids.claim('game round', id);
    const { gameId } = getPlayer(loading, entry.userId, [...at, 'game_user_id']);
    if (multiplayerId !== null) {
      context.ids.claim('multiplayer game round', multiplayerId);
      const first = state.gameRounds.first('multiplayer', [multiplayerId]);
      if (first && first.gameId !== gameId) {
        const why = `The multiplayer round ${multiplayerId} belongs to the game ${first.gameId}.`;
        throw new FixtureMistake([...at, 'multiplayer_game_round_id'], why);
      }
    }
    state.gameRounds.put({ id, gameId, ...entry, startTime, updatedAt });
  },
  dump: (state: State) => sortById(state.gameRounds.values()),
});
