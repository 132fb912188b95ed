import { assert } from '../errors.ts';
import { createId } from '../identifiers.ts';
import type { HeadOperation } from '../operation.ts';
import { presentNewUser, presentUser, presentUserDetails } from '../present.ts';
import type { UserId } from '../state.ts';
import { addUser } from '../users.ts';

// FIDELITY: the id is the service's own, which grants do not accept (real server); metadata that is left out is an empty
// object here, but null for users that were made otherwise (server source).
export const createUser: HeadOperation<'createUser'> = ({ body, principal, ...context }) => {
  const { state, random } = context;
  const { externalUserId, email = null, metadata = {} } = body;
  assert(!state.users.findBy('external', principal.id, externalUserId), 'USER_TAKEN');
  const id = createId(random, 'user', state.users) as UserId;
  const user = addUser(context, { id, customerId: principal.id, externalUserId, email, metadata });
  return { status: 201, body: presentNewUser(user) };
};

// FIDELITY: newest first; `search` matches part of the external id or e-mail and ignores case (server source).
export const listUsers: HeadOperation<'listUsers'> = ({ query, state, principal }) => {
  const { limit = 50, offset = 0, search = '' } = query;
  const sought = search.toLowerCase();
  const found = [...state.users.list('created', { within: [principal.id], reverse: true })].filter(
    ({ externalUserId, email }) =>
      externalUserId.toLowerCase().includes(sought) || email?.toLowerCase().includes(sought) === true,
  );
  const page = found.slice(offset, offset + limit);
  return {
    status: 200,
    body: {
      data: page.map((user) => presentUser(user, state)),
      pagination: { limit, offset, total: found.length },
    },
  };
};

export const getUser: HeadOperation<'getUser'> = ({ path, state, principal }) => {
  const user = state.users.find(path.userId);
  assert(user?.customerId === principal.id, 'NO_SUCH_USER');
  return { status: 200, body: presentUserDetails(user, state) };
};
