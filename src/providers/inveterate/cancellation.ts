import { toInstant, type Instant } from '../../core/values/clock.ts';
import type { ErrorCode } from './errors.ts';
import type { Working } from './operation.ts';
import { findTier } from './members.ts';
import { toOwnerKey, type Cancellation, type Member, type Owner } from './state.ts';

/**
 * Returns why a member cannot request a cancellation, if so. ASSUMED: a repeated request is accepted until the customer
 * confirms.
 */
export function findObstacle({ cancellation }: Member): ErrorCode | undefined {
  if (cancellation?.status === 'PENDING_CANCELLATION') return 'CANCELLATION_PENDING';
  return cancellation?.status === 'CANCELLED' ? 'ALREADY_CANCELLED' : undefined;
}

/**
 * Requests a cancellation. FIDELITY: this is only step one; the customer gets a mail and confirms by its link (v1 docs).
 * Until then the member does not change.
 *
 * @returns the reason for a refusal, if any
 */
export function requestCancellation(context: Working, member: Member): ErrorCode | undefined {
  const obstacle = findObstacle(member);
  if (obstacle !== undefined) return obstacle;
  const { state, now, options } = context;
  const token = member.cancellation?.token ?? createToken(context);
  const asked: Member = {
    ...member,
    cancellation: { status: 'REQUESTED', source: 'CUSTOMER', requestedAt: now, endsAt: null, token },
  };
  if (options.confirmCancellations) confirmCancellation(context, asked);
  else state.members.put(asked);
  return undefined;
}

/**
 * Confirms a cancellation, as the mail's link does. FIDELITY: a membership runs to the end of the paid period, one month
 * later at the full hour in the sample (vendor docs, webhooks). ASSUMED: the period starts at the confirmation; a member
 * that does not pay is cancelled at once.
 */
export function confirmCancellation(context: Working, member: Member): Member {
  const { state, now, schedule } = context;
  const { cancellation } = member;
  if (!cancellation) throw new Error('The member has no cancellation to confirm.');
  const { merchantId, customerId } = member;
  if (findTier(state, member)?.isPaid !== true) return endMembership(context, member, cancellation.source);
  const endsAt = toMonthLater(now);
  schedule(endsAt, 'cancel', { merchantId, customerId, token: cancellation.token });
  const confirmed: Member = {
    ...member,
    cancellation: { ...cancellation, status: 'PENDING_CANCELLATION', endsAt },
    updatedAt: now,
  };
  state.members.put(confirmed);
  return confirmed;
}

/** Ends a membership. ASSUMED: balance, ledger and an active code stay, and credits can be changed as before. */
export function endMembership(context: Working, member: Member, source: Cancellation['source']): Member {
  const { state, now } = context;
  const { requestedAt = now, endsAt = null, token = createToken(context) } = member.cancellation ?? {};
  const ended: Member = {
    ...member,
    cancellation: { status: 'CANCELLED', source, requestedAt, endsAt, token },
    updatedAt: now,
  };
  state.members.put(ended);
  return ended;
}

/** Cancels a membership at the end of the paid period, unless the customer has joined again. */
export function cancelDue(context: Working, { token, ...owner }: Owner & { readonly token: string }): void {
  const member = context.state.members.find(toOwnerKey(owner));
  const { cancellation } = member ?? {};
  if (!member || cancellation?.status !== 'PENDING_CANCELLATION' || cancellation.token !== token) return;
  endMembership(context, member, cancellation.source);
}

/** FIDELITY: a UUID (vendor docs, webhooks). */
function createToken({ random }: Pick<Working, 'random'>): string {
  const hex = random.text('cancellation', '0123456789abcdef', 32);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}

/** Returns the instant one month later, at the full hour. In a shorter month that is its last day. */
function toMonthLater(now: Instant): Instant {
  const date = new Date(now);
  const later = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 2, 0, date.getUTCHours()));
  later.setUTCDate(Math.min(date.getUTCDate(), later.getUTCDate()));
  try {
    return toInstant(later.getTime());
  } catch {
    return now;
  }
}
