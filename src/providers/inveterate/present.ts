import { renderInstant, renderInstantOrNull } from '../../core/values/clock.ts';
import type { Amount } from '../../core/values/decimal.ts';
import type { Entry, Member, Merchant, Redemption } from './state.ts';
import type { components } from './types.ts';

type Schemas = components['schemas'];

/** FIDELITY: decimal major units as a JSON number (vendor docs): the shortest one that means the decimal. */
export function presentAmount(amount: Amount): number {
  return Math.min(Number(amount), Number.MAX_VALUE);
}

/**
 * FIDELITY: the names (vendor docs, webhooks). ASSUMED: that the ledger has those that are not of v1, and that
 * what was taken is negative.
 */
export function presentEntry(entry: Entry): Schemas['CreditEntry'] {
  const createdAt = renderInstant(entry.createdAt);
  return {
    merchantId: entry.merchantId,
    customerId: entry.customerId,
    amount: presentAmount(entry.amount),
    previousBalance: presentAmount(entry.previousBalance),
    newBalance: presentAmount(entry.newBalance),
    reason: entry.reason,
    note: entry.note,
    appliedBy: entry.appliedBy,
    orderId: entry.orderId,
    expirationDate: renderInstantOrNull(entry.expiresAt),
    createdAt,
    updatedAt: createdAt,
  };
}

/** FIDELITY: `null` without an active code (v1 docs). */
export function presentRedemption(redemption: Redemption | null): Schemas['Redemption'] {
  return redemption && { code: redemption.code, value: presentAmount(redemption.value) };
}

/** FIDELITY: the names (vendor docs). ASSUMED: the values of states, and `null` for what is not known or not emulated. */
export function presentMember(member: Member): Schemas['Member'] {
  const joinedAt = renderInstant(member.joinedAt);
  const totalSpend = presentAmount(member.totalSpend);
  return {
    merchantId: member.merchantId,
    customerId: member.customerId,
    accountState: 'ENABLED',
    anonymized: false,
    contractId: null,
    createdAt: joinedAt,
    credit: presentAmount(member.balance),
    creditsEarned: presentAmount(member.earned),
    email: member.email,
    firstName: member.firstName,
    lastName: member.lastName,
    joinedAt,
    lastCreditRedemptionAt: renderInstantOrNull(member.lastRedemptionAt),
    lastPurchaseAt: renderInstantOrNull(member.lastPurchaseAt),
    notes: member.notes,
    numberOfCreditRedemptions: member.redemptions,
    orderCount: member.orderIds.length,
    orderIds: [...member.orderIds],
    paymentId: null,
    phoneNumber: member.phoneNumber,
    referrals: member.referrals,
    referredBy: null,
    revenue: totalSpend,
    status: 'ACTIVE',
    totalSpend,
    updatedAt: renderInstant(member.updatedAt),
  };
}

/** ASSUMED: nothing is told of its shape. */
export function presentMerchant({
  merchantId,
  name,
  shopDomain,
  currency,
}: Merchant): Schemas['FoundMerchant']['data'] {
  return { merchantId, name, shopDomain, currency };
}
