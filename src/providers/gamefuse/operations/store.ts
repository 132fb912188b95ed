import { assert } from '../errors.ts';
import { findStoreItem } from '../games.ts';
import type { GameFuseOperation } from '../operation.ts';
import { toFlag, toWhole } from '../parameters.ts';
import { presentStore } from '../present.ts';
import { payFor, toCount } from '../rules.ts';
import { getUser } from '../users.ts';

export const listUserStoreItems: GameFuseOperation<'listUserStoreItems'> = ({ params, state }) => ({
  status: 200,
  body: presentStore(state, getUser(state, toWhole(params.id))),
});

// FIDELITY: taking the price and adding the item is one step; a user owns an item at most once (REST docs, v2; client
// tests).
export const purchaseStoreItem: GameFuseOperation<'purchaseStoreItem'> = (call) => {
  const { params, state, principal, ids } = call;
  const item = findStoreItem(state, principal, params.store_item_id);
  assert(item, 'NO_SUCH_ITEM');
  const owned = state.purchases.findBy('item', principal.id, item.id) !== undefined;
  const user = { ...principal, credits: payFor(item, principal.credits, owned) };
  state.users.put(user);
  state.purchases.put({ id: ids.next('purchase'), userId: user.id, storeItemId: item.id });
  call.note({ memo: item.name });
  return { status: 200, body: presentStore(state, user) };
};

// FIDELITY: a GET that changes data; it returns credits only with `reimburse` (REST docs, v2; clients).
// ASSUMED: it returns the current price.
export const removeStoreItem: GameFuseOperation<'removeStoreItem'> = (call) => {
  const { params, state, principal } = call;
  const item = findStoreItem(state, principal, params.store_item_id);
  const purchase = item && state.purchases.findBy('item', principal.id, item.id);
  assert(purchase, 'ITEM_NOT_OWNED');
  const refund = toFlag(params.reimburse) ? item.cost : 0;
  const user = { ...principal, credits: toCount(principal.credits + refund) };
  state.users.put(user);
  state.purchases.delete(String(purchase.id));
  call.note({ memo: item.name });
  return { status: 200, body: presentStore(state, user) };
};
