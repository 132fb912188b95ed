import { toInstant, type Instant } from '../../core/values/clock.ts';
import type { ErrorCode } from './errors.ts';
import type { Working } from './operation.ts';
import { findTier } from './tiers.ts';
import { toOwnerKey, type Cancellation, type Member, type Owner } from './state.ts';

/** Why a member cannot ask for the end of the membership, if so. ASSUMED: asking again before it is confirmed is taken. */
export function findObstacle({ cancellation }: Member): ErrorCode | undefined {
  if (cancellation?.status === 'PENDING_CANCELLATION') return 'CANCELLATION_PENDING';
  return cancellation?.status === 'CANCELLED' ? 'ALREADY_CANCELLED' : undefined;
}

/**
 * FIDELITY: it is step one only; the customer gets a mail and confirms by its link (v1 docs). Until then the member is as
 * before.
 *
 * @returns why not, if it cannot be
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
 * The customer follows the link. FIDELITY: a membership runs to the end of the period that is paid for, one month on at
 * the full hour in the sample (vendor docs, webhooks). ASSUMED: which is that of the confirmation; who pays nothing is
 * cancelled at once.
 */
export function confirmCancellation(context: Working, member: Member): Member {
  const { state, now, schedule } = context;
  const { cancellation } = member;
  if (!cancellation) throw new Error('Nothing was asked for that could be confirmed.');
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

/** ASSUMED: balance, ledger and an active code stay, and credits can be changed as before. */
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

/** The period that is paid for is over, unless the customer is a member anew. */
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

/** A month on, at the full hour; the last of the next month where that is shorter. */
function toMonthLater(now: Instant): Instant {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), last);
  try {
    return toInstant(Date.UTC(year, month, day, date.getUTCHours()));
  } catch {
    return now;
  }
}
