import { orNull, text, toListSchema } from '../../../core/values/json-schema.ts';
import { FixtureMistake, type FixturePath } from '../../../core/provider/fixture.ts';
import { loadEach, type Loading } from '../../../core/provider/loading.ts';
import { getGameId, getPlayer, reference } from '../references.ts';
import type { State } from '../state.ts';
import type { Group, GroupAttribute, Membership, Standing } from './record.ts';

export interface GroupEntry {
  readonly id: number;
  readonly game_id: number;
  readonly name: string;
  readonly group_type?: string;
  readonly max_group_size?: number | null;
  readonly can_auto_join?: boolean;
  readonly is_invite_only?: boolean;
  readonly searchable?: boolean;
  readonly admins_only_can_create_attributes?: boolean;
  readonly connections?: readonly ConnectionEntry[];
  readonly attributes?: readonly GroupAttributeEntry[];
}

interface ConnectionEntry {
  readonly id: number;
  readonly user_id: number;
  readonly standing: Standing;
  readonly admin?: boolean;
  readonly inviter_id?: number | null;
}

interface GroupAttributeEntry {
  readonly id: number;
  readonly key: string;
  readonly value: string;
  readonly creator_id: number;
  readonly others_can_edit?: boolean;
}

const flag = { type: 'boolean' };

export const groupSchema = toListSchema(['id', 'game_id', 'name'], {
  id: reference,
  game_id: reference,
  name: text,
  group_type: text,
  max_group_size: orNull({ type: 'integer' }),
  can_auto_join: flag,
  is_invite_only: flag,
  searchable: flag,
  admins_only_can_create_attributes: flag,
  connections: toListSchema(['id', 'user_id', 'standing'], {
    id: reference,
    user_id: reference,
    standing: {
      enum: ['requested', 'invited', 'member', 'removed'] satisfies Standing[],
      description: 'Who was removed cannot join again.',
    },
    admin: flag,
    inviter_id: orNull(reference),
  }),
  attributes: toListSchema(['id', 'key', 'value', 'creator_id'], {
    id: reference,
    key: text,
    value: { type: 'string' },
    creator_id: reference,
    others_can_edit: flag,
  }),
});

export function loadGroups(entries: readonly GroupEntry[] | undefined, loading: Loading<State>): void {
  const { state } = loading;
  for (const { id } of entries ?? []) forgetParts(state, id);
  loadEach(entries, ['groups'], (entry, at) => {
    loading.assertNew(`group ${entry.id}`, [...at, 'id']);
    loading.context.ids.claim('group', entry.id);
    const group: Group = {
      id: entry.id,
      gameId: getGameId(loading, entry.game_id, [...at, 'game_id']),
      name: entry.name,
      groupType: entry.group_type ?? 'default',
      maxGroupSize: entry.max_group_size ?? null,
      canAutoJoin: entry.can_auto_join ?? false,
      isInviteOnly: entry.is_invite_only ?? false,
      searchable: entry.searchable ?? true,
      adminsOnlyCanCreateAttributes: entry.admins_only_can_create_attributes ?? true,
    };
    state.groups.put(group);
    loadEach(entry.connections, [...at, 'connections'], (one, place) => loadConnection(one, group, place, loading));
    loadEach(entry.attributes, [...at, 'attributes'], (one, place) => loadAttribute(one, group, place, loading));
  });
}

/** Of a group of another fixture that is replaced. */
function forgetParts({ memberships, groupAttributes }: State, groupId: number): void {
  for (const { id } of [...memberships.list('group', { within: [groupId] })]) memberships.delete(String(id));
  for (const { id } of [...groupAttributes.list('group', { within: [groupId] })]) groupAttributes.delete(String(id));
}

function loadConnection(entry: ConnectionEntry, group: Group, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  const { id, standing, admin = false, inviter_id = null } = entry;
  if (state.memberships.find(String(id))) throw new FixtureMistake([...at, 'id'], `The id ${id} is taken.`);
  context.ids.claim('group connection', id);
  const user = getPlayer(loading, entry.user_id, [...at, 'user_id'], group.gameId);
  loading.assertNew(`user ${user.id} of the group ${group.id}`, [...at, 'user_id']);
  const inviter = inviter_id === null ? null : getPlayer(loading, inviter_id, [...at, 'inviter_id'], group.gameId);
  if (standing === 'invited' && !inviter)
    throw new FixtureMistake([...at, 'inviter_id'], 'Somebody must have invited.');
  state.memberships.put({
    id,
    groupId: group.id,
    userId: user.id,
    standing,
    isAdmin: admin,
    inviterId: inviter?.id ?? null,
  });
}

function loadAttribute(entry: GroupAttributeEntry, group: Group, at: FixturePath, loading: Loading<State>): void {
  const { state, context } = loading;
  const { id, key, value, creator_id, others_can_edit = false } = entry;
  if (state.groupAttributes.find(String(id))) throw new FixtureMistake([...at, 'id'], `The id ${id} is taken.`);
  context.ids.claim('group attribute', id);
  loading.assertNew(`attribute "${key}" of the group ${group.id}`, [...at, 'key']);
  state.groupAttributes.put({
    id,
    groupId: group.id,
    key,
    value,
    creatorId: getPlayer(loading, creator_id, [...at, 'creator_id'], group.gameId).id,
    othersCanEdit: others_can_edit,
  });
}

export function dumpGroup(group: Group, state: State): GroupEntry {
  const within = [group.id];
  return {
    id: group.id,
    game_id: group.gameId,
    name: group.name,
    group_type: group.groupType,
    max_group_size: group.maxGroupSize,
    can_auto_join: group.canAutoJoin,
    is_invite_only: group.isInviteOnly,
    searchable: group.searchable,
    admins_only_can_create_attributes: group.adminsOnlyCanCreateAttributes,
    connections: [...state.memberships.list('group', { within })].sort(byId).map(dumpConnection),
    attributes: [...state.groupAttributes.list('group', { within })].map(dumpAttribute),
  };
}

function byId(one: Membership, other: Membership): number {
  return one.id - other.id;
}

function dumpConnection({ id, userId, standing, isAdmin, inviterId }: Membership): ConnectionEntry {
  return { id, user_id: userId, standing, admin: isAdmin, inviter_id: inviterId };
}

function dumpAttribute({ id, key, value, creatorId, othersCanEdit }: GroupAttribute): GroupAttributeEntry {
  return { id, key, value, creator_id: creatorId, others_can_edit: othersCanEdit };
}
