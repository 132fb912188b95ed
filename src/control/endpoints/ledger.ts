import type { LedgerEntry } from '../../core/store/commit.ts';
import type { Account } from '../../core/store/balance-book.ts';
import type { Sandbox } from '../../core/sandbox/sandbox.ts';
import type { Endpoint, Installation } from '../endpoint.ts';
import { assertKnown, assertKnownCause, describeUnknown, findUnknownAccounts } from '../known-names.ts';
import { DEFAULT_LIMIT, describePage, PAGE_SIZE, parseCursor, takePage } from '../page.ts';
import { presentLedgerEntry } from '../present.ts';
import type { components } from '../../generated/emulator.ts';

type Schemas = components['schemas'];

export const listLedger: Endpoint<'listLedger'> = ({ sandbox, installation, query }) => {
  assertKnownCause(query, installation);
  const fits = (entry: LedgerEntry): boolean =>
    isOf(query, entry) && (query.operation === undefined || entry.operation === query.operation);
  const from = sandbox.ledgerFrom;
  const listing = {
    entries: sandbox.ledger.newest(),
    sequence: ({ id }: LedgerEntry) => id,
    prefix: '',
    present: presentLedgerEntry,
  };
  const { items, ...page } = takePage(listing, fits, query);
  return {
    status: 200,
    body: {
      entries: [...items],
      ...describePage(page),
      ...(from === undefined ? undefined : { from: String(from) }),
      ...describeUnknown(items.length > 0 ? [] : findUnknownAccounts(sandbox, query)),
    },
  };
};

export const listAccounts: Endpoint<'listAccounts'> = ({ sandbox, installation, query }) => {
  assertKnown(query, installation);
  const { limit = DEFAULT_LIMIT, count = false } = query;
  const start = query.cursor === undefined ? 0 : parseCursor(query.cursor);
  const accounts: Schemas['Account'][] = [];
  let position = 0;
  let size = 0;
  let total = 0;
  let next: string | undefined;
  for (const found of sandbox.accounts()) {
    position += 1;
    if ((position <= start && !count) || !isOf(query, found)) continue;
    total += 1;
    if (position <= start || next !== undefined) continue;
    const account = present(found, sandbox, installation);
    size += JSON.stringify(account).length;
    if (accounts.length === limit || (accounts.length > 0 && size > PAGE_SIZE)) {
      next = String(position - 1);
      if (!count) break;
      continue;
    }
    accounts.push(account);
  }
  return {
    status: 200,
    body: {
      accounts,
      ...describePage({ next, total: count ? total : undefined }),
      ...describeUnknown(accounts.length > 0 ? [] : findUnknownAccounts(sandbox, query)),
    },
  };
};

function present(found: Account, sandbox: Sandbox, { providers }: Installation): Schemas['Account'] {
  const { provider, tenant, account, unit, balance } = found;
  const name = providers.get(provider)?.nameOf?.(sandbox.stateOf(provider), found);
  return { provider, tenant, account, ...(name === undefined ? undefined : { name }), unit, balance };
}

interface AccountFilter {
  readonly provider?: string;
  readonly tenant?: string;
  readonly account?: string;
}

function isOf({ provider, tenant, account }: AccountFilter, entry: Omit<Account, 'balance'>): boolean {
  return (
    (provider === undefined || entry.provider === provider) &&
    (tenant === undefined || entry.tenant === tenant) &&
    (account === undefined || entry.account === account)
  );
}
