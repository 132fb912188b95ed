import type { FaultIncident, LoggedEvent, StreamIncident } from '../core/sandbox/event-log.ts';
import type { ArmedRule } from '../core/faults/armed-rules.ts';
import type { Change } from '../core/store/collection.ts';
import type { Commit } from '../core/store/commit.ts';
import { CORE } from '../core/store/due.ts';
import { renderInstant } from '../core/values/clock.ts';
import type { TailEvent } from '../core/wire/reply.ts';
import { isDelivery, type Delivery } from '../core/sandbox/webhooks/delivery.ts';
import { presentDoings, presentExchange, presentRule } from './present.ts';
import { presentWebhook, type Showing } from './present-webhook.ts';
import type { components } from '../generated/emulator.ts';

type Schemas = components['schemas'];

export interface EventContext extends Showing {
  readonly position: number;
  /** The name of the sandbox. */
  readonly sandbox: string;
  /** Whether bodies are left out. */
  readonly brief: boolean;
}

type Head = Pick<Schemas['GapEvent'], 'seq' | 'at' | 'sandbox'>;

/** Renders an event, without secrets. */
export function presentEvent(event: LoggedEvent, context: EventContext): TailEvent {
  const { position: seq, sandbox, redaction, brief } = context;
  const head: Head = { seq, at: renderInstant(event.at), sandbox };
  const toEvent = (name: string, data: object): TailEvent => ({ id: seq, name, data });
  if ('cause' in event) return toEvent(...presentCommit(event, head, context));
  if ('kind' in event) {
    const data = event.kind === 'fault' ? presentMetFault(event, head) : presentStreamed(event, head);
    return toEvent(event.kind, data);
  }
  const data: Schemas['RequestEvent'] = { ...head, entry: presentExchange(event, redaction, brief) };
  return toEvent('request', data);
}

function presentCommit(commit: Commit, head: Head, context: EventContext): readonly [name: string, data: object] {
  const { seq, at, cause } = commit;
  switch (cause.kind) {
    case 'replace':
      return ['reset', { ...head, commit: seq, how: cause.how } satisfies Schemas['ResetEvent']];
    case 'clock': {
      const moved = { now: renderInstant(at), frozen: cause.to.frozenAt !== undefined };
      return ['clock', { ...head, commit: seq, ...moved } satisfies Schemas['ClockEvent']];
    }
    case 'act':
    case 'request':
    case 'control':
    case 'due': {
      const rules = commit.changes.filter((change) => change.part !== 'carried' && isRule(change));
      if (cause.kind === 'act' && rules.length > 0)
        return ['fault', presentRules(rules, commit, cause.operation, head)];
      const sent = cause.kind === 'act' ? commit.changes.find(isDelivery)?.after : undefined;
      if (sent) {
        const { body, ...webhook } = presentWebhook(sent as Delivery, context);
        const data = { ...head, commit: seq, webhook: context.brief ? webhook : { ...webhook, body } };
        return ['webhook', data satisfies Schemas['WebhookEvent']];
      }
      const own = commit.changes.filter(({ provider }) => provider !== CORE);
      const data: Schemas['ChangeEvent'] = {
        ...head,
        commit: seq,
        cause: { ...cause },
        ...presentDoings(own, commit.ledger, context.redaction),
      };
      return ['change', data];
    }
  }
}

function isRule({ provider, collection }: Change): boolean {
  return provider === CORE && collection === 'rules';
}

function presentRules(
  changes: readonly Change[],
  { seq, at }: Commit,
  operation: string,
  head: Head,
): Schemas['ChangedFaultsEvent'] {
  const armed = changes.flatMap(({ after }) => (after ? [presentRule(after as ArmedRule, at)] : []));
  const removed = changes.flatMap(({ key, after }) => (after ? [] : [key]));
  return { ...head, what: 'changed', commit: seq, operation, armed, removed };
}

function presentMetFault({ fault, request, provider, operation }: FaultIncident, head: Head): Schemas['MetFaultEvent'] {
  const { name: id, phase } = fault;
  return { ...head, what: 'met', fault: { id, phase }, request, provider, operation: operation ?? null };
}

function presentStreamed(
  { what, request, provider, operation, subject, sent, ended }: StreamIncident,
  head: Head,
): Schemas['StreamEvent'] {
  const about = { request, provider, operation: operation ?? null, subject: subject ?? null };
  const event = { ...head, what, ...about, sent };
  return ended === undefined ? event : { ...event, ended };
}
