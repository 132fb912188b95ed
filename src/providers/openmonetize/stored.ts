import { add, toAmount, type Amount } from '../../core/values/decimal.ts';
import { toHistoryKey, type CustomerId, type State, type UsageEvent } from './state.ts';

/** Stores an event, in place of one with its id, and counts it for its user. */
export function storeEvent(state: State, event: UsageEvent): void {
  const earlier = state.events.find(event.eventId);
  if (earlier) count(state, earlier, -1, toAmount((-BigInt(earlier.creditsBurned)).toString()));
  state.events.put(event);
  count(state, event, 1, event.creditsBurned);
}

/** What a user has used, read without its events. */
export function findUsage(
  state: State,
  customerId: CustomerId,
  userId: string | null,
): { readonly events: number; readonly burned: Amount } {
  return state.usages.find(toHistoryKey(customerId, userId)) ?? { events: 0, burned: toAmount(0) };
}

function count(state: State, { customerId, userId }: UsageEvent, events: number, burned: Amount): void {
  const known = findUsage(state, customerId, userId);
  state.usages.put({ customerId, userId, events: known.events + events, burned: add(known.burned, burned) });
}
