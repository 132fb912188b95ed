import { defineList } from '../../../core/provider/fixture-list.ts';
import { FixtureMistake } from '../../../core/provider/fixture.ts';
import { loadEach } from '../../../core/provider/loading.ts';
import { dropGroupParts } from '../removal.ts';
import { assertFree, getGameId, getPlayer, sortById } from '../references.ts';
import type { State } from '../state.ts';
import { groupFields } from './record.ts';

export const groups = defineList({
  fields: groupFields,
  begin(entries, { state }) {
    for (const { id } of entries) dropGroupParts(state, id);
  },
  load({ connections, attributes, ...group }, at, loading) {
    const { state, context } = loading;
    const { id: groupId, gameId } = group;
    loading.assertNew(`group ${groupId}`, [...at, 'id']);
    context.ids.claim('group', groupId);
    getGameId(loading, gameId, [...at, 'game_id']);
    state.groups.put(group);
    loadEach(connections, [...at, 'connections'], ({ id, ...membership }, place) => {
      const { userId, standing, inviterId } = membership;
      assertFree(id, state.memberships, [...place, 'id']);
      context.ids.claim('group connection', id);
      getPlayer(loading, userId, [...place, 'user_id'], gameId);
      loading.assertNew(`user ${userId} of the group ${groupId}`, [...place, 'user_id']);
      if (inviterId !== null) getPlayer(loading, inviterId, [...place, 'inviter_id'], gameId);
      else if (standing === 'invited')
        throw new FixtureMistake([...place, 'inviter_id'], 'An invitation needs inviter_id.');
      state.memberships.put({ id, groupId, ...membership });
    });
    loadEach(attributes, [...at, 'attributes'], ({ id, ...attribute }, place) => {
      const { key, creatorId } = attribute;
      assertFree(id, state.groupAttributes, [...place, 'id']);
      context.ids.claim('group attribute', id);
      loading.assertNew(`attribute "${key}" of the group ${groupId}`, [...place, 'key']);
      getPlayer(loading, creatorId, [...place, 'creator_id'], gameId);
      state.groupAttributes.put({ id, groupId, ...attribute });
    });
  },
  dump: (state: State) =>
    sortById(state.groups.values()).map((group) => {
      const within = [group.id];
      return {
        ...group,
        connections: sortById(state.memberships.list('group', { within })),
        attributes: [...state.groupAttributes.list('group', { within })],
      };
    }),
});
