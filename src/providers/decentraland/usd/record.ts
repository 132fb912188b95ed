import { defineCollection } from '../../../core/store/collection.ts';
import type { Amount } from '../../../core/values/decimal.ts';
import type { Instant } from '../../../core/values/clock.ts';
import type { Address, CreditId } from '../addresses.ts';

/** A wallet's credits bought with dollars. It exists once the wallet had some. */
export interface Purse {
  readonly address: Address;
  /** Spendable US cents, without the cents held for purchases. */
  readonly cents: number;
  readonly place: number;
}

export type OrderStatus = 'initiated' | 'processing' | 'crediting' | 'credited' | 'failed' | 'abandoned';

/** An order of a pack of credits. */
export interface Order {
  readonly id: string;
  readonly address: Address;
  readonly packId: string;
  readonly credits: number;
  /** The price. */
  readonly usdCents: number;
  readonly status: OrderStatus;
  /** The balance after the credits were added; null until then. */
  readonly newBalance: number | null;
  readonly createdAt: Instant;
  readonly place: number;
}

export type PurchaseStatus = 'PENDING' | 'SETTLED' | 'RELEASED';

/** Cents held for a purchase until it is settled on the chain or the hold ends. */
export interface Purchase {
  /** The UUID of the credit signed for it. Its salt identifies it on the chain. */
  readonly id: CreditId;
  readonly address: Address;
  readonly usdCents: number;
  /** Wei. */
  readonly amount: Amount;
  readonly status: PurchaseStatus;
  readonly tradeId: string | null;
  readonly contractAddress: string | null;
  readonly itemId: string | null;
  readonly name: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly submittedTxHash: string | null;
  readonly txHash: string | null;
  readonly place: number;
}

export const usdCollections = {
  purses: defineCollection({
    key: (purse: Purse) => purse.address,
    balances: [{ field: 'cents', unit: 'usd-cent', tenant: () => 'decentraland', account: (purse) => purse.address }],
  }),
  orders: defineCollection({
    key: (order: Order) => order.id,
    orders: { owner: ({ address, createdAt, place }) => [address, createdAt, place] },
  }),
  purchases: defineCollection({
    key: (purchase: Purchase) => purchase.id,
    orders: {
      owner: ({ address, createdAt, place }) => [address, createdAt, place],
      status: ({ address, status, createdAt, place }) => [address, status, createdAt, place],
    },
  }),
};
