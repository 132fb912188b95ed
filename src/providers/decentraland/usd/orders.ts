import { assert } from '../errors.ts';
import { createUuid } from '../identifiers.ts';
import type { SharedOperation } from '../operation.ts';
import { getSigner, type Signer } from '../signatures/signer.ts';
import { toAddress, type Order, type State } from '../state.ts';
import { register } from '../wallets.ts';
import { presentListedOrder, presentOrder, presentPacks } from './present.ts';
import { PACKS, takePage } from './rules.ts';

export const listPacks: SharedOperation<'listPacks'> = () => ({ status: 200, body: presentPacks() });

// FIDELITY: an order of a pack, and the URL to pay it (shop and Unity clients). ASSUMED: buying registers the user.
export const checkout: SharedOperation<'checkout'> = (call) => {
  const { state, now, random, ids, body } = call;
  const pack = PACKS.find(({ id }) => id === body.packId);
  assert(pack, 'UNKNOWN_PACK');
  const { address } = register(call, getSigner(call.principal));
  const id = createUuid(random, 'order', (taken) => state.orders.find(taken) !== undefined);
  const { credits, usdCents } = pack;
  const order: Order = {
    id,
    address,
    packId: pack.id,
    credits,
    usdCents,
    status: 'initiated',
    newBalance: null,
    createdAt: now,
    place: ids.next('order'),
  };
  state.orders.put(order);
  return { status: 200, body: { orderId: id, url: toPaymentUrl(order) } };
};

function toPaymentUrl({ id }: Order): string {
  return `https://example.test/checkout/${id}`;
}

// FIDELITY: the order of another user is not found (shop client).
function getOwnOrder(state: State, principal: Signer, id: string): Order {
  const order = state.orders.find(id);
  assert(order?.address === getSigner(principal), 'ORDER_NOT_FOUND');
  return order;
}

export const getOrder: SharedOperation<'getOrder'> = ({ state, principal, path }) => ({
  status: 200,
  body: presentOrder(getOwnOrder(state, principal, path.orderId)),
});

// ASSUMED: a paid order does not change, and its status is returned.
export const cancelOrder: SharedOperation<'cancelOrder'> = ({ state, principal, path }) => {
  const order = getOwnOrder(state, principal, path.orderId);
  const status = order.status === 'initiated' ? 'abandoned' : order.status;
  if (status !== order.status) state.orders.put({ ...order, status });
  return { status: 200, body: { status } };
};

// FIDELITY: only an unpaid order can be resumed (shop client).
export const resumeOrder: SharedOperation<'resumeOrder'> = ({ state, principal, path }) => {
  const order = getOwnOrder(state, principal, path.orderId);
  if (order.status !== 'initiated') return { status: 409, body: { status: order.status } };
  return { status: 200, body: { url: toPaymentUrl(order) } };
};

// ASSUMED: earnings are always 0.
export const listOrders: SharedOperation<'listOrders'> = ({ state, path, query }) => {
  const within = [toAddress(path.address)];
  const { page, total } = takePage(state.orders.list('owner', { within, reverse: true }), query);
  return { status: 200, body: { orders: page.map(presentListedOrder), total, earnings: { items: [] } } };
};
