import { renderInstant, renderInstantOrNull } from '../../core/values/clock.ts';
import type { Amount } from '../../core/values/decimal.ts';
import { findTier } from './members.ts';
import type { Benefit, Entry, Member, Merchant, Redemption, State, Subscription, Tier } from './state.ts';
import type { components } from '../../generated/inveterate.ts';

type Schemas = components['schemas'];

/** FIDELITY: decimal major units as a JSON number (vendor docs): the shortest that equals the decimal. */
export function presentAmount(amount: Amount): number {
  return Math.min(Number(amount), Number.MAX_VALUE);
}

/**
 * FIDELITY: the names (vendor docs, webhooks). ASSUMED: the ledger also has the names that v1 lacks, and an amount taken
 * is negative.
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

/**
 * FIDELITY: the names, from the schema list and the webhook `customer.updated` (vendor docs). ASSUMED: the values of
 * states, and `null` for a field that is unknown or not emulated.
 */
export function presentMember(member: Member, state: State): Schemas['Member'] {
  const tier = findTier(state, member);
  const joinedAt = renderInstant(member.joinedAt);
  const totalSpend = presentAmount(member.totalSpend);
  return {
    merchantId: member.merchantId,
    customerId: member.customerId,
    accountState: 'ENABLED',
    anonymized: false,
    contractId: member.contractId,
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
    status: toStatus(member),
    totalSpend,
    updatedAt: renderInstant(member.updatedAt),
    tierId: tier?.segmentId ?? null,
    tierName: tier?.tierName ?? null,
    trigger: tier?.isPaid === true ? 'PAID_SUBSCRIPTION' : null,
    currencyCode: state.merchants.find(member.merchantId)?.currency ?? 'USD',
    freeTrialActive: false,
  };
}

function toStatus({ cancellation }: Member): string {
  return cancellation && cancellation.status !== 'REQUESTED' ? cancellation.status : 'ACTIVE';
}

/** ASSUMED: the fields are not documented; the names are those of members and webhooks. */
export function presentTier({ merchantId }: Merchant, tier: Tier, includeBenefits?: boolean | ''): Schemas['Tier'] {
  const { segmentId, tierName, benefits } = tier;
  const shown = includeBenefits === true && { benefits: benefits.map(presentBenefit) };
  return { merchantId, segmentId, tierName, ...shown };
}

/** FIDELITY: it has a `type` (vendor docs); the rest is as seeded. */
export function presentBenefit(benefit: Benefit): Schemas['Benefit'] {
  return { ...benefit };
}

/** ASSUMED: the subscriber of v1, with the requested fields. */
export function presentSubscription(subscription: Subscription): Schemas['Subscription'] {
  const { merchantId, id, topic, callbackUrl, name, createdAt, updatedAt } = subscription;
  const times = { createdAt: renderInstant(createdAt), updatedAt: renderInstant(updatedAt) };
  return { merchantId, id, topic, callbackUrl, name, ...times };
}
