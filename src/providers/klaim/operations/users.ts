import type { App, State, User } from '../state.ts';
import { toAmount } from '../../../core/decimal.ts';
import { parseCursor, toCursor } from '../cursor.ts';
import type { KlaimOperation } from '../operation.ts';
import { presentCreatedUser, presentUser } from '../present.ts';
import { createKlaimId, getUserById, saveUser } from '../users.ts';

/** ASSUMED: nothing is said of the size of a page. */
const PAGE_SIZE = 100;

// FIDELITY: create alone spells it `userId`; the identity page says `user_id`. Both are taken
// (vendor docs, "add user" and "user_id and klaim_id"). ASSUMED: the documented spelling wins.
export const createUser: KlaimOperation<'createUser'> = ({ body, state, principal, now, random }) => {
  const klaimId = createKlaimId(state, now, random);
  const user: User = {
    klaimId,
    appId: principal.appId,
    userId: body.userId ?? body.user_id ?? klaimId,
    email: body.email,
    creditBalance: toAmount(0),
    createdAt: now,
    acquisitionSource: 'api',
    name: body.name,
    metadata: body.metadata,
  };
  saveUser(state, user);
  return { status: 200, body: presentCreatedUser(user) };
};

export const listUsers: KlaimOperation<'listUsers'> = ({ query, state, principal }) => {
  const { appId } = principal;
  const after = query.starting_after === undefined ? undefined : parseCursor(query.starting_after, appId);
  const page = takePage(state, principal, after);
  const last = page.more ? page.users.at(-1)?.klaimId : undefined;
  return {
    status: 200,
    body: {
      message: 'fetch resource successfully',
      data: page.users.map(presentUser),
      // ASSUMED: only where more users follow.
      ...(last === undefined ? undefined : { lastKey: toCursor(appId, last) }),
    },
  };
};

function takePage(
  state: State,
  { appId }: App,
  after: string | undefined,
): { readonly users: readonly User[]; readonly more: boolean } {
  const users: User[] = [];
  const start = after === undefined ? undefined : [appId, after];
  for (const user of state.users.list('klaimId', { within: [appId], ...(start && { after: start }) })) {
    if (users.length === PAGE_SIZE) return { users, more: true };
    users.push(user);
  }
  return { users, more: false };
}

export const getUser: KlaimOperation<'getUser'> = ({ path, state, principal }) => {
  const user = getUserById(state, principal.appId, path.user_id);
  return { status: 200, body: { message: 'fetch resource successfully', ...presentUser(user) } };
};

// FIDELITY: an update answers with the words of a fetch (vendor docs, "update user").
// ASSUMED: metadata is replaced as a whole.
export const updateUser: KlaimOperation<'updateUser'> = ({ path, body, state, principal }) => {
  const user = getUserById(state, principal.appId, path.user_id);
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
