import type { Context } from '../../../core/provider/call.ts';
import type { Decentraland } from '../operation.ts';
import { assert } from '../errors.ts';
import type { Address, Order, Purchase, Purse, State } from '../state.ts';
import { CREDIT } from './rules.ts';

type Writing = Pick<Context<Decentraland>, 'state' | 'ids'>;

export function findCents(state: State, address: Address): number {
  return state.purses.find(address)?.cents ?? 0;
}

/** @param delta cents, negative to subtract */
export function addCents({ state, ids }: Writing, address: Address, delta: number): Purse {
  const before = state.purses.find(address);
  const purse: Purse = {
    address,
    cents: (before?.cents ?? 0) + delta,
    place: before?.place ?? ids.next('purse'),
  };
  assert(purse.cents <= Number.MAX_SAFE_INTEGER, 'BAD_REQUEST');
  state.purses.put(purse);
  return purse;
}

/** Adds the credits of an order to the balance. */
export function creditOrder(writing: Writing, order: Order): Order {
  const { cents } = addCents(writing, order.address, order.credits * CREDIT);
  const credited: Order = { ...order, status: 'credited', newBalance: Math.floor(cents / CREDIT) };
  writing.state.orders.put(credited);
  return credited;
}

/** Lists the purchases with held cents, oldest first. */
export function listHeld(state: State, address: Address): readonly Purchase[] {
  const pending: Purchase['status'] = 'PENDING';
  return [...state.purchases.list('status', { within: [address, pending] })];
}

/** Releases the cents held for a purchase. */
export function release(writing: Writing, purchase: Purchase): void {
  writing.state.purchases.put({ ...purchase, status: 'RELEASED' });
  addCents(writing, purchase.address, purchase.usdCents);
}

/** Runs the scheduled item `release`. */
export function endHold(context: Context<Decentraland>, payload: object): void {
  // Scheduled only by an authorization or a fixture's purchase.
  const purchase = context.state.purchases.find((payload as { readonly id: string }).id);
  if (purchase?.status === 'PENDING' && context.now >= purchase.expiresAt) release(context, purchase);
}
