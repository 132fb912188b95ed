import type { UserId } from './ids.ts';
import type { State, User } from './state.ts';
import type { components } from '../../generated/gamefuse.ts';
import { getUser } from './users.ts';

type Schemas = components['schemas'];

/**
 * Presents a player as other players see it in lists.
 *
 * FIDELITY: these keys in this order (a response of the service in the REST docs of 2025), with the current credits.
 */
export function presentCard(user: User): Schemas['Card'] {
  const { id, username, credits, score, email } = user;
  return { id, username, credits, score, email, is_new_user: isNew(user) };
}

export function presentCardOf(state: State, id: UserId): Schemas['Card'] {
  return presentCard(getUser(state, id));
}

/** ASSUMED: a user is new until the first sign-in. */
export function isNew({ numberOfLogins }: Pick<User, 'numberOfLogins'>): boolean {
  return numberOfLogins === 0;
}
