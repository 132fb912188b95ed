import { toAmount } from '../../../core/values/decimal.ts';
import { submit } from '../changes.ts';
import { assert } from '../errors.ts';
import { getMember, toEnrolment } from '../members.ts';
import type { InveterateOperation } from '../operation.ts';
import { takePage } from '../page.ts';
import { presentMember } from '../present.ts';
import { toOwnerKey, type CustomerId, type Merchant, type State } from '../state.ts';

/** ASSUMED: in the order in which they joined; both parameters may be left out. */
export const findMembers: InveterateOperation<'MembersController_findAll'> = ({ query, state, principal }) => {
  const { items, last } = takePage(listMembers(state, principal, query.lastCustomerId), query.limit);
  return {
    status: 200,
    body: {
      message: 'Members found',
      data: { members: items.map(presentMember), ...(last && { lastCustomerId: last.customerId }) },
    },
  };
};

/**
 * ASSUMED: clients that take `lastCustomerId` for required begin with an empty one, or with 0, below which no
 * customer's number lies.
 *
 * @throws BAD_CUSTOMER for one that is no member of this merchant
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
  body: { message: 'Member found', data: presentMember(getMember(state, principal, path.id)) },
});

/** FIDELITY: what it takes (vendor docs). ASSUMED: `referrals`, a text there, is how many there are. */
export const createMember: InveterateOperation<'MembersController_create'> = (call) => {
  const { customerId, credits = 0, referrals = '' } = call.body;
  submit(
    call,
    { merchantId: call.principal.merchantId, customerId: customerId as CustomerId },
    {
      kind: 'member',
      enrolment: toEnrolment(call.body),
      referrals: /^\d{1,15}$/.test(referrals) ? Number(referrals) : 0,
      credits: toAmount(credits),
    },
  );
  return { status: 201, body: { message: 'Member submitted', data: {} } };
};
