import type { Context } from '../../../core/provider/call.ts';
import type { Decentraland } from '../operation.ts';
import { assert } from '../errors.ts';
import type { Address, State } from '../state.ts';
import { CREDIT } from './rules.ts';
import type { Order, Purchase, PurchaseStatus, Purse } from './record.ts';

type Writing = Pick<Context<Decentraland>, 'state' | 'ids'>;

export function findCents(state: State, address: Address): number {
  return state.purses.find(address)?.cents ?? 0;
}

/** @param delta cents, negative for what is taken */
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

/** Puts the credits of an order on the balance. */
export function creditOrder(writing: Writing, order: Order): Order {
  const { cents } = addCents(writing, order.address, order.credits * CREDIT);
  const credited: Order = { ...order, status: 'credited', newBalance: Math.floor(cents / CREDIT) };
  writing.state.orders.put(credited);
  return credited;
}

/** Those whose cents are held, the oldest first. */
export function listHeld(state: State, address: Address): readonly Purchase[] {
  const pending: PurchaseStatus = 'PENDING';
  return [...state.purchases.list('status', { within: [address, pending] })];
}

/** Gives back what is held for a purchase. */
export function release(writing: Writing, purchase: Purchase): void {
  writing.state.purchases.put({ ...purchase, status: 'RELEASED' });
  addCents(writing, purchase.address, purchase.usdCents);
}

/** A due item of kind `release`. */
export function endHold(context: Context<Decentraland>, payload: object): void {
  // Only an authorization, or a fixture's purchase, schedules it.
  const purchase = context.state.purchases.find((payload as { readonly id: string }).id);
  if (purchase?.status === 'PENDING' && context.now >= purchase.expiresAt) release(context, purchase);
}
