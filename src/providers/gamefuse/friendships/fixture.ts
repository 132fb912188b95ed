import { defineList } from '../../../core/provider/fixture-list.ts';
import { FixtureMistake } from '../../../core/provider/fixture.ts';
import { getPlayer, sortById } from '../references.ts';
import type { State } from '../state.ts';
import { friendshipFields, toPair } from './record.ts';

export const friendships = defineList({
  fields: friendshipFields,
  // Before the first is put, because two friendships may have exchanged their players.
  begin(entries, { state }) {
    for (const { id } of entries) state.friendships.delete(String(id));
  },
  load(entry, at, loading) {
    const { state, context } = loading;
    const { id, senderId, receiverId } = entry;
    loading.assertNew(`friendship ${id}`, [...at, 'id']);
    context.ids.claim('friendship', id);
    const { gameId } = getPlayer(loading, senderId, [...at, 'sender_id']);
    getPlayer(loading, receiverId, [...at, 'receiver_id'], gameId);
    if (senderId === receiverId)
      throw new FixtureMistake([...at, 'receiver_id'], 'It must be another player than the sender.');
    const known = state.friendships.findBy('pair', ...toPair(senderId, receiverId));
    if (known)
      throw new FixtureMistake([...at, 'receiver_id'], `The friendship ${known.id} is between the same players.`);
    state.friendships.put(entry);
  },
  dump: (state: State) => sortById(state.friendships.values()),
});
