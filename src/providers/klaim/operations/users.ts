import { refused } from '../../../core/wire/failure.ts';
import type { AppId, State, User } from '../state.ts';
import { toAmount } from '../../../core/values/decimal.ts';
import { findCursor, getUserByCursor, toCursor } from '../cursor.ts';
import type { KlaimOperation } from '../operation.ts';
import { presentCreatedUser, presentUser } from '../present.ts';
import { createKlaimId, findUserById, saveUser } from '../users.ts';

// FIDELITY: create alone spells it `userId`; the identity page says `user_id`. Both are accepted
// (vendor docs, "add user" and "user_id and klaim_id"). ASSUMED: the documented spelling wins; null in a field that
// is optional counts as not sent, as many clients write it.
export const createUser: KlaimOperation<'createUser'> = ({ body, state, principal, now, random }) => {
  const klaimId = createKlaimId(state, now, random);
  const user: User = {
    klaimId,
    appId: principal.appId,
    userId: body.userId ?? body.user_id ?? klaimId,
    email: body.email,
    creditBalance: toAmount(0),
    createdAt: now,
    place: state.users.size,
    acquisitionSource: 'api',
    name: body.name ?? undefined,
    metadata: body.metadata ?? undefined,
  };
  saveUser(state, user);
  return { status: 200, body: presentCreatedUser(user) };
};

export const listUsers: KlaimOperation<'listUsers'> = ({ query, body, state, principal: { appId }, options }) => {
  const cursor = findCursor(query, body);
  const after = cursor && getUserByCursor(cursor, appId, state);
  const { users, more } = takePage(state, appId, after, options.pageSize);
  const isFull = users.length === options.pageSize;
  const last = more || (isFull && options.fullPage === 'goes-on') ? users.at(-1) : undefined;
  return {
    status: 200,
    body: {
      message: 'fetch resource successfully',
      data: users.map(presentUser),
      // ASSUMED: by default only if more users follow.
      ...(last && { lastKey: toCursor(last) }),
    },
  };
};

function takePage(
  state: State,
  appId: AppId,
  last: User | undefined,
  size: number,
): { readonly users: readonly User[]; readonly more: boolean } {
  const users: User[] = [];
  const after = last && { after: [appId, last.createdAt, last.place, last.klaimId] };
  for (const user of state.users.list('created', { within: [appId], ...after })) {
    if (users.length === size) return { users, more: true };
    users.push(user);
  }
  return { users, more: false };
}

export const getUser: KlaimOperation<'getUser'> = ({ path, state, principal }) => {
  const user = findUserById(state, principal.appId, path.user_id);
  if (!user) return refused('NO_SUCH_USER');
  return { status: 200, body: { message: 'fetch resource successfully', ...presentUser(user) } };
};

// FIDELITY: an update has the message of a fetch (vendor docs, "update user").
// ASSUMED: metadata is replaced as a whole; null leaves a field as it is.
export const updateUser: KlaimOperation<'updateUser'> = ({ path, body, state, principal }) => {
  const user = findUserById(state, principal.appId, path.user_id);
  if (!user) return refused('NO_SUCH_USER');
  const updated: User = {
    ...user,
    userId: body.user_id ?? user.userId,
    email: body.email ?? user.email,
    name: body.name ?? user.name,
    metadata: body.metadata ?? user.metadata,
  };
  saveUser(state, updated);
  return { status: 200, body: { message: 'fetch resource successfully', ...presentUser(updated) } };
};
