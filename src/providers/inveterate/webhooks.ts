import { renderInstant, renderInstantOrNull, type Instant } from '../../core/values/clock.ts';
import { negate } from '../../core/values/decimal.ts';
import type { WebhookEvent, WebhookPolicy } from '../../core/provider/webhooks.ts';
import type { Change } from '../../core/store/collection.ts';
import { EXPIRED } from './ledger.ts';
import type { Inveterate, Working } from './operation.ts';
import { presentAmount, presentMember } from './present.ts';
import { findTier } from './members.ts';
import {
  toOwnerKey,
  type Announcement,
  type Cancellation,
  type Entry,
  type Member,
  type State,
  type Topic,
} from './state.ts';

/** An event of a topic, and its subject. */
interface Told {
  readonly topic: Topic;
  readonly merchantId: string;
  readonly customerId: string | null;
  /** Called only if the topic has a subscription. */
  readonly payload: () => object;
}

/**
 * FIDELITY: `retryCount` shows that attempts are repeated (vendor docs). ASSUMED: their number and times; any 2xx within
 * ten seconds is a success; each subscription gets its events in order, each at least once.
 */
export const webhooks: WebhookPolicy<Inveterate> = {
  isAwaited: ({ subscriptions }) => subscriptions.size > 0,
  *events(changes, context) {
    // Most changes have no subscription, and a look-up by merchant takes longer.
    const topics = new Set(Array.from(context.state.subscriptions.values(), ({ topic }) => topic));
    for (const told of changes.flatMap((change) => tell(change, context))) {
      for (const topic of [told.topic, TWINS[told.topic]]) {
        if (topic && topics.has(topic)) yield* toEvents(told, topic, context);
      }
    }
  },
  render: (content, retries) => {
    // Made by `toContent`.
    const { payload, metadata, token } = content as Partial<Content>;
    const { id, ...others } = metadata ?? {};
    return {
      payload,
      metadata: { ...(id !== undefined && { id }), retryCount: retries, ...others },
      ...(token !== undefined && { token }),
    };
  },
  retries: [1000, 10_000, 60_000],
  patience: 10_000,
};

/** A body without the number of retries. */
interface Content {
  readonly payload: object;
  readonly metadata: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** FIDELITY: two lists of the vendor docs spell it differently; here both are sent. */
const TWINS: Partial<Readonly<Record<Topic, Topic>>> = {
  'customer.payment_methods.updated': 'customer.payment_method.changed',
  'customer.payment_method.changed': 'customer.payment_methods.updated',
};

function* toEvents(told: Told, topic: Topic, context: Working): IterableIterator<WebhookEvent> {
  const { merchantId, customerId } = told;
  for (const { id, callbackUrl, token } of context.state.subscriptions.list('topic', { within: [merchantId, topic] })) {
    const content = toContent(told, topic, token, context);
    yield { subscription: id, url: callbackUrl, topic, subject: customerId ?? undefined, content };
  }
}

/**
 * FIDELITY: the names, `triggerredAt` with two r's, the version, and no `id` in the sample of `customer.credits.updated`,
 * unlike all others (vendor docs). ASSUMED: `triggerredAt` is the time of the effect.
 */
function toContent({ payload, merchantId }: Told, topic: Topic, token: string | null, context: Working): Content {
  const { state, random, now } = context;
  return {
    payload: payload(),
    metadata: {
      ...(topic !== 'customer.credits.updated' && { id: random.text('event', '0123456789abcdef', 32) }),
      shopDomain: state.merchants.find(merchantId)?.shopDomain ?? '',
      topic,
      version: '2025-06',
      triggerredAt: renderInstant(now),
    },
    // FIDELITY: in v1 the body of each delivery had the token of its subscriber (v1 docs).
    ...(token !== null && { token }),
  };
}

function tell({ collection, before, after }: Change, { state, now }: Working): readonly Told[] {
  if (collection === 'entries') return after && !before ? [tellEntry(after as Entry, state)] : [];
  if (collection === 'members' && after) return tellMember(before as Member | undefined, after as Member, state, now);
  if (collection !== 'announcements') return [];
  const { topic, merchantId, customerId, payload } = after as Announcement;
  return [{ topic, merchantId, customerId, payload: () => payload }];
}

/** FIDELITY: the names (vendor docs). ASSUMED: `customer.credits.expired` is sent without `customer.credits.updated`. */
function tellEntry(entry: Entry, state: State): Told {
  const { merchantId, customerId, reason } = entry;
  const isExpired = reason === EXPIRED;
  const payload = (): object => {
    const { email = null, firstName = null, lastName = null } = state.members.find(toOwnerKey(entry)) ?? {};
    const [previousBalance, newBalance] = [presentAmount(entry.previousBalance), presentAmount(entry.newBalance)];
    const at = renderInstant(entry.createdAt);
    // FIDELITY: the lost amount is positive (vendor docs).
    const amount = presentAmount(isExpired ? negate(entry.amount) : entry.amount);
    const owner = { merchantId, customerId };
    const person = { email, firstName, lastName, amount };
    if (isExpired) return { ...owner, newBalance, previousBalance, reason, expiredAt: at, ...person };
    return {
      ...{ ...owner, ...person, previousBalance, newBalance, reason },
      ...{ note: entry.note, appliedBy: entry.appliedBy, orderId: entry.orderId, orderTotal: null, isUpsell: false },
      ...{ expirationDate: renderInstantOrNull(entry.expiresAt), createdAt: at, updatedAt: at },
    };
  };
  return {
    topic: isExpired ? 'customer.credits.expired' : 'customer.credits.updated',
    merchantId,
    customerId,
    payload,
  };
}

/** FIDELITY: `customer.updated` has the whole record before and after (vendor docs), so it is sent for any change. */
function tellMember(before: Member | undefined, after: Member, state: State, now: Instant): readonly Told[] {
  const owner = { merchantId: after.merchantId, customerId: after.customerId };
  const toTold = (topic: Topic, fields: object): Told => ({
    topic,
    ...owner,
    payload: () => ({ ...owner, ...fields, createdAt: renderInstant(now), updatedAt: renderInstant(now) }),
  });
  const told = [...tellTier(before, after, state, toTold), ...tellCancellation(before, after, state, toTold)];
  if (!before) return told;
  const payload = (): object => ({ newData: presentMember(after, state), oldData: presentMember(before, state) });
  return [...told, { topic: 'customer.updated', ...owner, payload }];
}

type ToTold = (topic: Topic, fields: object) => Told;

/** FIDELITY: the names, and `entryType` (vendor docs). ASSUMED: a member without a tier has joined the free one. */
function tellTier(before: Member | undefined, after: Member, state: State, toTold: ToTold): readonly Told[] {
  const [old, now] = [before && findTier(state, before), findTier(state, after)];
  const tierId = now?.segmentId ?? null;
  const tierName = now?.tierName ?? null;
  const previous = { previousTierName: old?.tierName ?? null, previousTierId: old?.segmentId ?? null };
  const hasJoined = !before || (before.cancellation?.status === 'CANCELLED' && after.cancellation === null);
  if (!hasJoined && old?.segmentId === now?.segmentId) return [];
  if (now?.isPaid === true && old?.isPaid !== true) {
    const detail = { entryType: 'SUBSCRIPTION_PURCHASE', tierName };
    return [toTold('customer.joined.paid_tier', { tierId, detail })];
  }
  if (!hasJoined) return [toTold('customer.changed_tier', { tierId, detail: { ...previous, tierName } })];
  const detail = { entryType: 'FREE_SIGNUP', ...previous, tierName };
  return [toTold('customer.joined.free_tier', { tierId, detail })];
}

/** FIDELITY: the names (vendor docs). */
function tellCancellation(before: Member | undefined, after: Member, state: State, toTold: ToTold): readonly Told[] {
  const { cancellation } = after;
  if (!cancellation || cancellation.status === before?.cancellation?.status) return [];
  const { source: cancellationSource, status, endsAt } = cancellation;
  if (status === 'CANCELLED') {
    const tier = findTier(state, after);
    const detail = { cancellationSource, tierName: tier?.tierName ?? null };
    return [toTold('customer.cancelled', { tierId: tier?.segmentId ?? null, detail })];
  }
  if (status === 'REQUESTED') return [];
  const cancelDate = renderInstantOrNull(endsAt);
  const detail = {
    ...{ nextSegmentId: null, cancellationSource, switchToFreeTier: null, effectiveCancellationDate: cancelDate },
    cancelRequest: toCancelRequest(after, cancellation),
  };
  return [toTold('customer.pending_cancellation', { detail })];
}

function toCancelRequest(member: Member, { requestedAt, endsAt, source, token, status }: Cancellation): object {
  const { merchantId, customerId, contractId, enrolment } = member;
  return {
    createdAt: renderInstant(requestedAt),
    updatedAt: renderInstant(member.updatedAt),
    ...{ cancelDate: renderInstantOrNull(endsAt), nextSegmentId: null, cancellationSource: source },
    ...{ merchantId, customerId, billingTierId: enrolment.segmentId ?? null, switchToFreeTier: false },
    // FIDELITY: a text here, and a number in the member (vendor docs).
    contractId: contractId === null ? null : String(contractId),
    ...{ cancelToken: token, status },
  };
}
