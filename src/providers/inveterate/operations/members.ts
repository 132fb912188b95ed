import { toAmount } from '../../../core/values/decimal.ts';
import { findObstacle } from '../cancellation.ts';
import { submit } from '../changes.ts';
import { assert } from '../errors.ts';
import { getMember, toEnrolment } from '../members.ts';
import type { InveterateOperation } from '../operation.ts';
import { takePage } from '../page.ts';
import { presentMember } from '../present.ts';
import { toOwnerKey, type CustomerId, type Merchant, type State } from '../state.ts';

/** ASSUMED: in joining order; both parameters are optional. */
export const findMembers: InveterateOperation<'MembersController_findAll'> = ({ query, state, principal }) => {
  const { items, last } = takePage(listMembers(state, principal, query.lastCustomerId), query.limit);
  return {
    status: 200,
    body: {
      message: 'Members found',
      data: {
        members: items.map((member) => presentMember(member, state)),
        ...(last && { lastCustomerId: last.customerId }),
      },
    },
  };
};

/**
 * ASSUMED: clients that take `lastCustomerId` as required start with an empty one or with 0, and every customer's
 * number is above 0.
 *
 * @throws BAD_CUSTOMER for a customer that is not a member of this merchant
 */
function listMembers(state: State, { merchantId }: Merchant, lastCustomerId = '') {
  const within = [merchantId];
  const last = state.members.find(toOwnerKey({ merchantId, customerId: lastCustomerId as CustomerId }));
  if (last) return state.members.list('joining', { within, after: [merchantId, last.place] });
  assert(lastCustomerId === '' || lastCustomerId === '0', 'BAD_CUSTOMER');
  return state.members.list('joining', { within });
}

export const findMember: InveterateOperation<'MembersController_findOne'> = ({ path, state, principal }) => ({
  status: 200,
  body: { message: 'Member found', data: presentMember(getMember(state, principal, path.id), state) },
});

/**
 * FIDELITY: all four are required (vendor docs, an older copy). ASSUMED: PUT and PATCH do the same, at once; empty texts
 * are accepted.
 */
export const updateMember: InveterateOperation<'MembersController_update'> = (call) => {
  const { path, body, state, principal, now } = call;
  const { firstName, lastName, notes, phoneNumber } = body;
  const updated = { ...getMember(state, principal, path.id), firstName, lastName, notes, phoneNumber, updatedAt: now };
  state.members.put(updated);
  return { status: 200, body: { message: 'Member updated', data: presentMember(updated, state) } };
};

/** FIDELITY: takes no body and responds before it has any effect (vendor docs). */
export const cancelMember: InveterateOperation<'StorefrontMembersController_cancel'> = (call) => {
  const { path, state, principal } = call;
  const member = getMember(state, principal, path.id);
  const obstacle = findObstacle(member);
  if (obstacle !== undefined) assert(false, obstacle);
  submit(call, member, { kind: 'cancellation' });
  return { status: 201, body: { message: 'Cancellation submitted', data: {} } };
};

/** FIDELITY: the fields (vendor docs). ASSUMED: `referrals`, a text there, is the number of referrals. */
export const createMember: InveterateOperation<'MembersController_create'> = (call) => {
  const { customerId, credits = 0, referrals: written = '' } = call.body;
  const owner = { merchantId: call.principal.merchantId, customerId: customerId as CustomerId };
  const referrals = /^\d{1,15}$/.test(written) ? Number(written) : 0;
  submit(call, owner, { kind: 'member', enrolment: toEnrolment(call.body), referrals, credits: toAmount(credits) });
  return { status: 201, body: { message: 'Member submitted', data: {} } };
};
