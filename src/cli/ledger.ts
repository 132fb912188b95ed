import { suggest } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import type { LedgerEntry, Sandbox } from '../client.ts';
import { defineClientVerb } from './client.ts';
import { renderTable } from './table.ts';

export const ledger = defineClientVerb({
  name: 'ledger',
  describe: 'List balance changes, newest first',
  flags: {
    provider: { describe: 'Only of this provider' },
    operation: { describe: 'Only by this operation or control' },
    tenant: { describe: 'Only of this game, app, merchant or customer' },
    account: { describe: 'Only of this account' },
    since: { describe: 'Only from this instant on, or after this entry' },
    limit: { describe: 'Maximum number of entries [100]' },
  },
  examples: ['$0 ledger --provider klaim --account ada'],
  ask: (sandbox, { provider, operation, tenant, account, since, limit }) => {
    // The emulator reads them as they were written.
    const filters: object = { provider, operation, tenant, account, since, limit };
    return sandbox.ledger.list(filters);
  },
  show: ({ entries }) => renderEntries(entries),
  note: describeRest,
});

/** Renders a table, with a head even if it is empty. */
export function renderEntries(entries: readonly LedgerEntry[]): string {
  const rows = entries.map(({ id, at, provider, tenant, account, unit, delta, after, operation, requestId, memo }) => [
    id,
    at,
    `${provider}.${operation}`,
    tenant,
    account,
    delta.startsWith('-') ? delta : `+${delta}`,
    after,
    unit,
    requestId ?? '',
    memo ?? '',
  ]);
  return renderTable([['ID', 'AT', 'BY', 'TENANT', 'ACCOUNT', 'DELTA', 'BALANCE', 'UNIT', 'REQUEST', 'MEMO'], ...rows]);
}

/** What a table does not show. */
function describeRest({ next, from, unknown = [] }: Awaited<ReturnType<Sandbox['ledger']['list']>>): string {
  return [
    ...(next === undefined ? [] : ['More entries follow; --limit shows up to 10000.']),
    ...(from === undefined ? [] : [`Entries before ${from} are no longer kept.`]),
    ...unknown.map(
      ({ field, value, nearest }) =>
        `No ${field} ${quote(value)} was ever seen here${suggest(value, [nearest ?? []].flat())}`,
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
