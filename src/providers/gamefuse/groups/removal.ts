import { dropChat } from '../chats/removal.ts';
import type { State } from '../state.ts';
import type { Group } from './record.ts';

/** A group goes with its members, its attributes and its chat. */
export function dropGroup(state: State, group: Group): void {
  const within = [group.id];
  for (const { id } of [...state.memberships.list('group', { within })]) state.memberships.delete(String(id));
  for (const { id } of [...state.groupAttributes.list('group', { within })]) state.groupAttributes.delete(String(id));
  const chat = state.chats.findBy('group', group.id);
  if (chat) dropChat(state, chat);
  state.groups.delete(String(group.id));
}
