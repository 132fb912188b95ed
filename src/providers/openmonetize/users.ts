import type { Context } from '../../core/provider/call.ts';
import type { OpenMonetize } from './operation.ts';
import type { User } from './state.ts';

type NewUser = Pick<User, 'id' | 'customerId' | 'externalUserId'> & Partial<Pick<User, 'email' | 'metadata'>>;

/** Adds a user. No other user may have its ids. */
export function addUser(
  { state, now, ids }: Pick<Context<OpenMonetize>, 'state' | 'now' | 'ids'>,
  given: NewUser,
): User {
  const user: User = { email: null, metadata: null, ...given, createdAt: now, place: ids.next('user') };
  state.users.put(user);
  return user;
}
