import type { Instant } from '../../../core/values/clock.ts';
import type { components } from '../../../generated/decentraland.ts';
import type { components as WireComponents } from '../../../generated/decentraland-wire.ts';
import type { Order, Purchase, Purse } from '../state.ts';
import { PACKS, toCredits } from './rules.ts';

type Schemas = components['schemas'];

/** FIDELITY: the held amount is already subtracted from the balance, and present only if it is not 0 (shop client). */
export function presentUsd({ cents }: Purse, held: readonly Purchase[]): WireComponents['schemas']['UsdBalance'] {
  const balance = { balanceCents: cents, credits: toCredits(cents) };
  if (held.length === 0) return balance;
  const heldCents = held.reduce((sum, { usdCents }) => sum + usdCents, 0);
  return {
    ...balance,
    held: {
      cents: heldCents,
      credits: toCredits(heldCents),
      // ASSUMED: the time at which the first of them is released.
      releasesAtSeconds: Math.min(...held.map(({ expiresAt }) => toSeconds(expiresAt))),
      purchases: held.map(({ usdCents, expiresAt, contractAddress, itemId }) => ({
        credits: toCredits(usdCents),
        releasesAtSeconds: toSeconds(expiresAt),
        contractAddress,
        itemId,
      })),
    },
  };
}

export function toSeconds(instant: Instant): number {
  return Math.floor(instant / 1000);
}

/** FIDELITY: the fields (shop and Unity clients). ASSUMED: the URLs of pictures. */
export function presentPacks(): Schemas['Packs'] {
  return {
    packs: PACKS.map(({ id, usdCents, credits, recommended }, index) => ({
      id,
      usd: usdCents / 100,
      credits,
      recommended,
      order: index + 1,
      imageUrl: `https://example.test/packs/${id}.png`,
      imageUrlWebp: `https://example.test/packs/${id}.webp`,
    })),
  };
}

/** ASSUMED: the words of a failed payment. */
export function presentOrder({ status, credits, newBalance }: Order): Schemas['Order'] {
  if (status === 'failed') return { status, error: 'Payment failed' };
  return { status, ...(newBalance !== null && { creditsGranted: credits, newBalance }) };
}

export function presentListedOrder({ id, credits, usdCents, status, createdAt }: Order): Schemas['ListedOrder'] {
  return { id, credits, usdCents, status, createdAt: Math.max(createdAt, 0) };
}

export function presentPurchase(purchase: Purchase): Schemas['Purchase'] {
  const { id, tradeId, contractAddress, itemId, name, usdCents, amount, status, createdAt } = purchase;
  return {
    id,
    tradeId,
    contractAddress,
    itemId,
    registeredName: name,
    usdCents,
    credits: toCredits(usdCents),
    status,
    createdAt: Math.max(createdAt, 0),
    // ASSUMED: the whole reserved amount.
    manaSettledWei: status === 'SETTLED' ? amount : null,
    txHash: purchase.txHash,
    submittedTxHash: purchase.submittedTxHash,
  };
}
