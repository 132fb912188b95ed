import type { Argv, CommandModule } from 'yargs';

import { suggest } from '../core/values/nearest.ts';
import { quote } from '../core/values/quotation.ts';
import type { LedgerEntry, LedgerFilters, Sandbox } from '../client.ts';
import { clientFlags, withSandbox, type ClientFlags } from './client.ts';
import { renderTable } from './table.ts';

type Page = Awaited<ReturnType<Sandbox['ledger']['list']>>;

/** Filters of the control API by the same names. */
interface LedgerFlags extends ClientFlags {
  readonly provider?: string | undefined;
  readonly operation?: string | undefined;
  readonly tenant?: string | undefined;
  readonly account?: string | undefined;
  readonly since?: string | undefined;
  readonly limit?: string | undefined;
}

export const ledger: CommandModule<object, LedgerFlags> = {
  command: 'ledger',
  describe: 'List what changed balances, newest first',
  builder: (yargs) =>
    (clientFlags(yargs) as Argv<LedgerFlags>)
      .option('provider', { type: 'string', requiresArg: true, describe: 'Of this provider only' })
      .option('operation', { type: 'string', requiresArg: true, describe: 'By this operation or control only' })
      .option('tenant', { type: 'string', requiresArg: true, describe: 'Of this game, app or merchant only' })
      .option('account', { type: 'string', requiresArg: true, describe: 'Of this account only' })
      .option('since', { type: 'string', requiresArg: true, describe: 'From this instant on, or behind this entry' })
      .option('limit', { type: 'string', requiresArg: true, describe: 'So many at most [100]' })
      .example('$0 ledger --provider klaim --account ada', ''),
  handler: async (flags) => {
    const { provider, operation, tenant, account, since, limit } = flags;
    // The emulator reads them as they were written.
    const filters: object = { provider, operation, tenant, account, since, limit };
    const page = await withSandbox(flags, (sandbox) => sandbox.ledger.list(filters as LedgerFilters));
    if (flags.json) {
      process.stdout.write(`${JSON.stringify(page)}\n`);
      return;
    }
    process.stdout.write(renderEntries(page.entries));
    process.stderr.write(describeRest(page));
  },
};

/** A table; nothing but its head where there are none. */
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
function describeRest({ next, from, unknown = [] }: Page): string {
  return [
    ...(next === undefined ? [] : ['There are more; --limit shows as many as 10000.']),
    ...(from === undefined ? [] : [`Entries before ${from} are no longer kept.`]),
    ...unknown.map(
      ({ field, value, nearest }) =>
        `No ${field} ${quote(value)} ever was here${suggest(value, [nearest ?? []].flat())}`,
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
