import { renderInstant } from '../../../core/values/clock.ts';
import { instant, orNull, text, toListSchema } from '../../../core/values/json-schema.ts';
import { listByPlace, loadEach, type Loading } from '../../../core/provider/loading.ts';
import { getOwner } from '../goals/fixture.ts';
import type { CreditId, State } from '../state.ts';
import { uuid, address } from '../written.ts';
import { toAmount } from '../../../core/values/decimal.ts';
import type { Order, OrderStatus, Purchase, PurchaseStatus } from './record.ts';

export interface UsdSections {
  readonly purses?: readonly PurseEntry[];
  readonly orders?: readonly OrderEntry[];
  readonly purchases?: readonly PurchaseEntry[];
}

interface PurseEntry {
  readonly address: string;
  readonly cents: number;
}

interface OrderEntry {
  readonly id: string;
  readonly address: string;
  readonly packId: string;
  readonly credits: number;
  readonly usdCents: number;
  readonly status?: OrderStatus;
  readonly newBalance?: number | null;
  readonly createdAt?: string;
}

interface PurchaseEntry {
  readonly id: string;
  readonly address: string;
  readonly usdCents: number;
  readonly amount: string;
  readonly status?: PurchaseStatus;
  readonly tradeId?: string | null;
  readonly contractAddress?: string | null;
  readonly itemId?: string | null;
  readonly name?: string | null;
  readonly createdAt?: string;
  readonly expiresAt: string;
  readonly submittedTxHash?: string | null;
  readonly txHash?: string | null;
}

const cents = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

export const usdSchemas = {
  purses: toListSchema(['address', 'cents'], {
    address,
    cents: { ...cents, description: 'US cents that can be spent, without what purchases hold.' },
  }),
  orders: toListSchema(['id', 'address', 'packId', 'credits', 'usdCents'], {
    id: uuid,
    address,
    packId: text,
    credits: cents,
    usdCents: { ...cents, description: 'The price.' },
    status: { enum: ['initiated', 'processing', 'crediting', 'credited', 'failed', 'abandoned'] },
    newBalance: orNull({ ...cents, description: 'Credits on the balance when they were put there.' }),
    createdAt: instant,
  }),
  purchases: toListSchema(['id', 'address', 'usdCents', 'amount', 'expiresAt'], {
    id: uuid,
    address,
    usdCents: cents,
    amount: { type: 'string', pattern: '^(0|[1-9][0-9]{0,76})$', description: 'Wei.' },
    status: { enum: ['PENDING', 'SETTLED', 'RELEASED'] },
    tradeId: orNull(text),
    contractAddress: orNull(text),
    itemId: orNull(text),
    name: orNull(text),
    createdAt: instant,
    expiresAt: { ...instant, description: 'When it is released: RFC 3339, or relative to the start, now+PT10M.' },
    submittedTxHash: orNull(text),
    txHash: orNull(text),
  }),
};

/** Behind wallets. */
export function loadUsdSections({ purses, orders, purchases }: UsdSections, loading: Loading<State>): void {
  const { state, context } = loading;
  loadEach(purses, ['purses'], (entry, at) => {
    const owner = getOwner(entry, at, loading);
    loading.assertNew(`purse of ${owner}`, [...at, 'address']);
    const place = state.purses.find(owner)?.place ?? context.ids.next('purse');
    state.purses.put({ address: owner, cents: entry.cents, place });
  });
  loadEach(orders, ['orders'], (entry, at) => {
    loading.assertNew(`order ${entry.id}`, [...at, 'id']);
    const order: Order = {
      ...entry,
      address: getOwner(entry, at, loading),
      status: entry.status ?? 'initiated',
      newBalance: entry.newBalance ?? null,
      createdAt: loading.parseInstant(entry.createdAt, [...at, 'createdAt']),
      place: state.orders.find(entry.id)?.place ?? context.ids.next('order'),
    };
    state.orders.put(order);
  });
  loadEach(purchases, ['purchases'], (entry, at) => {
    loading.assertNew(`purchase ${entry.id}`, [...at, 'id']);
    const { usdCents, tradeId = null, contractAddress = null, itemId = null, name = null } = entry;
    const id = entry.id as CreditId;
    const expiresAt = loading.parseInstant(entry.expiresAt, [...at, 'expiresAt']);
    const purchase: Purchase = {
      id,
      address: getOwner(entry, at, loading),
      usdCents,
      amount: toAmount(entry.amount),
      status: entry.status ?? 'PENDING',
      tradeId,
      contractAddress,
      itemId,
      name,
      createdAt: loading.parseInstant(entry.createdAt, [...at, 'createdAt']),
      expiresAt,
      submittedTxHash: entry.submittedTxHash ?? null,
      txHash: entry.txHash ?? null,
      place: state.purchases.find(id)?.place ?? context.ids.next('purchase'),
    };
    state.purchases.put(purchase);
    // What should have been released by the time of the seed is at once.
    if (purchase.status === 'PENDING') context.schedule(expiresAt, 'release', { id });
  });
}

export function dumpUsdSections(state: State): UsdSections {
  return {
    purses: listByPlace(state.purses).map(({ address: owner, cents: left }) => ({ address: owner, cents: left })),
    orders: listByPlace(state.orders).map(({ place: _, createdAt, ...order }) => ({
      ...order,
      createdAt: renderInstant(createdAt),
    })),
    purchases: listByPlace(state.purchases).map(({ place: _, createdAt, expiresAt, ...purchase }) => ({
      ...purchase,
      createdAt: renderInstant(createdAt),
      expiresAt: renderInstant(expiresAt),
    })),
  };
}
