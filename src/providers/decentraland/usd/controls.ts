import type { Control } from '../../../core/provider/provider.ts';
import { text, toObjectSchema } from '../../../core/values/json-schema.ts';
import { toSalt } from '../credit-signature.ts';
import { assert } from '../errors.ts';
import type { Decentraland } from '../operation.ts';
import { address, toAddress, type Order, type Purchase, type State } from '../state.ts';
import { presentOrder, presentPurchase } from './present.ts';
import { creditOrder, listHeld } from './purses.ts';

interface Ordered {
  readonly orderId: string;
}

const DONE: ReadonlySet<Order['status']> = new Set<Order['status']>(['credited', 'failed', 'abandoned']);

function getOpenOrder(state: State, id: string): Order {
  const order = state.orders.find(id);
  assert(order, 'ORDER_NOT_FOUND');
  assert(!DONE.has(order.status), 'ORDER_DONE');
  return order;
}

/** FIDELITY: the states paid, processing and credited, in this order (shop client). */
export const payOrder: Control<Decentraland, Ordered & { readonly status?: 'processing' | 'crediting' | 'credited' }> =
  {
    describe: 'Pay an order. Adds its credits to the balance, unless `status` is an earlier state.',
    schema: toObjectSchema(['orderId'], {
      orderId: text,
      status: { enum: ['processing', 'crediting', 'credited'], default: 'credited' },
    }),
    run: ({ state, ids, args: { orderId, status = 'credited' } }) => {
      const order = getOpenOrder(state, orderId);
      if (status === 'credited') return presentOrder(creditOrder({ state, ids }, order));
      const paid: Order = { ...order, status };
      state.orders.put(paid);
      return presentOrder(paid);
    },
  };

function defineEnd(describe: string, status: 'failed' | 'abandoned'): Control<Decentraland, Ordered> {
  return {
    describe,
    schema: toObjectSchema(['orderId'], { orderId: text }),
    run: ({ state, args }) => {
      const order: Order = { ...getOpenOrder(state, args.orderId), status };
      state.orders.put(order);
      return presentOrder(order);
    },
  };
}

export const failOrder = defineEnd('Fail the payment of an order.', 'failed');
export const abandonOrder = defineEnd('Abandon an order, as a buyer that does not pay.', 'abandoned');

interface Settlement {
  readonly address: string;
  readonly salt: string;
  readonly txHash?: string;
}

/** FIDELITY: a purchase is settled on the chain, and costs the held amount (shop client). */
export const settlePurchase: Control<Decentraland, Settlement> = {
  describe: 'Settle a purchase of a wallet on the chain. Spends the held amount.',
  schema: toObjectSchema(['address', 'salt'], {
    address,
    salt: { ...text, description: 'The id of the credit that was signed for the purchase.' },
    txHash: { ...text, description: 'If left out, the one that the client sent, or a generated one.' },
  }),
  run: ({ state, random, args }) => {
    const salt = args.salt.toLowerCase();
    const purchase = listHeld(state, toAddress(args.address)).find(({ id }) => toSalt(id) === salt);
    assert(purchase, 'PURCHASE_NOT_FOUND');
    const known = args.txHash ?? purchase.submittedTxHash;
    const txHash = known ?? `0x${random.text('transaction', '0123456789abcdef', 64)}`;
    const settled: Purchase = { ...purchase, status: 'SETTLED', txHash };
    state.purchases.put(settled);
    return presentPurchase(settled);
  },
};
