import { anyText, flag, integer, list, oneOf, text, type RecordOf } from '../../../core/provider/fields.ts';
import { defineCollection } from '../../../core/store/collection.ts';
import { id, type GameId, type UserId } from '../ids.ts';

const membershipFields = {
  id: id(),
  user_id: id<UserId>(),
  standing: oneOf('requested', 'invited', 'member', 'removed').describe('A player with `removed` cannot join again.'),
  admin: flag().or(false).as('isAdmin'),
  inviter_id: id<UserId>().orNull(),
};

/** The relation of a player to a group: request, invitation or membership. */
export interface Membership extends RecordOf<typeof membershipFields> {
  readonly groupId: number;
}

/** `removed` is kept, so that a player whom an admin removed cannot join again. */
export type Standing = Membership['standing'];

const groupAttributeFields = {
  id: id(),
  key: text(),
  value: anyText(),
  // FIDELITY: the creator is the player (client tests); the docs say the group.
  creator_id: id<UserId>(),
  others_can_edit: flag().or(false),
};

export interface GroupAttribute extends RecordOf<typeof groupAttributeFields> {
  readonly groupId: number;
}

export const groupFields = {
  id: id(),
  game_id: id<GameId>(),
  name: text(),
  group_type: text().or('default'),
  /** `null` for no limit. */
  max_group_size: integer().orNull(),
  can_auto_join: flag().or(false),
  is_invite_only: flag().or(false),
  searchable: flag().or(true),
  admins_only_can_create_attributes: flag().or(true),
  connections: list(membershipFields).or([]),
  attributes: list(groupAttributeFields).or([]),
};

export type Group = Omit<RecordOf<typeof groupFields>, 'connections' | 'attributes'>;

export const groups = defineCollection({
  key: (group: Group) => String(group.id),
  // FIDELITY: oldest first (client tests).
  orders: { game: (group) => [group.gameId, group.id] },
});

export const memberships = defineCollection({
  key: (membership: Membership) => String(membership.id),
  unique: { pair: ({ groupId, userId }) => [groupId, userId] },
  orders: {
    group: ({ groupId, standing, id }) => [groupId, standing, id],
    user: ({ userId, standing, id }) => [userId, standing, id],
  },
});

export const groupAttributes = defineCollection({
  key: (attribute: GroupAttribute) => String(attribute.id),
  unique: { key: ({ groupId, key }) => [groupId, key] },
  orders: { group: ({ groupId, id }) => [groupId, id] },
});
