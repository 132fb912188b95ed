import { renderInstant } from '../core/clock.ts';
import { toKeptText, type JournalEntry } from '../core/journal.ts';
import type { LedgerEntry } from '../core/ledger.ts';
import type { Redaction } from '../core/redaction.ts';
import type { components } from './types.ts';

type Schemas = components['schemas'];

export function presentLedgerEntry(entry: LedgerEntry): Schemas['LedgerEntry'] {
  const { provider, tenant, account, unit, delta, before, after, operation } = entry;
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
    operation,
    requestId: entry.requestId ?? null,
    key: entry.key ?? null,
    memo: entry.memo ?? null,
  };
}

/** With secrets taken out; the journal itself keeps them. */
export function presentJournalEntry(entry: JournalEntry, redaction: Redaction): Schemas['JournalEntry'] {
  const { id, sandbox, duration, provider, method, requestBody, answer, changes, ledger, violations, bug } = entry;
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
      status: answer.status,
      headers: redaction.fields(answer.headers),
      body: redaction.text(answer.head ? '' : answer.body),
      ...(answer.ended === undefined ? undefined : { ended: answer.ended }),
    },
    changes: changes.map((change) => ({
      provider: change.provider,
      collection: change.collection,
      key: change.key,
      before: change.before ? redaction.fields(change.before) : null,
      after: change.after ? redaction.fields(change.after) : null,
    })),
    ledger: ledger.map(presentLedgerEntry),
    fault: null,
    violations: [...violations],
    ...(bug === undefined ? undefined : { bug }),
  };
}
