import { assert } from '../errors.ts';
import type { UserId } from '../ids.ts';
import { findWhole } from '../parameters.ts';
import type { State, User } from '../state.ts';
import type { Group, Membership, Standing } from './record.ts';

/** ASSUMED: a group of another game is not found. */
export function findGroup(state: State, { gameId }: Pick<User, 'gameId'>, id: unknown): Group | undefined {
  const group = state.groups.find(String(findWhole(id)));
  return group?.gameId === gameId ? group : undefined;
}

/** @throws NO_SUCH_GROUP */
export function getGroup(state: State, user: User, id: unknown): Group {
  const group = findGroup(state, user, id);
  assert(group, 'NO_SUCH_GROUP');
  return group;
}

export function listStanding({ memberships }: State, group: Group, standing: Standing): IterableIterator<Membership> {
  return memberships.list('group', { within: [group.id, standing] });
}

export function findMembership(state: State, groupId: number, userId: UserId): Membership | undefined {
  return state.memberships.findBy('pair', groupId, userId);
}

export function isMember(state: State, groupId: number, { id }: Pick<User, 'id'>): boolean {
  return findMembership(state, groupId, id)?.standing === 'member';
}

export function isAdmin(state: State, groupId: number, { id }: Pick<User, 'id'>): boolean {
  const membership = findMembership(state, groupId, id);
  return membership?.standing === 'member' && membership.isAdmin;
}

/** @throws NOT_GROUP_ADMIN */
export function assertAdmin(state: State, groupId: number, user: User): void {
  assert(isAdmin(state, groupId, user), 'NOT_GROUP_ADMIN');
}

/** ASSUMED: a full group accepts no player, not even an invited one. @throws GROUP_FULL */
export function assertRoom(state: State, group: Group): void {
  if (group.maxGroupSize === null) return;
  assert([...listStanding(state, group, 'member')].length < group.maxGroupSize, 'GROUP_FULL');
}
