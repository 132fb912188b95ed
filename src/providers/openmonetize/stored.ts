import { add, negate, toAmount, type Amount } from '../../core/values/decimal.ts';
import { toDay } from './calendar.ts';
import { toUseKey, toUserKey, type CustomerId, type State, type UsageEvent } from './state.ts';

/** Stores and counts an event, and replaces one with the same id. */
export function storeEvent(state: State, event: UsageEvent): void {
  const earlier = state.events.find(event.eventId);
  if (earlier) count(state, earlier, -1, negate(earlier.creditsBurned));
  state.events.put(event);
  count(state, event, 1, event.creditsBurned);
}

/** A user's totals, without reading its events. */
export function findUsage(
  state: State,
  customerId: CustomerId,
  userId: string | null,
): { readonly events: number; readonly burned: Amount } {
  return state.usages.find(toUserKey(customerId, userId)) ?? { events: 0, burned: toAmount(0) };
}

export function countEvents(state: State, customerId: CustomerId): number {
  return state.eventCounts.find(customerId)?.events ?? 0;
}

function count(state: State, event: UsageEvent, events: number, burned: Amount): void {
  const { customerId, userId } = event;
  const known = findUsage(state, customerId, userId);
  state.usages.put({ customerId, userId, events: known.events + events, burned: add(known.burned, burned) });
  state.eventCounts.put({ customerId, events: countEvents(state, customerId) + events });
  countUse(state, event, null, events);
  if (userId !== null) countUse(state, event, userId, events);
}

function countUse(
  state: State,
  { customerId, featureId, timestamp }: UsageEvent,
  userId: string | null,
  events: number,
): void {
  const use = { customerId, featureId, userId, day: toDay(timestamp) };
  const key = toUseKey(use);
  const sum = (state.featureUses.find(key)?.events ?? 0) + events;
  if (sum === 0) state.featureUses.delete(key);
  else state.featureUses.put({ ...use, events: sum });
}
