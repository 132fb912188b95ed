import { assert } from '../errors.ts';
import type { GameFuseOperation } from '../operation.ts';
import { findFlag, findText, isGiven, isRecord, isScalar, parseJsonText } from '../parameters.ts';
import type { State, User } from '../state.ts';
import { findMembership, getGroup, isAdmin, isMember } from './members.ts';
import { presentAttribute, type ListForm } from './present.ts';
import type { GroupAttribute } from './record.ts';
import type { components } from '../../../generated/gamefuse.ts';

// FIDELITY: refused with 401 (client tests), although one client expects 403, as in the REST docs.
export const listGroupAttributes: GameFuseOperation<'listGroupAttributes'> = ({
  params,
  state,
  principal,
  options,
}) => {
  const group = getGroup(state, principal, params.group_id);
  assert(isMember(state, group.id, principal), 'GROUP_ATTRIBUTES_HIDDEN');
  const attributes = [...state.groupAttributes.list('group', { within: [group.id] })];
  return { status: 200, body: presentAll(attributes, state, principal, options.lists) };
};

// FIDELITY: any member can add attributes, or only admins if the group says so; the response has only the new ones
// (client tests). ASSUMED: an existing key gets the new value if the caller can change it.
export const addGroupAttributes: GameFuseOperation<'addGroupAttributes'> = (call) => {
  const { params, state, principal, ids, options } = call;
  const group = getGroup(state, principal, params.group_id);
  const pairs = readAttributes(params.attributes);
  const mayCreate = group.adminsOnlyCanCreateAttributes ? isAdmin : isMember;
  assert(mayCreate(state, group.id, principal), 'GROUP_ATTRIBUTE_REFUSED');
  const made = pairs.map((pair) => {
    const known = state.groupAttributes.findBy('key', group.id, pair.key);
    if (known) assertEditable(state, known, principal);
    const attribute: GroupAttribute = known
      ? { ...known, value: pair.value, othersCanEdit: pair.othersCanEdit ?? known.othersCanEdit }
      : {
          id: ids.next('group attribute'),
          groupId: group.id,
          key: pair.key,
          value: pair.value,
          creatorId: principal.id,
          othersCanEdit: pair.othersCanEdit ?? false,
        };
    state.groupAttributes.put(attribute);
    return attribute;
  });
  return { status: 200, body: presentAll(made, state, principal, options.lists) };
};

interface NewAttribute {
  readonly key: string;
  readonly value: string;
  readonly othersCanEdit: boolean | undefined;
}

function readAttributes(attributes: unknown): readonly NewAttribute[] {
  const list = typeof attributes === 'string' ? parseJsonText(attributes) : attributes;
  assert(Array.isArray(list) && list.length > 0, 'BAD_ATTRIBUTES');
  const named = new Set<string>();
  return list.map((item: unknown) => {
    assert(isRecord(item), 'BAD_ATTRIBUTES');
    const { key, value, others_can_edit, only_can_edit_by_creator } = item;
    assert(isGiven(key) && value !== undefined && value !== null, 'INCOMPLETE_ATTRIBUTE');
    assert(isScalar(key) && isScalar(value) && !named.has(String(key)), 'BAD_ATTRIBUTES');
    named.add(String(key));
    // FIDELITY: one client sends the opposite under another name (C++ client, v3).
    const byCreator = findFlag(only_can_edit_by_creator);
    const othersCanEdit = findFlag(others_can_edit) ?? (byCreator === undefined ? undefined : !byCreator);
    return { key: String(key), value: String(value), othersCanEdit };
  });
}

// FIDELITY: its creator, an admin, or any member if others can edit it (REST docs, v3; client tests).
export const modifyGroupAttribute: GameFuseOperation<'modifyGroupAttribute'> = (call) => {
  const { params, state, principal, options } = call;
  const group = getGroup(state, principal, params.group_id);
  const { key, value } = params;
  assert(isGiven(key) && isScalar(key) && isScalar(value), 'BAD_ATTRIBUTES');
  const known = state.groupAttributes.findBy('key', group.id, String(key));
  assert(known, 'NO_SUCH_GROUP_ATTRIBUTE');
  assertEditable(state, known, principal);
  const attribute = { ...known, value: findText(value) ?? '' };
  state.groupAttributes.put(attribute);
  return { status: 200, body: presentAttribute(attribute, true, options.lists) };
};

function assertEditable(state: State, attribute: GroupAttribute, user: User): void {
  assert(canEdit(state, attribute, user), 'GROUP_ATTRIBUTE_FIXED');
}

function canEdit(state: State, { groupId, creatorId, othersCanEdit }: GroupAttribute, user: User): boolean {
  const membership = findMembership(state, groupId, user.id);
  if (membership?.standing !== 'member') return false;
  return creatorId === user.id || membership.isAdmin || othersCanEdit;
}

function presentAll(
  attributes: readonly GroupAttribute[],
  state: State,
  user: User,
  lists: ListForm,
): components['schemas']['GroupAttributes'] {
  const shown = attributes.map((one) => presentAttribute(one, canEdit(state, one, user), lists));
  return lists === 'bare' ? shown : { attributes: shown };
}
