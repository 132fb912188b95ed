import { renderInstant, renderInstantOrNull } from '../../core/values/clock.ts';
import { listByPlace, toGiven } from '../../core/provider/loading.ts';
import type {
  CancellationEntry,
  CreditEntry,
  MemberEntry,
  MerchantEntry,
  PendingEntry,
  Section,
  SubscriptionEntry,
} from './fixture-schema.ts';
import type { Cancellation, Entry, Member, Merchant, PendingChange, State, Subscription } from './state.ts';

/** The section that loads back to the same state. What is left of each grant follows from the ledger. */
export function dump(state: State): Section {
  return {
    merchants: [...state.merchants.list('place')].map(dumpMerchant),
    members: listByPlace(state.members).map((member) => dumpMember(member, state)),
    pending: [...state.pending.list('settling')].map(dumpPending),
    subscriptions: [...state.subscriptions.list('making')].map(dumpSubscription),
  };
}

function dumpMerchant({ place: _, ...merchant }: Merchant): MerchantEntry {
  return merchant;
}

function dumpCancellation({ status, source, requestedAt, endsAt, token }: Cancellation): CancellationEntry {
  return { status, source, requestedAt: renderInstant(requestedAt), endsAt: renderInstantOrNull(endsAt), token };
}

function dumpSubscription({ createdAt, updatedAt, ...subscription }: Subscription): SubscriptionEntry {
  return { ...subscription, createdAt: renderInstant(createdAt), updatedAt: renderInstant(updatedAt) };
}

function dumpMember(member: Member, state: State): MemberEntry {
  const { merchantId, customerId, email, firstName, lastName, phoneNumber, notes } = member;
  const entries = state.entries.list('ledger', { within: [merchantId, customerId] });
  return {
    merchantId,
    customerId,
    email,
    firstName,
    lastName,
    phoneNumber,
    notes,
    credit: member.balance,
    credits: [...entries].map(dumpEntry),
    redemption: member.redemption,
    orderIds: member.orderIds,
    totalSpend: member.totalSpend,
    lastPurchaseAt: renderInstantOrNull(member.lastPurchaseAt),
    referrals: member.referrals,
    contractId: member.contractId,
    cancellation: member.cancellation && dumpCancellation(member.cancellation),
    joinedAt: renderInstant(member.joinedAt),
    updatedAt: renderInstant(member.updatedAt),
    ...member.enrolment,
    ...toGiven({ fault: member.fault }),
  };
}

function dumpEntry({ amount, reason, note, appliedBy, orderId, expiresAt, createdAt }: Entry): CreditEntry {
  return {
    amount,
    reason,
    note,
    appliedBy,
    orderId,
    expirationDate: renderInstantOrNull(expiresAt),
    createdAt: renderInstant(createdAt),
  };
}

function dumpPending({ id, merchantId, customerId, change, ...waiting }: PendingChange): PendingEntry {
  const { enrolment, ...what } = { enrolment: {}, ...change };
  const { acceptedAt, settlesAt, refused } = waiting;
  return {
    id,
    merchantId,
    customerId,
    ...what,
    ...enrolment,
    acceptedAt: renderInstant(acceptedAt),
    settlesAt: renderInstant(settlesAt),
    refused,
  };
}
