import { assert } from '../errors.ts';
import type { GameFuseOperation } from '../operation.ts';
import { findFlag, findText, findWhole, isGiven, toText, unwrap, type Fields } from '../parameters.ts';
import { assertAdmin, getGroup as getKnown } from './members.ts';
import { presentFullGroup, presentGroup } from './present.ts';
import { dropGroup } from '../removal.ts';
import type { Group } from './record.ts';

// FIDELITY: lists every group of the game, also for players whom a group removed (client tests). ASSUMED: `query` is a part
// of the name, and `searchable` has no effect; neither is documented.
export const listGroups: GameFuseOperation<'listGroups'> = ({ params, state, principal }) => {
  const part = (toText(params.query) ?? '').toLowerCase();
  const groups = [...state.groups.list('game', { within: [principal.gameId] })];
  const found = groups.filter(({ name }) => name.toLowerCase().includes(part));
  const isFull = findFlag(params.with_full_data) ?? false;
  return {
    status: 200,
    body: {
      groups: found.map((group) => (isFull ? presentFullGroup(state, group, principal) : presentGroup(state, group))),
    },
  };
};

// FIDELITY: names need not be unique; the founder is a member and an admin (client tests).
export const createGroup: GameFuseOperation<'createGroup'> = ({ params, state, principal, ids }) => {
  const fields = unwrap(params, 'group');
  const name = findText(fields.name);
  assert(name !== undefined, 'BLANK_NAME');
  const group: Group = {
    id: ids.next('group'),
    gameId: principal.gameId,
    // ASSUMED: the defaults of a new group.
    ...readGroup(fields, {
      name,
      groupType: 'default',
      maxGroupSize: null,
      canAutoJoin: false,
      isInviteOnly: false,
      searchable: true,
      adminsOnlyCanCreateAttributes: true,
    }),
  };
  state.groups.put(group);
  state.memberships.put({
    id: ids.next('group connection'),
    groupId: group.id,
    userId: principal.id,
    standing: 'member',
    isAdmin: true,
    inviterId: null,
  });
  return { status: 201, body: presentFullGroup(state, group, principal) };
};

type Described = Omit<Group, 'id' | 'gameId'>;

function readGroup(fields: Fields, known: Described): Described {
  const { max_group_size } = fields;
  return {
    name: findText(fields.name) ?? known.name,
    groupType: findText(fields.group_type) ?? known.groupType,
    maxGroupSize:
      max_group_size === undefined || !isGiven(max_group_size)
        ? known.maxGroupSize
        : (findWhole(max_group_size) ?? null),
    canAutoJoin: findFlag(fields.can_auto_join) ?? known.canAutoJoin,
    isInviteOnly: findFlag(fields.is_invite_only) ?? known.isInviteOnly,
    searchable: findFlag(fields.searchable) ?? known.searchable,
    adminsOnlyCanCreateAttributes:
      findFlag(fields.admins_only_can_create_attributes) ?? known.adminsOnlyCanCreateAttributes,
  };
}

export const getGroup: GameFuseOperation<'getGroup'> = ({ params, state, principal }) => ({
  status: 200,
  body: presentFullGroup(state, getKnown(state, principal, params.group_id), principal),
});

export const updateGroup: GameFuseOperation<'updateGroup'> = ({ params, state, principal }) => {
  const known = getKnown(state, principal, params.group_id);
  assertAdmin(state, known.id, principal);
  const group = { ...known, ...readGroup(unwrap(params, 'group'), known) };
  state.groups.put(group);
  return { status: 200, body: presentFullGroup(state, group, principal) };
};

export const deleteGroup: GameFuseOperation<'deleteGroup'> = ({ params, state, principal }) => {
  const group = getKnown(state, principal, params.group_id);
  assertAdmin(state, group.id, principal);
  dropGroup(state, group);
  return { status: 200, body: { message: 'group destroyed successfully' } };
};
