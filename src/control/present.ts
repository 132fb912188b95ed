import { toRemaining, type ArmedRule } from '../core/faults/armed-rules.ts';
import { renderInstant, type Instant } from '../core/values/clock.ts';
import type { MetFault } from '../core/wire/fault.ts';
import { Allowance } from '../core/wire/excerpt.ts';
import { findTraceId } from '../core/wire/trace.ts';
import { toKeptText, type JournalEntry } from '../core/sandbox/journal.ts';
import { isOfWebhooks } from '../core/sandbox/webhooks/delivery.ts';
import type { Change } from '../core/store/collection.ts';
import type { LedgerEntry } from '../core/store/commit.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import type { ListedRequest } from './request-line.ts';
import type { components } from '../generated/emulator.ts';

type Schemas = components['schemas'];

export function presentLedgerEntry(entry: LedgerEntry): Schemas['LedgerEntry'] {
  const { provider, tenant, account, unit, delta, before, after, cause, operation } = entry;
  return {
    id: String(entry.id),
    at: renderInstant(entry.at),
    provider,
    tenant,
    account,
    unit,
    delta,
    before,
    after,
    cause,
    operation,
    requestId: entry.requestId ?? null,
    key: entry.key ?? null,
    memo: entry.memo ?? null,
  };
}

/** Bytes that are shown of a record before and after a change, and of all changes or all ledger entries of an exchange. */
const SHOWN_RECORD = 16_384;
const SHOWN_LIST = 262_144;

/** Renders an exchange, without secrets and with long texts cut; the journal itself keeps more. */
export function presentJournalEntry(entry: JournalEntry, redaction: Redaction): Schemas['JournalEntry'] {
  const { id, sandbox, duration, provider, method, requestBody, answer, commit, violations, bug } = entry;
  // Changes that others left for this commit do not belong to the exchange, and deliveries have a list of their own.
  const changes = commit?.changes.filter((change) => change.part !== 'carried' && !isOfWebhooks(change)) ?? [];
  const traceId = findTraceId(entry.requestHeaders);
  return {
    id,
    sandbox,
    at: renderInstant(entry.at),
    duration: Math.round(duration * 1000) / 1000,
    provider,
    operation: entry.operation ?? null,
    subject: entry.subject ?? null,
    method,
    url: redaction.url(entry.url, entry.requestHeaders),
    ...(traceId === undefined ? undefined : { traceId }),
    request: {
      headers: redaction.headers(entry.requestHeaders),
      body: requestBody ? redaction.body(toKeptText(requestBody), entry.requestHeaders['content-type']) : null,
    },
    answer: {
      status: answer.status === 0 ? null : answer.status,
      headers: redaction.headers(answer.headers),
      body: redaction.body(answer.head ? '' : answer.body, answer.headers['Content-Type']),
      ...(answer.ended === undefined ? undefined : { ended: answer.ended }),
      ...(entry.sent && { events: presentSentEvents(entry.sent.list(), redaction) }),
    },
    ...presentDoings(changes, commit?.ledger ?? [], redaction),
    fault: presentFault(entry.faults),
    violations: [...violations],
    reasons: presentReasons(entry, redaction),
    ...(entry.webhook && { webhook: { ...entry.webhook } }),
    ...(bug === undefined ? undefined : { bug }),
  };
}

/** @param brief leaves bodies out, so that they need not be searched for secrets */
export function presentExchange(
  entry: JournalEntry,
  redaction: Redaction,
  brief: boolean | undefined,
): Schemas['JournalEntry'] {
  if (brief !== true) return presentJournalEntry(entry, redaction);
  const withoutBodies = { ...entry, requestBody: undefined, answer: { ...entry.answer, body: '' }, sent: undefined };
  const { request, answer, ...others } = presentJournalEntry(withoutBodies, redaction);
  const { body: _request, ...ofRequest } = request;
  const { body: _answer, ...ofAnswer } = answer;
  return { ...others, request: ofRequest, answer: ofAnswer };
}

/** Renders an exchange for one line: without bodies, headers and changes. */
export function presentSummary(entry: JournalEntry, redaction: Redaction): ListedRequest & Pick<JournalEntry, 'id'> {
  const { id, sandbox, duration, provider, operation = null, method, url, answer, faults } = entry;
  return {
    id,
    sandbox,
    provider,
    operation,
    method,
    url: redaction.url(url, entry.requestHeaders),
    answer: {
      status: answer.status === 0 ? null : answer.status,
      ...(answer.ended === undefined ? undefined : { ended: answer.ended }),
    },
    duration: Math.round(duration * 1000) / 1000,
    fault: presentFault(faults),
    reasons: presentReasons(entry, redaction),
  };
}

/** Reasons hold names that the client sent, and no values. */
export function presentReasons({ refusal, requestHeaders }: JournalEntry, redaction: Redaction): Schemas['Reason'][] {
  const reasons = refusal?.reasons() ?? [];
  return reasons.map(({ where, field, problem, nearest }) => ({
    where,
    field: field === null ? null : redaction.url(field, requestHeaders),
    problem,
    nearest,
  }));
}

/** Renders changes and ledger entries, as many as fit. */
export function presentDoings(
  allChanges: readonly Change[],
  allEntries: readonly LedgerEntry[],
  redaction: Redaction,
): Pick<Schemas['JournalEntry'], 'changes' | 'ledger' | 'leftOut'> {
  const changes = presentChanges(allChanges, redaction);
  const ledger = presentLedger(allEntries);
  const leftOut = { changes: allChanges.length - changes.length, ledger: allEntries.length - ledger.length };
  return {
    changes: [...changes],
    ledger: [...ledger],
    ...((leftOut.changes > 0 || leftOut.ledger > 0) && { leftOut }),
  };
}

export function presentSentEvents(
  events: readonly { readonly at: Instant; readonly event: Buffer }[],
  redaction: Redaction,
): Schemas['SentEvent'][] {
  return events.map(({ at, event }) => ({ at: renderInstant(at), event: redaction.text(toKeptText(event)) }));
}

/** @param now the time of the sandbox, which decides whether the rule has expired */
export function presentRule(armed: ArmedRule, now: Instant): Schemas['ArmedFault'] {
  const { rule, fired } = armed;
  const { id, skip, probability, enabled, fault } = rule;
  const written = rule.written as Schemas['Fault'];
  const remaining = toRemaining(armed, now) ?? null;
  return { ...written, id, phase: fault.phase, skip, probability, enabled, fired, remaining };
}

function presentChanges(changes: readonly Change[], redaction: Redaction): readonly Schemas['Change'][] {
  const allowance = new Allowance(SHOWN_LIST);
  const present = (record: object | undefined): Record<string, unknown> | null =>
    record ? redaction.record(record, new Allowance(SHOWN_RECORD, allowance)) : null;
  const shown: Schemas['Change'][] = [];
  for (const { provider, collection, key, before, after } of changes) {
    if (allowance.left === 0) break;
    allowance.take(key.length + collection.length);
    shown.push({ provider, collection, key, before: present(before), after: present(after) });
  }
  return shown;
}

function presentLedger(entries: readonly LedgerEntry[]): readonly Schemas['LedgerEntry'][] {
  const allowance = new Allowance(SHOWN_LIST);
  const shown: Schemas['LedgerEntry'][] = [];
  for (const entry of entries) {
    const presented = presentLedgerEntry(entry);
    allowance.take(JSON.stringify(presented).length);
    if (allowance.left === 0) break;
    shown.push(presented);
  }
  return shown;
}

/** The fault that fired comes after those that only delayed the exchange. */
function presentFault(met: readonly MetFault[]): Schemas['JournalEntry']['fault'] {
  const last = met.at(-1);
  if (!last) return null;
  const delays = met.slice(0, -1).map(({ name }) => name);
  const { name, phase, written } = last;
  return { id: name, phase, effect: written, ...(delays.length > 0 && { delays }) };
}
