import { refused } from '../../../core/wire/failure.ts';
import type { User } from '../state.ts';
import { findCursor, getUserByCursor, toCursor } from '../cursor.ts';
import type { KlaimOperation } from '../operation.ts';
import { presentCreatedUser, presentUser } from '../present.ts';
import { addUser, findUserById, saveUser } from '../users.ts';

// FIDELITY: create alone spells it `userId`; the identity page says `user_id`. Both are accepted
// (vendor docs, "add user" and "user_id and klaim_id"). ASSUMED: the documented spelling wins; null in a field that
// is optional counts as not sent, as many clients write it.
export const createUser: KlaimOperation<'createUser'> = (call) => {
  const { email, userId, user_id, name, metadata } = call.body;
  const user = addUser(call, {
    appId: call.principal.appId,
    userId: userId ?? user_id ?? undefined,
    email,
    acquisitionSource: 'api',
    name: name ?? undefined,
    metadata: metadata ?? undefined,
  });
  return { status: 200, body: presentCreatedUser(user) };
};

export const listUsers: KlaimOperation<'listUsers'> = ({ query, body, state, principal: { appId }, options }) => {
  const { pageSize, fullPage } = options;
  const cursor = findCursor(query, body);
  const from = cursor && getUserByCursor(cursor, appId, state);
  const after = from && { after: [appId, from.createdAt, from.place, from.klaimId] };
  // One more than a page, which shows whether users follow.
  const users: User[] = [];
  for (const user of state.users.list('created', { within: [appId], ...after })) {
    if (users.push(user) > pageSize) break;
  }
  const page = users.slice(0, pageSize);
  const goesOn = users.length > pageSize || (users.length === pageSize && fullPage === 'goes-on');
  const last = goesOn ? page.at(-1) : undefined;
  return {
    status: 200,
    body: {
      message: 'fetch resource successfully',
      data: page.map(presentUser),
      // ASSUMED: by default only if more users follow.
      ...(last && { lastKey: toCursor(last) }),
    },
  };
};

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
