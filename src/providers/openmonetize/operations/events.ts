import { toLater } from '../../../core/values/clock.ts';
import { toMonth } from '../calendar.ts';
import { assert } from '../errors.ts';
import { createUuid } from '../identifiers.ts';
import type { Calling, HeadOperation, SeedOperation } from '../operation.ts';
import { presentListedEvent } from '../present.ts';
import { findQuota, takeQuota } from '../quota.ts';
import { findInt64 } from '../rules.ts';
import { countEvents } from '../stored.ts';
import type { Burning, IncomingEvent } from '../usage.ts';

export const ingestEvents: SeedOperation<'ingestEvents'> = (call) => {
  const { body, principal } = call;
  const isOwn = body.events.every(({ customer_id }) => customer_id === principal.id);
  assert(isOwn, 'FOREIGN_EVENTS');
  return ingest(call, body.events);
};

/**
 * FIDELITY: events count as the caller's, even if they name another customer; duplicates count in the month's quota, too
 * (server source).
 */
export const ingestOwnEvents: HeadOperation<'ingestEvents'> = (call) => {
  const { state, principal, now, options, body } = call;
  const quota = options.monthlyQuota ? findQuota(state, principal, toMonth(now)) : undefined;
  if (!quota) return ingest(call, body.events);
  const { limit, used: currentUsage, period } = quota;
  const taken = takeQuota(state, principal.id, quota, body.events.length);
  if (!taken) {
    const message = `Monthly quota exceeded (${limit} events). Please upgrade your plan.`;
    return { status: 402, body: { error: 'Payment Required', message, details: { currentUsage, limit, period } } };
  }
  return { ...ingest(call, body.events), headers: { 'X-Monthly-Quota-Remaining': String(limit - taken.used) } };
};

/**
 * FIDELITY: latest timestamp first; only the database refuses numbers that are not whole (server source). An event is
 * listed once its credits are burned.
 */
export const listEvents: HeadOperation<'listEvents'> = ({ query, state, principal }) => {
  const { limit = 50, offset = 0 } = query;
  assert(findInt64(limit) !== undefined && findInt64(offset) !== undefined, 'EVENTS_FAILED');
  const total = countEvents(state, principal.id);
  const events = state.events.list('timeline', { within: [principal.id], reverse: true });
  const data = offset < total ? takePage(events, offset, limit).map(presentListedEvent) : [];
  return { status: 200, body: { data, pagination: { total, limit, offset } } };
};

function takePage<T>(values: Iterable<T>, offset: number, limit: number): readonly T[] {
  const page: T[] = [];
  let place = 0;
  for (const value of values) {
    if (place >= offset) page.push(value);
    place += 1;
    if (page.length === limit) break;
  }
  return page;
}

// FIDELITY: accepted at once and burned later (real server); the delay is an option. An event is a duplicate if its key
// is stored, so the keys of events that are not burned yet do not count.
function ingest(call: Calling, events: readonly IncomingEvent[]) {
  const { state, now, random, principal, options } = call;
  const fresh = events.filter(({ idempotency_key: key }) => !key || !state.events.findBy('idempotencyKey', key));
  const duplicates = events.length - fresh.length;
  if (fresh.length === 0) {
    return {
      status: 200 as const,
      body: {
        accepted: 0 as const,
        rejected: 0 as const,
        duplicates,
        batch_id: null,
        status: 'all_duplicates' as const,
        message: 'All events were duplicates' as const,
      },
    };
  }
  for (const event of fresh) {
    const burning: Burning = { customerId: principal.id, event: keep(event) };
    call.schedule(toLater(now, options.burnDelay), 'burn', burning);
  }
  return {
    status: 202 as const,
    body: {
      accepted: fresh.length,
      rejected: 0,
      duplicates,
      batch_id: createUuid((alphabet, length) => random.text('batch', alphabet, length)),
      status: 'processing' as const,
      // ASSUMED: processing takes no time by the sandbox's clock.
      processing_time_ms: 0,
    },
  };
}

/** Keeps the fields that burning needs. */
function keep(event: IncomingEvent): IncomingEvent {
  const entries = KEPT.filter((name) => event[name] !== undefined).map((name) => [name, event[name]] as const);
  // KEPT includes all required fields.
  return Object.fromEntries<unknown>(entries) as unknown as IncomingEvent;
}

const KEPT = [
  ...(['event_id', 'user_id', 'team_id', 'idempotency_key', 'event_type', 'feature_id', 'provider', 'model'] as const),
  ...(['input_tokens', 'output_tokens', 'image_count', 'unit_type', 'quantity', 'timestamp', 'metadata'] as const),
];
