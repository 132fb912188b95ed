import { assert } from './errors.ts';
import type { Customer } from './state.ts';

/** FIDELITY: plain equality, so that the same UUID in capitals is another customer (real server). */
export function assertOwn(customer: Customer, customerId: string | undefined): void {
  assert(customerId === customer.id, 'FOREIGN_CUSTOMER');
}
