import type { Call } from '../../../core/provider/call.ts';
import { assert } from '../errors.ts';
import type { GameFuse, GameFuseOperation } from '../operation.ts';
import { findText, findWhole, unwrap, type Fields } from '../parameters.ts';
import type { State, User } from '../state.ts';
import { assertAdmin, assertRoom, findGroup, findMembership, isAdmin, isMember } from './members.ts';
import { presentConnection } from './present.ts';
import type { Group, Membership, Standing } from './record.ts';

// FIDELITY: parameters are flat, or wrapped with an action; flat ones ask to join (REST docs, v3; JavaScript client, v3).
export const connectToGroup: GameFuseOperation<'connectToGroup'> = (call) => {
  const { params, state, principal } = call;
  const fields = unwrap(params, 'group_connection');
  const group = findGroup(state, principal, fields.group_id);
  assert(group, 'GROUP_UNKNOWN');
  const isInvitation = findText(fields.action_type) === 'invite';
  const membership = isInvitation ? invite(call, group, fields) : join(call, group, fields);
  state.memberships.put(membership);
  return { status: 200, body: presentConnection(state, membership) };
};

type Connecting = Pick<Call<GameFuse['spec']['connectToGroup'], GameFuse>, 'state' | 'ids'> & {
  readonly principal: User;
};

/**
 * FIDELITY: an auto-join group accepts players at once, an invite-only group also takes requests, and a removed member
 * cannot rejoin this way (client tests). ASSUMED: a plain join needs an auto-join group.
 */
function join({ state, ids, principal }: Connecting, group: Group, { action_type, user_id }: Fields): Membership {
  // ASSUMED: players can ask only for themselves.
  assert((findWhole(user_id) ?? principal.id) === principal.id, 'USER_UNKNOWN');
  const known = findMembership(state, group.id, principal.id);
  assert(known?.standing !== 'removed', 'REMOVED_FROM_GROUP');
  assert(!known, 'CONNECTED_ALREADY');
  assert(group.canAutoJoin || findText(action_type) !== 'join', 'NOT_AUTO_JOIN');
  if (group.canAutoJoin) assertRoom(state, group);
  return {
    id: ids.next('group connection'),
    groupId: group.id,
    userId: principal.id,
    standing: group.canAutoJoin ? 'member' : 'requested',
    isAdmin: false,
    inviterId: null,
  };
}

/** ASSUMED: any member can invite; a removed member can be invited again. */
function invite({ state, ids, principal }: Connecting, group: Group, fields: Fields): Membership {
  assert(isMember(state, group.id, principal), 'NOT_A_MEMBER');
  const invited = findInvited(state, principal, fields);
  assert(invited, 'USER_UNKNOWN');
  const known = findMembership(state, group.id, invited.id);
  assert(!known || known.standing === 'removed', 'CONNECTED_ALREADY');
  return {
    id: known?.id ?? ids.next('group connection'),
    groupId: group.id,
    userId: invited.id,
    standing: 'invited',
    isAdmin: false,
    inviterId: principal.id,
  };
}

/** FIDELITY: found by name, which is next to the wrapped part (JavaScript client, v3). ASSUMED: or by id. */
function findInvited(state: State, { gameId }: User, { username, user_id }: Fields): User | undefined {
  const name = findText(username);
  const user =
    name === undefined ? state.users.find(String(findWhole(user_id))) : state.users.findBy('username', gameId, name);
  return user?.gameId === gameId ? user : undefined;
}

// FIDELITY: accepting again succeeds (client tests). One client sends a wrong `connection_type`, so it is ignored (C++
// client, v3). ASSUMED: admins answer requests, and the invited player answers an invitation.
export const answerGroupConnection: GameFuseOperation<'answerGroupConnection'> = ({ params, state, principal }) => {
  const status = findText(unwrap(params, 'group_connection').status);
  assert(status === 'accepted' || status === 'declined', 'BAD_STATUS');
  const { membership, group } = getConnection(state, principal, params.connection_id);
  const isInvited = membership.inviterId !== null;
  assert(isInvited ? membership.userId === principal.id : isAdmin(state, group.id, principal), 'NOT_GROUP_ADMIN');
  if (status === 'declined') {
    assert(membership.standing !== 'member', 'CONNECTED_ALREADY');
    state.memberships.delete(String(membership.id));
    return { status: 200, body: { ...presentConnection(state, membership), status } };
  }
  if (membership.standing !== 'member') assertRoom(state, group);
  const accepted: Membership = { ...membership, standing: 'member' };
  state.memberships.put(accepted);
  return { status: 200, body: presentConnection(state, accepted) };
};

// ASSUMED: the player that it is about, the inviter, or an admin can cancel it.
export const cancelGroupConnection: GameFuseOperation<'cancelGroupConnection'> = ({ params, state, principal }) => {
  const { membership, group } = getConnection(state, principal, params.connection_id);
  const isOwn = [membership.userId, membership.inviterId].includes(principal.id);
  assert(isOwn || isAdmin(state, group.id, principal), 'NO_SUCH_CONNECTION');
  assert(membership.standing !== 'member', 'NO_SUCH_CONNECTION');
  state.memberships.delete(String(membership.id));
  return { status: 200, body: { message: 'group connection destroyed successfully' } };
};

// ASSUMED: the last member can leave, too; the group then has no members.
export const leaveGroup: GameFuseOperation<'leaveGroup'> = ({ params, state, principal }) => {
  const membership = getMember(state, principal, params.group_id, principal.id);
  state.memberships.delete(String(membership.id));
  return { status: 200, body: { message: 'you have left the group successfully' } };
};

export const removeGroupMember: GameFuseOperation<'removeGroupMember'> = ({ params, state, principal }) => {
  const member = getRuled(state, principal, params);
  state.memberships.put({ ...member, standing: 'removed', isAdmin: false, inviterId: null });
  return { status: 200, body: { message: 'member removed successfully' } };
};

export const makeGroupAdmin: GameFuseOperation<'makeGroupAdmin'> = ({ params, state, principal }) => {
  const member = getRuled(state, principal, params);
  state.memberships.put({ ...member, isAdmin: true });
  return { status: 200, body: { message: 'member is an admin now' } };
};

interface Ruled {
  readonly group_id?: string | number | null;
  readonly member_id: string;
}

/** Returns a member of a group; the caller must be an admin. */
function getRuled(state: State, principal: User, { group_id, member_id }: Ruled): Membership {
  const member = getMember(state, principal, group_id, findWhole(member_id) ?? 0);
  assertAdmin(state, member.groupId, principal);
  return member;
}

function getMember(state: State, principal: User, groupId: unknown, userId: number): Membership {
  const group = findGroup(state, principal, groupId);
  assert(group, 'GROUP_UNKNOWN');
  const membership = state.memberships.findBy('pair', group.id, userId);
  assert(membership?.standing === 'member', 'NOT_A_MEMBER');
  return membership;
}

/** Returns a request, an invitation or a membership of one of the game's groups. */
function getConnection(
  state: State,
  principal: User,
  id: string,
): { readonly membership: Membership; readonly group: Group } {
  const membership = state.memberships.find(String(findWhole(id)));
  const group = membership && findGroup(state, principal, membership.groupId);
  assert(group && OPEN.has(membership.standing), 'NO_SUCH_CONNECTION');
  return { membership, group };
}

const OPEN: ReadonlySet<Standing> = new Set<Standing>(['requested', 'invited', 'member']);
