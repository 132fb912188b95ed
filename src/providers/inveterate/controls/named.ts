import { assert } from '../errors.ts';
import { toOwnerKey, type CustomerId, type Member, type MerchantId, type Owner, type State } from '../state.ts';

/** A member as controls name it. */
export interface Named {
  readonly merchantId: string;
  readonly customerId: string;
}

export const customerId = { type: 'string', pattern: '^[0-9]{1,32}$' };
export const credits = { type: 'number', exclusiveMinimum: 0 };

export function toOwner({ merchantId, customerId: id }: Named): Owner {
  return { merchantId: merchantId as MerchantId, customerId: id as CustomerId };
}

/** @throws CONTROL_WITHOUT_MEMBER */
export function getNamed(state: State, named: Named): Member {
  const member = state.members.find(toOwnerKey(toOwner(named)));
  assert(member, 'CONTROL_WITHOUT_MEMBER');
  return member;
}
