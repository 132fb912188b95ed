import type { LedgerEntry } from '../../core/store/commit.ts';
import type { Account } from '../../core/store/balance-book.ts';
import type { Act } from '../act.ts';
import { DEFAULT_LIMIT, PAGE_SIZE, parseCursor, takePage } from '../page.ts';
import { presentLedgerEntry } from '../present.ts';

export const listLedger: Act<'listLedger'> = ({ sandbox, query }) => {
  const fits = (entry: LedgerEntry): boolean =>
    isOf(query, entry) && (query.operation === undefined || entry.operation === query.operation);
  const from = sandbox.ledgerFrom;
  const listing = {
    entries: sandbox.ledger.newest(),
    sequence: ({ id }: LedgerEntry) => id,
    prefix: '',
    present: presentLedgerEntry,
  };
  const { items, next } = takePage(listing, fits, query);
  return {
    status: 200,
    body: {
      entries: [...items],
      ...(next === undefined ? undefined : { next }),
      ...(from === undefined ? undefined : { from: String(from) }),
    },
  };
};

export const listAccounts: Act<'listAccounts'> = ({ sandbox, query }) => {
  const { limit = DEFAULT_LIMIT } = query;
  const start = query.cursor === undefined ? 0 : parseCursor(query.cursor);
  const accounts: Account[] = [];
  let position = 0;
  let size = 0;
  let next: string | undefined;
  for (const account of sandbox.accounts()) {
    position += 1;
    if (position <= start || !isOf(query, account)) continue;
    size += JSON.stringify(account).length;
    if (accounts.length === limit || (accounts.length > 0 && size > PAGE_SIZE)) {
      next = String(position - 1);
      break;
    }
    accounts.push(account);
  }
  return { status: 200, body: { accounts, ...(next === undefined ? undefined : { next }) } };
};

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
