import { renderInstant } from '../core/values/clock.ts';
import type { MetFault } from '../core/wire/fault.ts';
import { toKeptText, type JournalEntry } from '../core/sandbox/journal.ts';
import type { LedgerEntry } from '../core/store/commit.ts';
import type { Redaction } from '../core/wire/redaction.ts';
import type { components } from './types.ts';

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

/** With secrets taken out; the journal itself keeps them. */
export function presentJournalEntry(entry: JournalEntry, redaction: Redaction): Schemas['JournalEntry'] {
  const { id, sandbox, duration, provider, method, requestBody, answer, commit, violations, bug } = entry;
  return {
    id,
    sandbox,
    at: renderInstant(entry.at),
    duration: Math.round(duration * 1000) / 1000,
    provider,
    operation: entry.operation ?? null,
    subject: entry.subject ?? null,
    method,
    url: redaction.text(entry.url),
    request: {
      headers: redaction.fields(entry.requestHeaders),
      body: requestBody ? redaction.text(toKeptText(requestBody)) : null,
    },
    answer: {
      status: answer.status === 0 ? null : answer.status,
      headers: redaction.fields(answer.headers),
      body: redaction.text(answer.head ? '' : answer.body),
      ...(answer.ended === undefined ? undefined : { ended: answer.ended }),
      ...(entry.sent && {
        events: entry.sent.list().map(({ at, event }) => ({
          at: renderInstant(at),
          event: redaction.text(toKeptText(event)),
        })),
      }),
    },
    changes: (commit?.changes ?? [])
      .filter(({ part }) => part !== 'carried')
      .map((change) => ({
        provider: change.provider,
        collection: change.collection,
        key: change.key,
        before: change.before ? redaction.fields(change.before) : null,
        after: change.after ? redaction.fields(change.after) : null,
      })),
    ledger: (commit?.ledger ?? []).map(presentLedgerEntry),
    fault: presentFault(entry.faults),
    violations: [...violations],
    ...(bug === undefined ? undefined : { bug }),
  };
}

/** The one that did something comes behind those that had it wait. */
function presentFault(met: readonly MetFault[]): Schemas['JournalEntry']['fault'] {
  const last = met.at(-1);
  if (!last) return null;
  const delays = met.slice(0, -1).map(({ name }) => name);
  return { id: last.name, phase: last.phase, ...(delays.length > 0 && { delays }) };
}
