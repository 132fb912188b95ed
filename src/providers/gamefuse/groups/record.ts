import { defineCollection } from '../../../core/store/collection.ts';
import type { GameId, UserId } from '../ids.ts';

export interface Group {
  readonly id: number;
  readonly gameId: GameId;
  readonly name: string;
  readonly groupType: string;
  /** `null` for as many as like. */
  readonly maxGroupSize: number | null;
  readonly canAutoJoin: boolean;
  readonly isInviteOnly: boolean;
  readonly searchable: boolean;
  readonly adminsOnlyCanCreateAttributes: boolean;
}

/** `removed` stays, so that who was removed by an admin cannot join again. */
export type Standing = 'requested' | 'invited' | 'member' | 'removed';

/** How a player stands to a group. */
export interface Membership {
  readonly id: number;
  readonly groupId: number;
  readonly userId: UserId;
  readonly standing: Standing;
  readonly isAdmin: boolean;
  /** Of an invitation. */
  readonly inviterId: UserId | null;
}

export interface GroupAttribute {
  readonly id: number;
  readonly groupId: number;
  readonly key: string;
  readonly value: string;
  /** FIDELITY: the player who made it; the docs say the group (client tests). */
  readonly creatorId: UserId;
  readonly othersCanEdit: boolean;
}

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
