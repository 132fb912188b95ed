import { toLater } from '../../../core/values/clock.ts';
import { assert } from '../errors.ts';
import { createUuid } from '../identifiers.ts';
import type { Calling, HeadOperation, SeedOperation } from '../operation.ts';
import type { Burning, IncomingEvent } from '../usage.ts';

export const ingestEvents: SeedOperation<'ingestEvents'> = (call) => {
  const { body, principal } = call;
  const isOwn = body.events.every(({ customer_id }) => customer_id === principal.id);
  assert(isOwn, 'FOREIGN_EVENTS');
  return ingest(call, body.events);
};

/** FIDELITY: whatever customer the events name, they are the caller's (server source). */
export const ingestOwnEvents: HeadOperation<'ingestEvents'> = (call) => ingest(call, call.body.events);

// FIDELITY: accepted at once, and burned some time later (real server); the time is an option. An event
// is a duplicate if its key is stored already, which those that are on their way are not.
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
      // ASSUMED: nothing takes time by the sandbox's clock.
      processing_time_ms: 0,
    },
  };
}

/** What burning needs of an event, and nothing else that came with it. */
function keep(event: IncomingEvent): IncomingEvent {
  const entries = KEPT.filter((name) => event[name] !== undefined).map((name) => [name, event[name]] as const);
  // The names that every event has are among them.
  return Object.fromEntries<unknown>(entries) as unknown as IncomingEvent;
}

const KEPT = [
  ...(['event_id', 'user_id', 'team_id', 'idempotency_key', 'event_type', 'feature_id', 'provider', 'model'] as const),
  ...(['input_tokens', 'output_tokens', 'image_count', 'unit_type', 'quantity', 'timestamp'] as const),
];
