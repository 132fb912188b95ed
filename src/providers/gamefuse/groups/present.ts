import { presentCardOf } from '../cards.ts';
import type { State, User } from '../state.ts';
import type { components } from '../../../generated/gamefuse.ts';
import { isAdmin, listStanding } from './members.ts';
import type { Group, GroupAttribute, Membership, Standing } from './record.ts';

type Schemas = components['schemas'];

/** FIDELITY: a list shows no members (client tests). */
export function presentGroup(state: State, group: Group): Schemas['GroupSummary'] {
  return {
    id: group.id,
    name: group.name,
    group_type: group.groupType,
    can_auto_join: group.canAutoJoin,
    is_invite_only: group.isInviteOnly,
    max_group_size: group.maxGroupSize,
    searchable: group.searchable,
    member_count: [...listStanding(state, group, 'member')].length,
  };
}

/** FIDELITY: everyone sees members, only admins see requests and invitations (REST docs, v3; client tests). */
export function presentFullGroup(state: State, group: Group, viewer: User): Schemas['Group'] {
  const members = [...listStanding(state, group, 'member')];
  const present = (one: Membership): Schemas['Card'] => presentCardOf(state, one.userId);
  const isOpen = isAdmin(state, group.id, viewer);
  return {
    ...presentGroup(state, group),
    members: members.map(present),
    admins: members.filter(({ isAdmin: admin }) => admin).map(present),
    join_requests: isOpen ? listOpen(state, group, 'requested') : [],
    invites: isOpen ? listOpen(state, group, 'invited') : [],
  };
}

function listOpen(state: State, group: Group, standing: Standing): Schemas['Connection'][] {
  return [...listStanding(state, group, standing)].reverse().map((one) => presentConnection(state, one));
}

/** FIDELITY: an invitation shows the inviter (JavaScript client, v3). */
export function presentConnection(state: State, membership: Membership): Schemas['Connection'] {
  const { id, standing, userId, inviterId } = membership;
  return {
    id,
    status: standing === 'member' ? 'accepted' : 'pending',
    inviter_id: inviterId,
    user: presentCardOf(state, userId),
    ...(inviterId === null ? undefined : { inviter: presentCardOf(state, inviterId) }),
  };
}

/** Presents a connection in a session, which includes the group. */
function presentWithGroup(state: State, membership: Membership): Schemas['Connection'] {
  const group = state.groups.find(String(membership.groupId));
  const connection = presentConnection(state, membership);
  return group ? { ...connection, group: presentGroup(state, group) } : connection;
}

/** FIDELITY: requests and invitations newest first (client tests). */
export function listConnections(
  state: State,
  { id }: User,
  standing: 'requested' | 'invited',
): Schemas['Connection'][] {
  const found = [...state.memberships.list('user', { within: [id, standing], reverse: true })];
  return found.map((one) => presentWithGroup(state, one));
}

/** FIDELITY: groups oldest first (client tests). ASSUMED: by the age of the group, not of the membership. */
export function listGroupsOf(state: State, { id }: User): readonly Group[] {
  return [...state.memberships.list('user', { within: [id, 'member'] })]
    .flatMap(({ groupId }) => state.groups.find(String(groupId)) ?? [])
    .sort((one, other) => one.id - other.id);
}

export type ListForm = 'wrapped' | 'bare';

/** FIDELITY: attributes in bare lists also have `others_can_edit` (JavaScript client, v3). */
export function presentAttribute(
  attribute: GroupAttribute,
  canEdit: boolean,
  lists: ListForm,
): Schemas['GroupAttribute'] {
  const { id, key, value, creatorId, othersCanEdit } = attribute;
  return {
    id,
    key,
    value,
    creator_id: creatorId,
    can_edit: canEdit,
    ...(lists === 'bare' ? { others_can_edit: othersCanEdit } : undefined),
  };
}
